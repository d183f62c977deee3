//! What the tests share: a simulator with a client on it, and samples of the spec as typed values.

#![forbid(unsafe_code)]

pub mod fleet;
pub mod loopback;

use std::time::Duration;

use airudder_client::catalogue::{Auth, ENDPOINTS, Endpoint, WEBHOOKS, Webhook};
use airudder_client::collection::{CollectionContact, CreateTask, CreateTaskResponse};
use airudder_client::jiff::civil::date;
use airudder_client::signer::{SignRequest, Signer};
use airudder_client::{Client, ClientBuilder, Error, Family, RetryPolicy, Value, wire};
use airudder_simulator::{Simulator, sample};

/// Stands in for the algorithm that only the vendor knows: the simulator looks whether the headers are there.
#[derive(Debug)]
pub struct TestSigner;

impl Signer for TestSigner {
    fn sign(
        &self,
        _: &SignRequest<'_>,
    ) -> Result<Vec<(http::HeaderName, http::HeaderValue)>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(vec![
            (
                http::HeaderName::from_static("x-airudder-sign"),
                http::HeaderValue::from_static("signed-by-a-test"),
            ),
            (
                http::HeaderName::from_static("x-airudder-sign-key"),
                http::HeaderValue::from_static("00000000000000000000000000000001"),
            ),
        ])
    }
}

/// A builder of a client of this simulator, with credentials and a signer.
pub fn client_builder(simulator: &Simulator) -> ClientBuilder {
    let bearer = Family::ALL.iter().filter(|family| matches!(family.info().auth, Auth::Bearer));
    let with_key = |builder: ClientBuilder, family: &Family| {
        builder.family(*family, |f| f.api_key(Simulator::APP_KEY).base_url(simulator.base_url()))
    };
    bearer
        .fold(Client::builder(), with_key)
        .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
        .base_url(simulator.base_url())
        .signer(TestSigner)
}

/// A client of this simulator.
pub fn client(simulator: &Simulator) -> Client {
    client_builder(simulator).build().expect("the simulator's URL and credentials are sound")
}

/// As patient as the default, and a hundred times as fast.
pub fn fast() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::from_millis(1)).max_delay(Duration::from_millis(5))
}

/// Numbers that are reserved for drama (Ofcom): nobody's phone can ring.
pub fn number(n: usize) -> String {
    format!("+4477009{:05}", n % 100_000)
}

/// A person to call.
pub fn contact(number: impl Into<String>) -> CollectionContact {
    CollectionContact::builder()
        .debtor("Jane Doe")
        .mobile(number.into())
        .loan_date(date(2026, 2, 1))
        .due_date(date(2026, 3, 1))
        .loan_amount(300_000)
        .arrears(321_000)
        .comments("42")
        .build()
}

/// A request for a task of that name for the first `people` of [`number`], on a day that is over: it starts
/// at once.
pub fn task(name: &str, people: usize) -> CreateTask {
    CreateTask::builder()
        .task_name(name)
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("00000000000000000000000000000001")
        .sip_line("LINE")
        .details((0..people).map(|n| contact(number(n))).collect::<Vec<_>>())
        .build()
}

/// Creates a [`task`].
pub async fn create_task(client: &Client, name: &str, people: usize) -> Result<CreateTaskResponse, Error> {
    client.execute(&task(name, people)).await
}

/// An endpoint of the catalogue.
pub fn endpoint(key: &str) -> &'static Endpoint {
    ENDPOINTS.iter().find(|e| e.key == key).unwrap_or_else(|| panic!("{key} is not in the catalogue"))
}

/// A webhook of the catalogue.
pub fn webhook(key: &str) -> &'static Webhook {
    WEBHOOKS.iter().find(|w| w.key == key).unwrap_or_else(|| panic!("{key} is not in the catalogue"))
}

/// The endpoint without the samples of the spec: what is made up for it then has every field.
pub fn without_sample(endpoint: &Endpoint) -> Endpoint {
    let mut endpoint = *endpoint;
    endpoint.sample = airudder_client::catalogue::Sample::default();
    endpoint
}

/// The same of a webhook.
pub fn webhook_without_sample(webhook: &Webhook) -> Webhook {
    let mut webhook = *webhook;
    webhook.sample = None;
    webhook
}

/// An endpoint's sample request.
#[derive(Debug)]
pub struct SampleRequest(Value);

impl SampleRequest {
    /// The sample of an endpoint: the spec's, or made up from its fields.
    pub fn of(key: &str) -> Self {
        Self(sample::request(endpoint(key)))
    }

    /// One of one's own making, by wire names.
    pub fn from_json(json: Value) -> Self {
        Self(json)
    }

    /// A field of it, as the typed value that a setter takes.
    pub fn field<C: wire::Codec>(&self, wire_name: &str) -> C::Value {
        let json = self
            .0
            .get(wire_name)
            .unwrap_or_else(|| panic!("the sample has no {wire_name}: {}", self.0))
            .to_string();
        wire::decode::<C>(json.as_bytes())
            .unwrap_or_else(|error| panic!("the sample's {wire_name} does not read: {error}"))
    }

    /// All of it.
    pub fn json(&self) -> &Value {
        &self.0
    }
}

/// All keys of a JSON value with the way to them, lists counted as one: `Details[].Mobile`.
pub fn wire_names(value: &Value) -> std::collections::BTreeSet<String> {
    fn walk(value: &Value, at: &str, names: &mut std::collections::BTreeSet<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    let at = format!("{at}.{key}");
                    walk(value, &at, names);
                    names.insert(at);
                }
            }
            Value::Array(list) => list.iter().for_each(|value| walk(value, &format!("{at}[]"), names)),
            _ => {}
        }
    }
    let mut names = std::collections::BTreeSet::new();
    walk(value, "", &mut names);
    names
}
