//! As part of a program of axum's: routers, layers, state, routes and sections of one's own.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use airudder_client::catalogue::WEBHOOKS;
use airudder_client::chatbot::HandoffBody;
use airudder_client::collection::CallFinished;
use airudder_client::predictive_dialer;
use airudder_client::receive::{self, Acknowledged, Delivery, Inbox, Received, Receiver, RoutesError};
use airudder_client::webhook::{AnyEvent, Event, FromMessage};
use airudder_simulator::Simulator;
use axum::extract::{FromRef, MatchedPath, OriginalUri, Request, State};
use axum::http::{Extensions, StatusCode};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde_json::json;

use crate::support::{Kept, Log, PHONE, SECRET, Serving, receiver};

airudder_client::api!("../airudder-client/examples/private/loyalty.yaml");

const KEY: &str = "collection.call_finished";

fn router<S: Clone + Send + Sync + 'static>(kept: &Kept) -> Router<S> {
    receiver().routes().all().router(kept.clone()).unwrap()
}

/// What a call is applied by: its identity, and its row.
type Call = (String, Option<String>);

#[derive(Clone)]
struct App {
    receiver: Receiver,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl FromRef<App> for Receiver {
    fn from_ref(app: &App) -> Self {
        app.receiver.clone()
    }
}

fn app() -> App {
    App { receiver: receiver(), calls: Arc::default() }
}

#[tokio::test]
async fn it_is_nested_merged_and_layered_like_any_other_and_has_any_state() {
    let kept = Kept::default();
    let refuses = |request: Request, next: Next| async move {
        match request.headers().contains_key("x-maintenance") {
            true => Err(StatusCode::BAD_GATEWAY),
            false => Ok(next.run(request).await),
        }
    };
    let state = app();
    let router = Router::new()
        .route("/", get(|State(_): State<App>| async { "here" }))
        .nest("/hooks/{secret}", router::<App>(&kept))
        .merge(router::<App>(&kept))
        .layer(middleware::from_fn(refuses))
        .with_state(state);
    let serving = Serving::start(router).await;
    for (path, status) in [
        (format!("/{SECRET}/{KEY}"), 200),
        // The innermost parameter of the name counts.
        (format!("/hooks/anything/{SECRET}/{KEY}"), 200),
        (format!("/hooks/{SECRET}/anything/{KEY}"), 404),
        (format!("/hooks/{SECRET}/{KEY}"), 404),
    ] {
        assert_eq!(serving.post(&path, "{}").await, status, "{path}");
        assert_eq!(kept.take().len(), usize::from(status == 200));
    }
    let layered = serving.send(&format!("/{SECRET}/{KEY}"), &[("X-Maintenance", "1")], "{}").await;
    assert_eq!(layered, 502);
    assert!(kept.take().is_empty());
}

/// Logs what `tower_http::trace::TraceLayer` logs, and more.
async fn logs(request: Request, next: Next) -> Response {
    let original = request.extensions().get::<OriginalUri>();
    let matched = request.extensions().get::<MatchedPath>();
    tracing::debug!(uri = %request.uri(), ?original, ?matched, "request");
    tracing::debug!(extensions = ?shown(request.extensions()), "{request:?}");
    next.run(request).await
}

fn shown(extensions: &Extensions) -> String {
    format!("{extensions:?}")
}

#[tokio::test]
async fn layers_that_log_the_uri_do_not_see_the_secret() {
    let (kept, log) = (Kept::default(), Log::default());
    let _catching = log.catch();
    let app = app();
    let router = Router::new()
        .nest("/hooks", router::<App>(&kept))
        .nest_service("/service", router::<()>(&kept))
        .route("/own/{secret}/calls", post(take_calls))
        .layer(middleware::from_fn(logs))
        .layer(middleware::from_fn_with_state(app.receiver.clone(), receive::hide_secret))
        .with_state(app.clone());
    let serving = Serving::start(router).await;
    let escaped: String = SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for (path, status) in [
        (format!("/hooks/{SECRET}/{KEY}?x=1"), 200),
        (format!("/hooks/{escaped}/{KEY}"), 200),
        (format!("/own/{SECRET}/calls"), 200),
        (format!("/service/{SECRET}/{KEY}"), 200),
        (format!("/service/another-secret/{KEY}"), 404),
        (format!("/hooks/{}/{KEY}", &SECRET[1..]), 404),
        // Mistyped: no route has it.
        (format!("/hooks/{SECRET}/collection/call_finished"), 404),
        (format!("/hooks/{KEY}/{SECRET}"), 404),
        (format!("/{SECRET}"), 404),
    ] {
        assert_eq!(serving.post(&path, json!({"TaskID": "7"}).to_string()).await, status, "{path}");
    }
    assert_eq!((kept.take().len(), app.calls.lock().unwrap().len()), (3, 1));
    let text = log.text();
    let (near, escaped) = (&SECRET[1..], &escaped[3..]);
    for planted in ["PLANTED", near, escaped] {
        assert!(!text.contains(planted), "{planted} in {text}");
    }
    assert!(text.contains("/hooks/-/collection.call_finished?x=1"), "{text}");
}

async fn take_calls(
    State(app): State<App>,
    Extension(_): Extension<axum::extract::ConnectInfo<std::net::SocketAddr>>,
    Received(calls): Received<CallFinished>,
) -> Acknowledged {
    assert!(!format!("{calls:?}").contains("7700918273"));
    for call in calls.events {
        assert_eq!((call.webhook.key, call.happened), (KEY, None));
        app.calls.lock().unwrap().push((call.identity.clone(), call.comments.clone()));
    }
    Acknowledged
}

#[tokio::test]
async fn a_route_of_ones_own_has_the_struct_and_the_same_limits() {
    let log = Log::default();
    let _catching = log.catch();
    let app = app();
    let short = receiver().max_body_bytes(100);
    let router = Router::new()
        .route("/calls/{secret}", post(take_calls))
        .route("/open", post(take_calls))
        .with_state(App { receiver: short, ..app.clone() });
    let serving = Serving::start(router).await;
    let path = format!("/calls/{SECRET}");
    let call = json!({"Callee": PHONE, "comments": "row 1"});
    assert_eq!(serving.post(&path, call.to_string()).await, 200);
    assert_eq!(serving.post(&path, json!({"data": [call, {"comments": "row 2"}]}).to_string()).await, 200);
    let calls = std::mem::take(&mut *app.calls.lock().unwrap());
    let rows: Vec<_> = calls.iter().map(|(_, row)| row.as_deref()).collect();
    assert_eq!(rows, [Some("row 1"), Some("row 1"), Some("row 2")]);
    assert_eq!(calls[0].0, calls[1].0, "the same message");
    assert_ne!(calls[0].0, calls[2].0);

    for (path, body, status) in [
        // With one that is something else all come again, and none is left out.
        (path.as_str(), json!([call, {"a": "stranger"}]).to_string(), 422),
        (&path, "\u{feff}{\"a\": \"stranger\"}".to_owned(), 422),
        (&path, "no json".to_owned(), 400),
        (&path, format!("{call}{}", " ".repeat(100)), 413),
        ("/calls/another-secret-0123456789", call.to_string(), 404),
        // A route without a place for the secret lets nobody in.
        ("/open", call.to_string(), 500),
    ] {
        assert_eq!(serving.post(path, body).await, status);
    }
    assert!(app.calls.lock().unwrap().is_empty());
    assert!(log.text().contains("{secret}"), "{}", log.text());
    log.hides_everything();
}

#[tokio::test]
async fn an_event_of_any_kind_can_be_extracted_too() {
    async fn take(Received(message): Received<Event>) -> Result<Acknowledged, StatusCode> {
        match &message.events[..] {
            [Event::PredictiveDialerTaskStatusChanged(_)] => Ok(Acknowledged),
            [Event::Unknown { .. }] => Err(StatusCode::IM_A_TEAPOT),
            _ => Err(StatusCode::CONFLICT),
        }
    }
    let router = Router::new().route("/{secret}", post(take)).with_state(receiver());
    let serving = Serving::start(router).await;
    let path = format!("/{SECRET}");
    let event = json!({"type": "TaskStatus", "body": {"taskId": "7", "state": "Finished"}});
    let status = |body: serde_json::Value| {
        let request = crate::support::http().post(serving.url(&path)).body(body.to_string());
        async move { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(status(event).await, 200);
    assert_eq!(status(json!({"a": "stranger"})).await, 418);
}

#[tokio::test]
async fn webhooks_are_named_by_their_struct_by_key_and_by_section() {
    let served = |routes: receive::Routes| async move {
        let (kept, mut served) = (Kept::default(), BTreeSet::new());
        let serving = Serving::start(routes.router(kept).unwrap()).await;
        for webhook in WEBHOOKS {
            if serving.post(&format!("/{SECRET}/{}", webhook.key), "{}").await != 404 {
                served.insert(webhook.key);
            }
        }
        served
    };
    let of_calls = served(receiver().routes().of::<CallFinished>().webhooks([KEY])).await;
    // The sections that were derived from collection share the struct.
    assert!(of_calls.contains(KEY) && of_calls.contains("telemarketing.call_finished"), "{of_calls:?}");
    let shared: BTreeSet<_> = <CallFinished as FromMessage>::webhooks().iter().map(|w| w.key).collect();
    assert_eq!(of_calls, shared);
    assert!(<HandoffBody as FromMessage>::webhooks().len() > 3);
    let dialer = served(receiver().routes().of::<predictive_dialer::TaskStatusChanged>()).await;
    assert!(dialer.contains("predictive_dialer.task_status_changed"));
    let section =
        served(receiver().routes().webhooks(["predictive_dialer", "collection.plan_finished"])).await;
    assert_eq!(section.len(), 4, "{section:?}");
    let all = served(receiver().routes().webhooks(WEBHOOKS.iter().map(|w| w.key))).await;
    assert_eq!(all.len(), WEBHOOKS.len());
    assert_eq!(<Event as FromMessage>::webhooks().len(), WEBHOOKS.len());
}

#[test]
fn what_cannot_be_served_is_told_before_anything_is() {
    let router = |routes: receive::Routes| routes.router::<()>(Kept::default()).err();
    let unknown = |name: &str| Some(RoutesError::Unknown(name.to_owned()));
    assert_eq!(router(receiver().routes()), Some(RoutesError::Empty));
    assert_eq!(router(receiver().routes().webhooks(["collection.finished"])), unknown("collection.finished"));
    assert_eq!(router(receiver().routes().all().shared("x", ["voices"])), unknown("voices"));
    assert_eq!(router(receiver().routes().shared("x", [""; 0])), Some(RoutesError::Empty));
    for name in ["", "a/b", "{x}", "..", "a b", "é"] {
        let wrong = router(receiver().routes().shared(name, ["collection"]));
        assert_eq!(wrong, Some(RoutesError::Name(name.to_owned())), "{name}");
    }
    let twice = receiver().routes().shared("x", ["collection"]).shared("x", ["workflow"]);
    assert_eq!(router(twice), Some(RoutesError::Twice("x".to_owned())));
    let twice = receiver().routes().shared(KEY, ["workflow"]).webhooks([KEY]);
    assert_eq!(router(twice), Some(RoutesError::Twice(KEY.to_owned())));
    for path in ["", "/", "health", "/{x}", "/x"] {
        let taken = receiver().routes().shared("x", ["collection"]).health(path);
        assert_eq!(router(taken), Some(RoutesError::Health(path.to_owned())), "{path}");
    }
    assert_eq!(router(receiver().routes().all().all().webhooks(["collection"])), None);
}

#[tokio::test]
async fn webhooks_of_a_section_of_ones_own_take_the_same_path() {
    async fn take(Received(invitations): Received<loyalty::MemberAnswered>) -> Acknowledged {
        assert_eq!(invitations.events.len(), 1);
        Acknowledged
    }
    /// Works with the vendor's events and with one's own.
    fn keys<E: AnyEvent>(delivery: &Delivery<E>) -> Vec<String> {
        delivery.message.events.iter().map(|event| event.key().to_owned()).collect()
    }
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let inbox = move |delivery: Delivery<loyalty::Event>| {
        keep.lock().unwrap().extend(keys(&delivery));
        async { Ok::<_, std::io::Error>(()) }
    };
    // A trait object is an inbox as well.
    let inbox: Arc<dyn Inbox<loyalty::Event>> = Arc::new(inbox);
    let own: Router<Receiver> = receiver().routes_of::<loyalty::Event>().all().router(inbox).unwrap();
    let router = own.route("/own/{secret}/x", post(take)).with_state(receiver());
    let serving = Serving::start(router).await;
    let simulator = Simulator::builder().webhooks(loyalty::WEBHOOKS).start().await.unwrap();
    let key = loyalty::WEBHOOKS[0].key;
    simulator.deliver_to(serving.url(&format!("/{SECRET}/{{key}}")));
    assert_eq!(simulator.deliver(key, json!({})).await.unwrap(), 200);
    assert_eq!(*kept.lock().unwrap(), [key]);
    simulator.deliver_to(serving.url(&format!("/own/{SECRET}/x")));
    assert_eq!(simulator.deliver(key, json!({})).await.unwrap(), 200);
    simulator.deliver_to(serving.url(&format!("/not-{SECRET}/{{key}}")));
    assert_eq!(simulator.deliver(key, json!({})).await.unwrap(), 404);
}
