//! One end-to-end test per endpoint and one reading test per answer and webhook, made from the spec by
//! `build.rs`: a new entry is covered without a new test.

use airudder_client::{Error, Value, webhook, wire};
use airudder_simulator::{Simulator, sample};
use airudder_tests::{SampleRequest, client_builder, endpoint, wire_names};

/// What a call needs to go through: a simulator that answers from samples, and a path where nobody knows one.
struct Setting {
    simulator: Simulator,
    client: airudder_client::Client,
    sample: SampleRequest,
}

impl Setting {
    async fn new(key: &'static str, path: Option<&str>) -> Self {
        let mut simulator = Simulator::builder().stateless(true);
        if let Some(path) = path {
            simulator = simulator.override_path(key, path);
        }
        let simulator = simulator.start().await.expect("a loopback port is free");
        let mut client = client_builder(&simulator);
        if let Some(path) = path {
            client = client.override_path(key, path);
        }
        let client = client.build().expect("the settings are sound");
        Self { simulator, client, sample: SampleRequest::of(key) }
    }

    /// What arrived says the same as the sample: every field under its wire name, nothing besides.
    fn check_arrived(&self, key: &str) {
        assert_eq!(self.simulator.requests(key), 1, "one request reaches the server");
        let arrived = self.simulator.last_request(key).expect("the request was kept");
        assert_eq!(wire_names(&arrived), wire_names(self.sample.json()), "{key}: {arrived}");
    }
}

/// An answer: with the endpoint's own path, or refused where none is known; and always with a path that was
/// given.
macro_rules! endpoint {
    ($test:ident, $key:literal, confirmed: $confirmed:literal, |$client:ident, $sample:ident| $call:expr) => {
        #[tokio::test]
        async fn $test() {
            let setting = Setting::new($key, None).await;
            let ($client, $sample) = (&setting.client, &setting.sample);
            let _ = $sample;
            let outcome = $call.send_full().await;
            judge(&setting, $key, $confirmed, outcome.map(|answer| answer.status));

            let setting = Setting::new($key, Some("/some/other/path")).await;
            let ($client, $sample) = (&setting.client, &setting.sample);
            let _ = $sample;
            let outcome = $call.send_full().await;
            judge(&setting, $key, true, outcome.map(|answer| answer.status));
        }
    };
}

/// As `endpoint!`, for those that answer with a file.
macro_rules! file_endpoint {
    ($test:ident, $key:literal, confirmed: $confirmed:literal, |$client:ident, $sample:ident| $call:expr) => {
        #[tokio::test]
        async fn $test() {
            let setting = Setting::new($key, None).await;
            let ($client, $sample) = (&setting.client, &setting.sample);
            let _ = $sample;
            let outcome = $call.send().await;
            let bytes = match outcome {
                Ok(file) => file.bytes().await,
                Err(error) => Err(error),
            };
            if let Ok(bytes) = &bytes {
                assert!(!bytes.is_empty(), "a file has content");
            }
            judge(&setting, $key, $confirmed, bytes.map(|_| 200));
        }
    };
}

fn judge(setting: &Setting, key: &str, confirmed: bool, outcome: Result<u16, Error>) {
    match outcome {
        Ok(status) => {
            assert!(confirmed, "{key} has no path and was answered");
            assert_eq!(status, 200);
            setting.check_arrived(key);
        }
        Err(error) => {
            assert!(!confirmed && matches!(error, Error::Unconfirmed { .. }), "{key}: {error}");
            assert!(error.to_string().contains("override_path"), "the way out is told: {error}");
            assert!(setting.simulator.log().is_empty(), "nothing was sent");
        }
    }
}

/// The sample of an answer reads as the endpoint's type, and is written with the same wire names.
macro_rules! answer {
    ($test:ident, $key:literal, $codec:ty) => {
        #[test]
        fn $test() {
            round_trip::<$codec>(&sample::answer(endpoint($key)));
        }
    };
}

/// The sample of a webhook reads as its variant, and is written with the same wire names.
macro_rules! webhook {
    ($test:ident, $key:literal, $variant:ident) => {
        #[test]
        fn $test() {
            let json = sample::payload(airudder_tests::webhook($key));
            let event = webhook::parse($key, json.to_string().as_bytes()).expect("the sample reads");
            assert!(matches!(event, webhook::Event::$variant(_)), "{event:?}");
            assert_eq!(event.key(), $key);
            same_names(&json, &event.to_json());
            // No message is too odd to be kept: an object of nothing but unknown keys.
            let odd = webhook::parse($key, br#"{"some_new_key": [1, {"a": null}]}"#)
                .expect("an unknown message reads");
            assert_eq!(odd.to_json()["some_new_key"][0], 1, "nothing is lost: {odd:?}");
        }
    };
}

fn round_trip<C: wire::Codec>(json: &Value) {
    let value = wire::decode::<C>(json.to_string().as_bytes())
        .unwrap_or_else(|error| panic!("the sample does not read: {error}\n{json}"));
    let written = wire::to_json::<C>(&value);
    same_names(json, &written);
}

/// Keys that the answer had must be there again. An object that is read as a list of rows is written as that
/// list.
fn same_names(before: &Value, after: &Value) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before.iter().filter(|(_, value)| !is_unset(value)) {
                let written = after.get(key).unwrap_or_else(|| panic!("{key} is lost: {after:?}"));
                same_names(value, written);
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            assert_eq!(before.len(), after.len());
            before.iter().zip(after).for_each(|(before, after)| same_names(before, after));
        }
        (Value::Object(before), Value::Array(after)) => assert_eq!(before.len(), after.len()),
        _ => {}
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

include!(concat!(env!("OUT_DIR"), "/contract.rs"));
