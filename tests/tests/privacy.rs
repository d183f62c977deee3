//! Secrets and personal data are planted everywhere, and looked for in everything that a program may print:
//! `Debug` and `Display` of all types, and the traces of a full run.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::catalogue::{ENDPOINTS, Endpoint, Field, Kind, ResponseKind, Scalar, WEBHOOKS};
use airudder_client::collection::{CollectionContact, CreateTask};
use airudder_client::encryption::Key;
use airudder_client::jiff::civil::date;
use airudder_client::signer::{HeaderName, HeaderValue, SignRequest, Signer};
use airudder_client::token::{
    ExposeSecret as _, MemoryTokenStore, StoreFuture, StoredToken, TokenKey, TokenStore,
};
use airudder_client::types::Phone;
use airudder_client::{Client, Error, Value, webhook, wire};
use airudder_simulator::{Fault, Simulator, sample};
use airudder_tests::loopback::{self, Server};
use airudder_tests::{
    SampleRequest, TestSigner, endpoint, fast, webhook, webhook_without_sample, without_sample,
};
use axum::http::StatusCode;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

// ---------------------------------------------------------------------------------------------- what is
// looked for

const PHONE: &str = "+447700918273";
const AMOUNT: i64 = 918_273;
const TEXT: &str = "PLANTED";
/// The text in base64, alone and at the end of a URL.
const ENCODED: [&str; 2] = ["UExBTlRFRA==", "aHR0cHM6Ly9leGFtcGxlLmNvbS9QTEFOVEVE"];
const APP_KEY: &str = "PLANTED-application-key";
const APP_SECRET: &str = "PLANTED-application-secret";

/// Everything that a program could have printed.
#[derive(Default)]
struct Printed(Vec<(String, String)>);

impl Printed {
    fn text(&mut self, about: &str, text: impl Into<String>) {
        self.0.push((about.to_owned(), text.into()));
    }

    fn debug(&mut self, about: &str, value: &dyn Debug) {
        self.text(about, format!("{value:?}"));
        self.text(about, format!("{value:#?}"));
    }

    fn error(&mut self, error: &Error) {
        self.text("Display of an error", error.to_string());
        self.debug("Debug of an error", error);
        for violation in error.violations() {
            self.text("Display of a violation", violation.to_string());
            self.debug("Debug of a violation", violation);
        }
        let mut source = error.source();
        while let Some(inner) = source {
            self.text("Display of a source", inner.to_string());
            self.debug("Debug of a source", &inner);
            source = inner.source();
        }
    }

    fn outcome<T: Debug>(&mut self, outcome: &Result<T, Error>) {
        match outcome {
            Ok(value) => self.debug("an answer", value),
            Err(error) => self.error(error),
        }
    }

    #[track_caller]
    fn hides(&self, more: &[String]) {
        let number = AMOUNT.to_string();
        let known = [&PHONE[1..], "7700918273", &number, "918_273", TEXT, ENCODED[0], ENCODED[1]];
        for (about, text) in &self.0 {
            for secret in known.iter().copied().chain(more.iter().map(String::as_str)) {
                assert!(!text.contains(secret), "{about} shows {secret}:\n{text}");
            }
        }
    }
}

/// The traces of this thread: of our crate alone, for what others write is not ours to mend.
#[derive(Clone, Default)]
struct Traces(Arc<Mutex<Vec<u8>>>);

impl Traces {
    fn catch(&self) -> impl Sized + use<> {
        tracing_subscriber::fmt()
            .with_env_filter("airudder_client=trace")
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish()
            .set_default()
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Traces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Traces {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

// ------------------------------------------------------------------------------------------------------- a
// full run

/// Keeps tokens, and what they are.
#[derive(Debug, Default)]
struct Watching {
    store: MemoryTokenStore,
    seen: Mutex<Vec<(StoredToken, TokenKey)>>,
}

impl Watching {
    fn tokens(&self) -> Vec<String> {
        self.seen.lock().unwrap().iter().map(|(stored, _)| stored.token.expose_secret().to_owned()).collect()
    }
}

impl TokenStore for Watching {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        self.store.load(key)
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: StoredToken) -> StoreFuture<'a, ()> {
        self.seen.lock().unwrap().push((token.clone(), key.clone()));
        self.store.save(key, token)
    }

    fn remove<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, ()> {
        self.store.remove(key)
    }
}

/// Signs, and keeps what `Debug` shows of what it signed.
#[derive(Clone, Default)]
struct Noting(Arc<Mutex<Vec<String>>>);

impl Signer for Noting {
    fn sign(
        &self,
        request: &SignRequest<'_>,
    ) -> Result<Vec<(HeaderName, HeaderValue)>, Box<dyn StdError + Send + Sync>> {
        self.0.lock().unwrap().push(format!("{request:?}"));
        TestSigner.sign(request)
    }
}

fn planted_contact() -> CollectionContact {
    let builder = CollectionContact::builder()
        .debtor(format!("{TEXT} Person"))
        .mobile(PHONE)
        .loan_date(date(2026, 2, 1))
        .due_date(date(2026, 3, 1))
        .loan_amount(AMOUNT)
        .arrears(AMOUNT)
        .comments(TEXT)
        .extra("pet", TEXT);
    builder.build()
}

fn planted_task(name: &str) -> CreateTask {
    CreateTask::builder()
        .task_name(name)
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("1")
        .sip_line("LINE")
        .details([planted_contact()])
        .extra("note", TEXT)
        .build()
}

#[tokio::test]
async fn a_full_run_shows_nothing() {
    let traces = Traces::default();
    let guard = traces.catch();
    let mut printed = Printed::default();

    let simulator =
        Simulator::builder().credentials(APP_KEY, APP_SECRET).ignore_schedule(true).start().await.unwrap();
    let store = Arc::new(Watching::default());
    let signer = Noting::default();
    let builder = || {
        Client::builder()
            .credentials(APP_KEY, APP_SECRET)
            .base_url(simulator.base_url())
            .token_store(Arc::clone(&store))
            .signer(signer.clone())
            .retry(fast())
            .timeout(Duration::from_secs(20))
    };
    printed.debug("the builder of a client", &builder());
    let client = builder().build().unwrap();
    printed.debug("a client", &client);

    // The life of a task, with all that can go wrong on the way.
    let contact = CollectionContact::builder()
        .debtor(TEXT)
        .mobile(PHONE)
        .loan_amount(AMOUNT)
        .arrears(AMOUNT)
        .comments(TEXT);
    printed.debug("the builder of a row", &contact);
    printed.debug("a row", &planted_contact());
    let request = client
        .collection()
        .create_task()
        .task_name("a-task")
        .details([planted_contact()])
        .extra("note", TEXT);
    printed.debug("the builder of a request", &request);
    printed.debug("a request", &planted_task("a-task"));
    let task = client.execute_full(&planted_task("a-task")).await;
    printed.outcome(&task);
    let task = task.unwrap().data.task_id;
    printed.outcome(&client.execute(&planted_task("a-task")).await);
    for fault in [
        Fault::Reset,
        Fault::Truncated,
        Fault::Html,
        Fault::Empty,
        Fault::Huge(1_000),
        Fault::status(500),
        Fault::status(302),
        Fault::WrongCode(10416),
        Fault::ExpiredToken,
    ] {
        simulator.inject("collection.create_task", fault, 2);
        printed.outcome(&client.execute(&planted_task("another-task")).await);
        simulator.clear_faults();
    }
    let detail = || client.collection().get_task_detail().task_id(task.clone());
    for fault in [
        Fault::Reset,
        Fault::status(503),
        Fault::status_retry_after(429, Duration::ZERO),
        Fault::Html,
        Fault::ExpiredToken,
    ] {
        simulator.inject("collection.get_task_detail", fault, 2);
        printed.outcome(&detail().send_full().await);
        simulator.clear_faults();
    }
    simulator.inject("collection.get_task_detail", Fault::Delay(Duration::from_secs(9)), 1);
    printed.outcome(&detail().timeout(Duration::from_millis(100)).send().await.map(drop));
    let cancel = client.collection().cancel_call().task_id(task.clone()).callee_number(PHONE);
    printed.debug("the builder of a request", &cancel);
    printed.outcome(&cancel.send().await.map(drop));
    simulator.play_out().await;
    let details = detail().send_full().await.unwrap();
    assert!(
        String::from_utf8_lossy(&details.raw).contains(TEXT),
        "the reference comes back, so there is something to hide"
    );
    printed.debug("an answer", &details);
    let recording = client.collection().get_call_recording().task_id(task.clone()).callee(PHONE);
    printed.debug("the builder of a request", &recording);
    match recording.send_full().await {
        Ok(recording) => {
            printed.debug("a recording", &recording);
            printed.debug("a stream", &recording.data.bytes_stream());
        }
        Err(error) => printed.error(&error),
    }
    // A number with a stray character, and one that nobody has called.
    for number in ["+44 7700 918273", "+44-7700918273", "7700918273"] {
        printed.outcome(
            &client.collection().get_call_recording().task_id(task.clone()).callee(number).send().await,
        );
        printed.outcome(
            &client
                .collection()
                .cancel_call()
                .task_id(task.clone())
                .callee_number(number)
                .send()
                .await
                .map(drop),
        );
    }
    let pages = client.collection().list_tasks().number(1).page(1).extra("who", TEXT).stream();
    printed.debug("pages", &pages);
    let mut items = pages.items();
    printed.debug("items", &items);
    while let Some(item) = items.next().await {
        item.unwrap();
    }

    // The other families, what is refused here, and the way round the catalogue.
    let dialer = client
        .predictive_dialer()
        .create_task()
        .task_name("another")
        .start_time(date(2036, 3, 2).at(9, 0, 0, 0))
        .auto_end_time(date(2036, 3, 2).at(18, 0, 0, 0))
        .group_name("group")
        .agent_name([TEXT.to_owned()])
        .callback(format!("https://example.com/{TEXT}"))
        .contact_list(Vec::<Value>::new())
        .customize_contacts([std::collections::BTreeMap::from([
            ("phonenumber".to_owned(), PHONE.to_owned()),
            ("name".to_owned(), TEXT.to_owned()),
        ])]);
    printed.debug("the builder of a request", &dialer);
    printed.outcome(&dialer.send_full().await);
    let sms = client
        .sms()
        .send_message()
        .to([Phone::from(PHONE)])
        .message(TEXT)
        .from("ACME")
        .callback_url(format!("https://example.com/{TEXT}"));
    printed.debug("the builder of a request", &sms);
    printed.outcome(&sms.send_full().await);
    simulator.inject("sms.send_message", Fault::WrongCode(7), 1);
    printed.outcome(
        &client.sms().send_message().to([Phone::from(PHONE)]).message(TEXT).from("ACME").send().await,
    );
    printed.outcome(
        &client.sms().send_message().to([Phone::from("918273")]).message(TEXT).from("").send().await,
    );
    let messages = client
        .chatbot()
        .list_messages()
        .call_id("1")
        .last_msg_id("")
        .size(2)
        .extra("who", TEXT)
        .send_full()
        .await;
    printed.outcome(&messages);
    // A path with a number in it, at a simulator of its own: the log of a simulator holds paths.
    let elsewhere = Simulator::start().await.unwrap();
    let lost = builder().base_url(elsewhere.base_url()).build().unwrap();
    let raw = lost
        .raw("POST", &format!("/service/cloud/{}", &PHONE[1..]))
        .query("who", TEXT)
        .json(&json!({"number": PHONE, "name": TEXT}));
    printed.debug("a raw request", &raw);
    printed.outcome(&raw.send().await.map(drop));
    printed.outcome(
        &client
            .raw("GET", "/service/cloud/case")
            .query("TaskID", "1")
            .query("Callee", PHONE)
            .send()
            .await
            .map(drop),
    );
    let mut bad = planted_contact();
    bad.debtor = TEXT.repeat(20);
    bad.mobile = "918273".into();
    bad.due_date = bad.loan_date;
    bad.loan_amount = (-AMOUNT).into();
    bad.extra.insert("Arrears".to_owned(), json!(format!("{AMOUNT} or so")));
    let mut refused = planted_task(&TEXT.repeat(20));
    refused.details = vec![bad];
    printed.outcome(&client.execute(&refused).await);
    printed.outcome(&client.check(&refused));

    // Other clients: with a wrong secret, with a key, for a host that is not there.
    let wrong = builder().credentials(APP_KEY, format!("{APP_SECRET}-not")).build().unwrap();
    printed.debug("a client", &wrong);
    printed.outcome(&wrong.collection().list_robots().send().await.map(drop));
    printed.outcome(&wrong.predictive_dialer().get_call_recording().callid("1").send().await.map(drop));
    let key = Key::new("PLANTED-16-bytes").unwrap();
    printed.debug("a key", &key);
    let encrypting = builder().encryption(key);
    printed.debug("the builder of a client", &encrypting);
    printed.outcome(&encrypting.build().unwrap().execute(&planted_task("encrypted")).await);
    let port = loopback::ClosedPort::take();
    let nobody =
        builder().base_url(port.url()).token_store(loopback::FixedToken("PLANTED-token")).build().unwrap();
    printed
        .outcome(&nobody.collection().get_call_recording().task_id(task.clone()).callee(PHONE).send().await);
    printed.outcome(&builder().base_url("https://who:PLANTED@example.com").build());
    printed.outcome(&builder().token_scheme("PLANTED\n").build());
    printed.outcome(&builder().user_agent("PLANTED\n").build());

    // What the simulator tells about itself, and what the machinery is made of.
    printed.debug("the simulator", &simulator);
    printed.debug("its log", &simulator.log());
    printed.debug("its deliveries", &simulator.deliveries());
    printed.debug("the builder of a simulator", &Simulator::builder().credentials(APP_KEY, APP_SECRET));
    for (stored, key) in store.seen.lock().unwrap().iter() {
        printed.debug("a stored token", stored);
        printed.debug("the key of a token", key);
        printed.text("the id of a token", key.id());
    }
    for signed in signer.0.lock().unwrap().iter() {
        printed.text("a request to be signed", signed.clone());
    }
    assert!(!signer.0.lock().unwrap().is_empty());

    drop(guard);
    let text = traces.text();
    for told in
        ["airudder_call", "collection.create_task", "sms.send_message", "attempt", "status", "10416", "503"]
    {
        assert!(text.contains(told), "the traces tell {told}:\n{text}");
    }
    printed.text("the traces", text);
    let tokens = store.tokens();
    assert!(tokens.len() >= 3, "there were tokens to hide: {}", tokens.len());
    assert!(printed.0.len() > 100, "{}", printed.0.len());
    printed.hides(&tokens);
}

/// A vendor, or whoever answers in its place, that says everything aloud.
#[tokio::test]
async fn answers_that_repeat_everything_are_not_repeated() {
    let traces = Traces::default();
    let guard = traces.catch();
    let mut printed = Printed::default();
    let gossip = json!({
        "number": PHONE, "name": TEXT, "amount": AMOUNT, "list": [PHONE, TEXT, AMOUNT], PHONE: {"a": TEXT},
    });
    let detail = json!([{"Comments": TEXT, "Status": {"a": PHONE}}]);
    let status = format!("{PHONE} is wrong, so is {}", &PHONE[1..]);
    let bodies: Vec<(u16, &str, String)> = vec![
        (200, "application/json", json!({"code": 200, "data": gossip}).to_string()),
        (200, "application/json", json!({"code": 200, "data": {"TaskID": gossip}}).to_string()),
        (200, "application/json", json!({"code": 200, "data": {"detail": detail}}).to_string()),
        (200, "application/json", json!({"code": format!("{PHONE}x"), "data": gossip}).to_string()),
        (200, "application/json", json!({"code": 10416, "data": gossip, "status": status}).to_string()),
        (200, "application/json", gossip.to_string()),
        (200, "application/json", gossip.to_string().replace('}', "")),
        (500, "application/json", gossip.to_string()),
        (401, "application/json", json!({"code": 401, "message": PHONE, "data": gossip}).to_string()),
        (
            200,
            "text/html",
            format!("<html><head><title>Sign in</title></head><body>{TEXT} {PHONE} {AMOUNT}</body></html>"),
        ),
        (503, "text/html", format!("<html><body>{TEXT} {PHONE} {AMOUNT}</body></html>")),
        (404, "text/plain", format!("nothing at {PHONE}, {}, {AMOUNT}", &PHONE[1..])),
    ];
    for (status, kind, body) in bodies {
        let server = Server::start(move |_| {
            loopback::answer(StatusCode::from_u16(status).unwrap(), kind, body.clone())
        })
        .await;
        let client = server.client();
        printed.outcome(&client.execute_full(&planted_task("a-task")).await);
        printed.outcome(&client.collection().get_task_detail().task_id("1").send_full().await);
        printed
            .outcome(&client.collection().get_call_recording().task_id("1").callee(PHONE).send_full().await);
        // What the spec calls JSON is handed on as it came: only what goes wrong with it is ours to tell.
        printed.outcome(&client.collection().list_tasks().number(1).page(1).send().await.map(drop));
        printed
            .outcome(&client.raw("GET", "/service/cloud/robot").query("who", PHONE).send().await.map(drop));
        let mut items = client.collection().list_tasks().number(1).page(1).stream().items();
        printed.outcome(&items.next().await.transpose().map(drop));
        printed.outcome(&client.predictive_dialer().list_call_results().task_id("1").send_full().await);
    }
    for body in [
        gossip.to_string(),
        json!({"body": gossip}).to_string(),
        format!("[{PHONE:?}]"),
        format!("{{\"body\": {TEXT:?}}}"),
    ] {
        for webhook in WEBHOOKS {
            printed.outcome(&webhook::parse(webhook.key, body.as_bytes()).map(|event| match event {
                webhook::Event::Unknown { .. } => panic!("{} is known", webhook.key),
                event => event,
            }));
        }
    }
    drop(guard);
    printed.text("the traces", traces.text());
    assert!(printed.0.len() > 200);
    printed.hides(&[]);
}

// ------------------------------------------------------------------------------------ every field of the
// catalogue

/// The sample with something planted in each field that is sensitive, or that holds a phone number; of an
/// answer or a webhook, in each text and each enum besides.
fn plant(fields: &[Field], value: &mut Value, place: Place) {
    let Value::Object(map) = value else { return };
    for field in fields {
        if let Some(value) = map.get_mut(field.wire) {
            plant_in(&field.kind, value, field.sensitive, place);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Sent,
    Received,
}

fn plant_in(kind: &Kind, value: &mut Value, sensitive: bool, place: Place) {
    match (kind, value) {
        (Kind::Struct(info), Value::Object(map)) => {
            for field in info.fields {
                if let Some(value) = map.get_mut(field.wire) {
                    plant_in(&field.kind, value, sensitive || field.sensitive, place);
                }
            }
        }
        (Kind::List(kind), Value::Array(list)) => {
            list.iter_mut().for_each(|value| plant_in(kind, value, sensitive, place))
        }
        (Kind::Map(kind), Value::Object(map)) => {
            map.values_mut().for_each(|value| plant_in(kind, value, sensitive, place))
        }
        (Kind::Scalar(Scalar::Phone), value) => *value = PHONE.into(),
        (Kind::Scalar(Scalar::Json), value) => {
            *value = json!({"name": TEXT, "number": PHONE, "amounts": [AMOUNT]})
        }
        (Kind::Scalar(Scalar::JsonText), value) => {
            *value = json!({"name": TEXT, "number": PHONE}).to_string().into()
        }
        (Kind::Scalar(Scalar::Binary), value) => *value = ENCODED[0].into(),
        (Kind::Scalar(Scalar::String) | Kind::Enum(_), value) if place == Place::Received => {
            *value = TEXT.into()
        }
        (Kind::Scalar(Scalar::Url), value) if place == Place::Received => {
            *value = format!("https://example.com/{TEXT}").into()
        }
        (_, _) if !sensitive => {}
        (Kind::Scalar(Scalar::String) | Kind::Id(_), value) => *value = TEXT.into(),
        (Kind::Scalar(Scalar::Url), value) => *value = format!("https://example.com/{TEXT}").into(),
        (Kind::Scalar(Scalar::Base64), value) => *value = ENCODED[1].into(),
        (
            Kind::Scalar(Scalar::Integer) | Kind::Scalar(Scalar::Number) | Kind::Scalar(Scalar::Decimal),
            value,
        ) => *value = AMOUNT.into(),
        _ => {}
    }
}

fn planted_request(endpoint: &'static Endpoint) -> [Value; 2] {
    [sample::request(endpoint), sample::request(&without_sample(endpoint))].map(|mut value| {
        plant(endpoint.request, &mut value, Place::Sent);
        value
    })
}

/// The same type with all the fields that the catalogue knows, where the builder's sample has only some.
fn with_all_fields<T: wire::Struct>(_: &T, json: &Value) -> T {
    wire::decode::<wire::Obj<T>>(json.to_string().as_bytes()).expect("a sample reads as its request")
}

fn judge_answer<C: wire::Codec>(key: &str)
where
    C::Value: Debug,
{
    let endpoint = endpoint(key);
    let holds_json = matches!(
        endpoint.response,
        ResponseKind::Value(Kind::Scalar(Scalar::Json) | Kind::List(Kind::Scalar(Scalar::Json)))
    );
    if holds_json {
        return;
    }
    let mut printed = Printed::default();
    for mut answer in [sample::answer(endpoint), sample::answer(&without_sample(endpoint))] {
        match endpoint.response {
            ResponseKind::Value(kind) if endpoint.response.fields().is_empty() => {
                plant_in(&kind, &mut answer, false, Place::Received)
            }
            _ => plant(endpoint.response.fields(), &mut answer, Place::Received),
        }
        if let Value::Object(map) = &mut answer {
            map.insert("zz_new".to_owned(), json!({"name": TEXT, "number": PHONE}));
        }
        let value = wire::decode::<C>(answer.to_string().as_bytes())
            .unwrap_or_else(|error| panic!("{key}: {error}\n{answer}"));
        printed.debug(key, &value);
    }
    printed.hides(&[]);
}

mod each {
    use super::*;

    macro_rules! endpoint {
        (
            $test:ident, $key:literal, confirmed: $confirmed:literal,
            |$client:ident, $sample:ident| $call:expr
        ) => {
            #[tokio::test]
            async fn $test() {
                let traces = Traces::default();
                let guard = traces.catch();
                let mut printed = Printed::default();
                let simulator = Simulator::builder()
                    .stateless(true)
                    .override_path($key, "/a/path")
                    .start()
                    .await
                    .unwrap();
                let client = airudder_tests::client_builder(&simulator)
                    .override_path($key, "/a/path")
                    .retry(fast())
                    .build()
                    .unwrap();
                let [ours, all] = planted_request(endpoint($key));
                let sample = SampleRequest::from_json(ours);
                let ($client, $sample) = (&client, &sample);
                let _ = $sample;
                let request = $call.extra("zz_new", TEXT);
                printed.debug("a builder", &request);
                let request = request.build();
                printed.debug("a request", &request);
                printed.debug("a request with all fields", &with_all_fields(&request, &all));
                printed.outcome(&client.check(&with_all_fields(&request, &all)));
                for fault in [
                    None,
                    Some(Fault::WrongCode(12345)),
                    Some(Fault::Html),
                    Some(Fault::Truncated),
                    Some(Fault::Reset),
                ] {
                    if let Some(fault) = fault {
                        simulator.inject($key, fault, 4);
                    }
                    // Answers are looked at below; here only what goes wrong.
                    printed.outcome(&$call.extra("zz_new", TEXT).send_full().await.map(drop));
                    simulator.clear_faults();
                }
                drop(guard);
                let text = traces.text();
                assert!(text.contains($key) || simulator.log().is_empty(), "the call is traced: {text}");
                printed.text("the traces", text);
                printed.hides(&[]);
            }
        };
    }

    macro_rules! file_endpoint {
        ($($all:tt)*) => {
            endpoint!($($all)*);
        };
    }

    macro_rules! answer {
        ($test:ident, $key:literal, $codec:ty) => {
            #[test]
            fn $test() {
                judge_answer::<$codec>($key);
            }
        };
    }

    macro_rules! webhook {
        ($test:ident, $key:literal, $variant:ident) => {
            #[test]
            fn $test() {
                let webhook = webhook($key);
                let mut printed = Printed::default();
                let without = webhook_without_sample(webhook);
                for mut payload in [sample::payload(webhook), sample::payload(&without)] {
                    plant(webhook.payload, &mut payload, Place::Received);
                    payload["zz_new"] = json!({"name": TEXT, "number": PHONE});
                    printed.outcome(&webhook::parse($key, payload.to_string().as_bytes()));
                }
                printed.hides(&[]);
            }
        };
    }

    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

/// What is personal by its name is marked so in the catalogue; the tests above go by the marks.
#[test]
fn what_is_personal_by_its_name_is_marked() {
    fn collect(
        at: &str,
        fields: &'static [Field],
        inside: bool,
        seen: &mut Vec<(String, &'static Field, bool)>,
    ) {
        for field in fields {
            let at = format!("{at}.{}", field.wire);
            let marked = inside || field.sensitive;
            seen.push((at.clone(), field, marked));
            let mut kind = &field.kind;
            while let Kind::List(inner) | Kind::Map(inner) = kind {
                kind = inner;
            }
            if let Kind::Struct(info) = kind
                && at.matches('.').count() < 8
            {
                collect(&at, info.fields, marked, seen);
            }
        }
    }
    let mut seen = Vec::new();
    for endpoint in ENDPOINTS {
        collect(endpoint.key, endpoint.request, false, &mut seen);
        collect(endpoint.key, endpoint.response.fields(), false, &mut seen);
    }
    for webhook in WEBHOOKS {
        collect(webhook.key, webhook.payload, false, &mut seen);
    }
    assert!(seen.len() > 500);
    let personal = [
        "debtor",
        "customer",
        "mobile",
        "callee",
        "phonenumber",
        "mainnumber",
        "calleenumber",
        "contactname",
        "customername",
        "loanamount",
        "arrears",
        "appsecret",
        "appkey",
        "token",
        "address",
        "agentname",
        "remark",
        "talkremarks",
        "privatedata",
        "customerinfo",
        "variables",
        "comments",
        "reclink",
        "callback",
        "prvdata",
    ];
    let mut marked_ones = 0;
    for (at, field, marked) in seen {
        let name: String = field.wire.to_ascii_lowercase().chars().filter(|c| *c != '_').collect();
        if matches!(field.kind, Kind::Scalar(Scalar::Phone)) || personal.contains(&name.as_str()) {
            assert!(marked, "{at} is not marked as sensitive");
            marked_ones += 1;
        }
    }
    assert!(marked_ones > 100, "{marked_ones}");
}

#[test]
fn the_nets_have_no_holes() {
    // What is planted is found where nothing hides it.
    let mut printed = Printed::default();
    printed.debug("a JSON value", &json!({"name": TEXT}));
    assert!(std::panic::catch_unwind(|| printed.hides(&[])).is_err());
    let mut planted = 0;
    for endpoint in ENDPOINTS {
        planted += planted_request(endpoint)
            .iter()
            .filter(|json| json.to_string().contains(TEXT) || json.to_string().contains(PHONE))
            .count();
    }
    assert!(planted > 60, "{planted}");
}
