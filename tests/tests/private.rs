//! Endpoints of a consumer's own, as a crate beside the client sees them: described in YAML, called by the
//! same client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use airudder_client::catalogue::{Code, ENDPOINTS, Effect, Evidence, Method};
use airudder_client::types::{CallId, RobotId};
use airudder_client::{Client, Error, ErrorCode, Family};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::{client_builder, fast};
use axum::body::Bytes;
use axum::routing::post;
use loyalty::{InviteMember, Tier};
use serde_json::json;

airudder_client::api!("../../airudder-client/examples/private/loyalty.yaml");

const INVITE: &str = "loyalty.invite_member";
const GET: &str = "loyalty.get_member";

async fn simulator() -> Simulator {
    let simulator = Simulator::builder().endpoints(loyalty::ENDPOINTS).webhooks(loyalty::WEBHOOKS);
    simulator.start().await.expect("a loopback port is free")
}

fn client(simulator: &Simulator) -> Client {
    client_builder(simulator).retry(fast()).build().expect("the settings are sound")
}

fn invitation() -> InviteMember {
    InviteMember::builder().member_id("m-1").mobile("+6281200000000").robot_id("robot-1").points(500).build()
}

#[tokio::test]
async fn calls_go_through_the_same_client() {
    let simulator = simulator().await;
    let client = client(&simulator);

    let invited = client
        .loyalty()
        .invite_member()
        .member_id("m-1")
        .mobile("+6281200000000")
        .robot_id("robot-1")
        .points(500)
        .send()
        .await
        .unwrap();
    assert_eq!(invited.call_id, CallId::from("0000000000000000000000000000000a"));
    assert_eq!(invited.tier, Some(Tier::Gold));
    let arrived = simulator.last_request(INVITE).expect("it arrived");
    assert_eq!(
        arrived,
        json!({"MemberID": "m-1", "Mobile": "+6281200000000", "RobotID": "robot-1", "Points": 500})
    );

    let member = client.loyalty().get_member().member_id("m-1").send_full().await.unwrap();
    assert_eq!(member.status, 200);
    assert_eq!(member.data.tier, Some(Tier::Silver));
    assert_eq!(member.data.mobile.as_ref().map(|m| m.as_str()), Some("+6281200000000"));

    // A request that was built before, and one of the vendor's own endpoints: one token for all.
    client.execute(&invitation()).await.unwrap();
    client.collection().list_robots().send().await.unwrap();
    assert_eq!(simulator.auth_requests(), 1);
    assert_eq!(simulator.requests(INVITE), 2);
}

#[tokio::test]
async fn a_field_that_the_spec_lacks_can_be_sent() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let call =
        client.loyalty().get_member().member_id("m-1").extra("Verbose", "1").timeout(Duration::from_secs(5));
    call.send().await.unwrap();
    assert_eq!(simulator.last_request(GET).unwrap()["Verbose"], "1");
}

#[tokio::test]
async fn what_the_vendor_would_refuse_is_refused_locally_with_the_codes_of_the_spec() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let refused = client
        .loyalty()
        .invite_member()
        .member_id("")
        .mobile("0812")
        .robot_id("robot-1")
        .points(0)
        .send()
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Invalid(_)), "{refused}");
    let mut codes: Vec<_> = refused.violations().iter().map(|v| (v.field.as_str(), v.code)).collect();
    codes.sort_by_key(|(field, _)| *field);
    let own = |code| Some(ErrorCode::Other { family: Family::Cloud, code: Code::Number(code) });
    // Codes of one's own and of the vendor's table, side by side.
    assert_eq!(
        codes,
        [
            ("MemberID", own(20101)),
            ("Mobile", Some(ErrorCode::CalleeNumberIncorrect)),
            ("Points", own(20103))
        ]
    );
    assert_eq!(own(20101), Some(loyalty::MEMBER_MISSING));
    assert_eq!(own(20103), Some(loyalty::POINTS_OUT_OF_RANGE));
    assert!(refused.to_string().contains("20103 PointsOutOfRange ("), "{refused}");
    assert!(!refused.may_have_reached_vendor());
    assert!(simulator.log().is_empty(), "nothing was sent");
}

#[tokio::test]
async fn codes_of_the_answer_are_those_of_the_spec() {
    let simulator = simulator().await;
    let client = client(&simulator);
    simulator.inject(GET, Fault::WrongCode(20102), 1);
    let refused = client.loyalty().get_member().member_id("m-9").send().await.unwrap_err();
    assert!(matches!(refused, Error::Api(_)), "{refused}");
    assert_eq!(refused.code(), Some(loyalty::MEMBER_UNKNOWN));
    assert_eq!(refused.vendor_code(), Some(20102));
    assert_eq!(refused.endpoint(), Some(GET));
    let Error::Api(api) = &refused else { panic!("{refused}") };
    assert_eq!(api.code_name(), Some("MemberUnknown"));
    let meaning = api.meaning().expect("the spec says what it means");
    assert!(refused.to_string().contains(&format!("20102 MemberUnknown ({meaning})")), "{refused}");
    assert_eq!(simulator.requests(GET), 1, "a refusal is final");

    // The simulator refuses by the same spec.
    let refused = client
        .raw("POST", "/service/custom/loyalty/invite")
        .json(&json!({"MemberID": "m-1", "Mobile": "+6281200000000", "RobotID": "r", "Points": 0}));
    assert_eq!(refused.send().await.unwrap_err().code(), Some(loyalty::POINTS_OUT_OF_RANGE));
    let refused = client
        .raw("POST", "/service/custom/loyalty/invite")
        .json(&json!({"MemberID": "m-1", "Mobile": "0812", "RobotID": "r"}));
    assert_eq!(
        refused.send().await.unwrap_err().code(),
        Some(ErrorCode::CalleeNumberIncorrect),
        "the vendor's table still has its names"
    );
}

#[tokio::test]
async fn reads_are_repeated_and_calls_to_people_are_not() {
    let simulator = simulator().await;
    let client = client(&simulator);
    simulator.inject(GET, Fault::status(503), 2);
    client.loyalty().get_member().member_id("m-1").send().await.unwrap();
    assert_eq!(simulator.requests(GET), 3);

    for fault in [Fault::status(503), Fault::Reset, Fault::ResetAfterEffect] {
        let before = simulator.requests(INVITE);
        simulator.inject(INVITE, fault.clone(), 1);
        let failed = client.execute(&invitation()).await.unwrap_err();
        assert_eq!(simulator.requests(INVITE), before + 1, "{fault:?}: nobody's phone rings twice");
        assert!(failed.may_have_reached_vendor() && !failed.is_retryable(), "{fault:?}: {failed}");
    }
    // A token that has expired is no fault of the call: it is renewed, and the call made once more.
    simulator.revoke_tokens();
    client.execute(&invitation()).await.unwrap();
    assert_eq!(simulator.auth_requests(), 2);
}

#[tokio::test]
async fn a_path_can_be_replaced() {
    let simulator = Simulator::builder()
        .endpoints(loyalty::ENDPOINTS)
        .override_path(GET, "/service/custom/v2/member")
        .start()
        .await
        .unwrap();
    let client = client_builder(&simulator).override_path(GET, "/service/custom/v2/member").build().unwrap();
    client.loyalty().get_member().member_id("m-1").send().await.unwrap();
    assert_eq!(simulator.requests(GET), 1);
}

#[tokio::test]
async fn webhooks_arrive_as_events_of_the_section() {
    let simulator = simulator().await;
    let (url, bodies) = receiver().await;
    simulator.deliver_to(url);
    assert_eq!(
        simulator
            .deliver("loyalty.member_answered", json!({"Accepted": false, "Tier": "platinum"}))
            .await
            .unwrap(),
        200
    );
    let body = bodies.lock().unwrap().pop().expect("a message came");
    let event = loyalty::parse("loyalty.member_answered", &body).unwrap();
    assert_eq!(event.key(), "loyalty.member_answered");
    let loyalty::Event::MemberAnswered(answer) = &event else { panic!("{event:?}") };
    assert_eq!((answer.member_id.as_str(), answer.accepted), ("m-1", Some(false)));
    assert_eq!(answer.tier, Some(Tier::Other("platinum".to_owned())), "values that nobody knows are kept");
    assert_eq!(event.to_json()["Tier"], "platinum");

    let unknown = loyalty::parse("loyalty.member_left", br#"{"MemberID": "m-1"}"#).unwrap();
    let loyalty::Event::Unknown { key, raw } = &unknown else { panic!("{unknown:?}") };
    assert_eq!((key.as_str(), &raw["MemberID"]), ("loyalty.member_left", &json!("m-1")));
    assert!(matches!(loyalty::parse("loyalty.member_answered", b"<html>").unwrap_err(), Error::Decode(_)));
}

/// A server that keeps what is posted to it.
async fn receiver() -> (String, Arc<Mutex<Vec<Bytes>>>) {
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    let router = axum::Router::new().route(
        "/hook",
        post(move |body: Bytes| async move {
            kept.lock().expect("nobody panics").push(body);
            "{}"
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let url = format!("http://{}/hook", listener.local_addr().expect("it is bound"));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, bodies)
}

#[test]
fn the_section_is_described_as_data() {
    let invite = loyalty::ENDPOINTS.iter().find(|e| e.key == INVITE).unwrap();
    assert_eq!(
        (invite.method, invite.path, invite.effect),
        (Method::Post, Some("/service/custom/loyalty/invite"), Effect::CallsPeople)
    );
    assert_eq!((invite.family, invite.evidence), (Family::Cloud, Evidence::Documented));
    assert_eq!(invite.request.iter().filter(|f| f.required).count(), 3);
    assert_eq!(loyalty::WEBHOOKS.iter().map(|w| w.key).collect::<Vec<_>>(), ["loyalty.member_answered"]);
    assert!(
        !ENDPOINTS.iter().any(|e| e.section == "loyalty"),
        "the client's own catalogue is that of the vendor"
    );
}

#[test]
fn personal_data_does_not_show() {
    let shown = format!("{:?} {:?}", invitation(), InviteMember::builder().mobile("+6281200000000"));
    assert!(shown.contains("m-1") && !shown.contains("62812"), "{shown}");
}

#[tokio::test]
async fn calls_can_be_moved_to_other_threads() {
    let simulator = simulator().await;
    let client = client(&simulator);
    let calls = (0..20).map(|n| {
        let client = client.clone();
        tokio::spawn(async move { client.loyalty().get_member().member_id(format!("m-{n}")).send().await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    let robot: RobotId = "robot-1".into();
    let one = tokio::spawn(
        client.loyalty().invite_member().member_id("m-1").mobile("+6281200000000").robot_id(robot).send(),
    );
    one.await.unwrap().unwrap();
    assert_eq!(simulator.auth_requests(), 1);
}

#[tokio::test]
async fn a_field_in_the_path_is_escaped_and_stands_nowhere_else() {
    let simulator = simulator().await;
    let client = client(&simulator);
    client.loyalty().get_member().member_id("m/1 ?").send().await.unwrap();
    let logged = simulator.log();
    assert_eq!(
        logged.last().map(|entry| entry.path.as_str()),
        Some("/service/custom/loyalty/members/m%2F1%20%3F")
    );
    assert_eq!(simulator.last_request(GET), Some(json!({"MemberID": "m/1 ?"})));
    let error = client.loyalty().get_member().member_id("..").send().await.unwrap_err();
    assert!(
        matches!(error, airudder_client::Error::Config(_)),
        "another path is not to be had that way: {error}"
    );
}
