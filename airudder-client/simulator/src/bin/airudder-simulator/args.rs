//! The flags of the program.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use airudder_simulator::{Fault, Simulator, SimulatorBuilder};
use serde_json::Value;

use crate::private::Private;

/// How fast the clock runs while something is to come, unless told otherwise: calls are over within seconds.
const BUSY_SPEED: f64 = 100.0;

/// Plays the AI Rudder API back on one port, for tests and first steps. Nobody is called.
#[derive(Debug, clap::Parser)]
#[command(version)]
pub(crate) struct Args {
    /// Port of the API; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Port that takes orders over HTTP, for tests in other languages; 0 takes a free one
    #[arg(long, value_name = "N")]
    pub(crate) control_port: Option<u16>,
    /// Address to listen at. At another one than a loopback address everybody who reaches it can use it
    #[arg(long, value_name = "IP", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub(crate) address: IpAddr,
    /// Where webhooks go; `{key}` in it becomes the webhook's key
    #[arg(long, value_name = "URL", value_parser = webhook_url)]
    webhook: Option<String>,
    /// How many times as fast as real time the clock runs. Schedules are kept then; unless set, nothing is
    /// waited for
    #[arg(long, value_name = "X", value_parser = speed, allow_hyphen_values = true)]
    speed: Option<f64>,
    /// Seed of everything that is made up
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Lets something go wrong with the next requests for an endpoint (`*`: any); may be repeated
    #[arg(long = "fault", value_name = "KEY=KIND[:TIMES]")]
    pub(crate) faults: Vec<OrderedFault>,
    /// Answers an endpoint from a JSON file; may be repeated
    #[arg(long = "answer", value_name = "KEY=FILE", value_parser = key_and_file)]
    answers: Vec<(String, PathBuf)>,
    /// File that keeps the state from one run to the next
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Folder that gets what was asked and answered when the program ends, a JSON file for each request
    #[arg(long, value_name = "DIR")]
    pub(crate) record: Option<PathBuf>,
    /// Folder of private sections (or one file) to play too
    #[arg(long, value_name = "DIR")]
    spec: Option<PathBuf>,
}

/// A fault as a flag orders it.
#[derive(Debug, Clone)]
pub(crate) struct OrderedFault {
    pub(crate) key: String,
    pub(crate) fault: Fault,
    pub(crate) times: usize,
}

impl std::str::FromStr for OrderedFault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (key, rest) = text.split_once('=').ok_or("KEY=KIND or KEY=KIND:TIMES is expected")?;
        let (kind, times) = match rest.rsplit_once(':') {
            Some((kind, times)) => {
                (kind, times.parse().map_err(|_| format!("`{times}` is not a number of times"))?)
            }
            None => (rest, 1),
        };
        if times == 0 {
            return Err("a fault that happens no time is none".to_owned());
        }
        let fault = kind.parse::<Fault>().map_err(|error| error.to_string())?;
        Ok(Self { key: key.to_owned(), fault, times })
    }
}

fn key_and_file(text: &str) -> Result<(String, PathBuf), String> {
    let (key, file) = text.split_once('=').ok_or("KEY=FILE is expected")?;
    Ok((key.to_owned(), file.into()))
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "a number is expected".to_owned())?;
    if speed.is_finite() && speed >= 0.0 {
        Ok(speed)
    } else {
        Err("a speed is 0 (the clock stands still) or more".to_owned())
    }
}

pub(crate) fn webhook_url(text: &str) -> Result<String, String> {
    let url = url::Url::parse(text).map_err(|error| error.to_string())?;
    if matches!(url.scheme(), "http" | "https") {
        Ok(text.to_owned())
    } else {
        Err("it begins with http:// or https://".to_owned())
    }
}

/// What a flag names is not there, or not what it should be.
#[derive(Debug)]
pub(crate) struct Unusable(String);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Refuses keys that no endpoint has: what they are for would never happen.
pub(crate) fn known(simulator: &Simulator, flag: &str, key: &str, any: bool) -> Result<(), Unusable> {
    if simulator.has_endpoint(key) || (any && key == "*") {
        return Ok(());
    }
    Err(Unusable(format!("{flag}: no endpoint has the key `{key}`")))
}

impl Args {
    pub(crate) fn builder(&self) -> Result<SimulatorBuilder, Unusable> {
        let mut builder = Simulator::builder()
            .address((self.address, self.port))
            .one_port(true)
            .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
            .seed(self.seed);
        builder = match self.speed {
            Some(speed) => builder.speed(speed),
            None => builder.busy_speed(BUSY_SPEED).ignore_schedule(true),
        };
        if let Some(url) = &self.webhook {
            builder = builder.webhook_url(url);
        }
        if let Some(path) = &self.state {
            builder = builder.state_file(path);
        }
        if let Some(path) = &self.spec {
            let private = Private::read(path).map_err(|problem| Unusable(format!("--spec: {problem}")))?;
            builder = builder.endpoints(private.endpoints).webhooks(private.webhooks);
        }
        Ok(builder)
    }

    /// The canned answers, read.
    pub(crate) fn answers(&self) -> Result<Vec<(String, Value)>, Unusable> {
        let read = |(key, file): &(String, PathBuf)| {
            let problem =
                |error: &dyn fmt::Display| Unusable(format!("--answer: {}: {error}", file.display()));
            let text = std::fs::read(file).map_err(|error| problem(&error))?;
            let answer = serde_json::from_slice(&text).map_err(|error| problem(&error))?;
            Ok((key.clone(), answer))
        };
        self.answers.iter().map(read).collect()
    }

    /// Why the simulator did not start.
    pub(crate) fn explain(&self, error: io::Error) -> String {
        match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("port {} of {} is in use already", self.port, self.address)
            }
            io::ErrorKind::AddrNotAvailable => format!("this machine has no address {}", self.address),
            _ => error.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_are_in_order() {
        Args::command().debug_assert();
    }

    #[test]
    fn faults_are_read() {
        let fault: OrderedFault = "collection.list_tasks=503:2".parse().unwrap();
        assert_eq!((fault.key.as_str(), fault.times), ("collection.list_tasks", 2));
        assert_eq!(fault.fault, Fault::status(503));
        let fault: OrderedFault = "*=reset-after-effect".parse().unwrap();
        assert_eq!((fault.fault, fault.times), (Fault::ResetAfterEffect, 1));
        for bad in ["", "key", "key=", "key=nothing", "key=503:x", "key=503:0"] {
            assert!(bad.parse::<OrderedFault>().is_err(), "{bad}");
        }
    }

    #[test]
    fn speeds_and_urls_are_checked() {
        assert_eq!(speed("0"), Ok(0.0));
        for bad in ["-1", "NaN", "inf", "fast"] {
            assert!(speed(bad).is_err(), "{bad}");
        }
        assert!(webhook_url("http://127.0.0.1:1/{key}").is_ok());
        for bad in ["", "/hook", "ftp://example.com"] {
            assert!(webhook_url(bad).is_err(), "{bad}");
        }
    }
}
