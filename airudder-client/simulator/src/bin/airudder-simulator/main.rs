//! The simulator as a program: see the documentation of the library.

#![forbid(unsafe_code)]

mod args;
mod control;
mod private;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser as _;
use tokio::net::TcpListener;

use crate::args::{Args, Unusable};

#[tokio::main]
async fn main() -> ExitCode {
    // Prints what is wrong and ends with 2 where flags cannot be understood.
    let args = Args::parse();
    match run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            // What a flag names cannot be used: for who starts the program no other thing than a bad flag.
            ExitCode::from(if error.is::<Unusable>() { 2 } else { 1 })
        }
    }
}

async fn run(args: Args) -> Result<(), Box<dyn Error>> {
    let answers = args.answers()?;
    let mut end = End::new()?;
    let simulator = args.builder()?.start().await.map_err(|error| args.explain(error))?;
    for fault in &args.faults {
        args::known(&simulator, "--fault", &fault.key, true)?;
        simulator.inject(&fault.key, fault.fault.clone(), fault.times);
    }
    for (key, answer) in answers {
        args::known(&simulator, "--answer", &key, false)?;
        simulator.answer(&key, answer);
    }
    if args.record.is_some() {
        simulator.record();
    }
    let simulator = Arc::new(simulator);
    if let Some(port) = args.control_port {
        let listener = TcpListener::bind((args.address, port))
            .await
            .map_err(|error| format!("the control port {port} cannot be used: {error}"))?;
        // Standard output has one line only.
        eprintln!("control at http://{}", listener.local_addr()?);
        let router = control::router(Arc::clone(&simulator));
        tokio::spawn(async move { axum::serve(listener, router).await });
    }
    writeln!(io::stdout(), "listening on {}", simulator.base_url())?;
    io::stdout().flush()?;
    end.wait().await;
    if let Some(folder) = &args.record {
        let saved = simulator.save_fixtures(folder);
        saved
            .map_err(|error| format!("what was recorded cannot be saved in {}: {error}", folder.display()))?;
    }
    simulator.save().map_err(|error| format!("the state cannot be saved: {error}"))?;
    Ok(())
}

/// The signals that end the program.
#[cfg(unix)]
struct End {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl End {
    /// From now on signals do not kill the process.
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Ctrl-C, the only such signal of other systems.
#[cfg(not(unix))]
struct End;

#[cfg(not(unix))]
impl End {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn wait(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}
