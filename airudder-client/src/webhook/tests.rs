use serde_json::json;

use super::*;

const CALL: &str = r#"{"TaskID":"7","Status":"finished","Intention":"A","Comments":"17"}"#;
const DIALER: &str =
    r#"{"type":"ContactStatus","body":{"callid":"7","state":"HANGUP","timestamp":1700000000000}}"#;

fn calls(message: &Message) -> usize {
    message.events.iter().filter(|event| matches!(event, Event::CollectionCallFinished(_))).count()
}

#[test]
fn debug_shows_nothing_of_an_unknown_message() {
    let event = parse("nobody.knows", br#"{"callee":"+447700900123","name":"Jane Doe"}"#).unwrap();
    let shown = format!("{event:?}");
    assert!(shown.contains("nobody.knows"), "{shown}");
    assert!(!shown.contains("7700") && !shown.contains("Jane"), "{shown}");
    let message = read("nobody.knows", br#"{"name":"Jane Doe"}"#).unwrap();
    assert!(!format!("{message:?}").contains("Jane"));
}

#[test]
fn messages_come_wrapped_and_in_lists() {
    let text = serde_json::Value::from(CALL).to_string();
    for (body, count) in [
        (CALL.to_owned(), 1),
        (format!(r#"{{"data":{CALL}}}"#), 1),
        (format!(r#"{{"code":0,"Body":{CALL},"requestId":"1"}}"#), 1),
        (format!(r#"{{"data":[{CALL},{CALL}]}}"#), 2),
        (format!("[{CALL},null,{CALL},{CALL}]"), 3),
        (format!(r#"[{{"data":{CALL}}}]"#), 1),
        (format!(r#"{{"data":{text}}}"#), 1),
        (text, 1),
        (format!("\u{feff} {CALL}\n"), 1),
    ] {
        let message = read("collection.call_finished", &body).unwrap();
        assert_eq!((calls(&message), message.events.len()), (count, count), "{body}");
        assert_eq!(message.raw, body.as_bytes());
        let Event::CollectionCallFinished(call) = &message.events[0] else { panic!("{body}") };
        assert_eq!(call.comments.as_deref(), Some("17"), "{body}");
    }
}

#[test]
fn a_wrapper_that_is_the_messages_own_stays_and_one_that_lacks_is_added() {
    let inner = r#"{"callid":"7","state":"HANGUP","timestamp":1700000000000}"#;
    for body in [DIALER, inner, &format!(r#"{{"data":{DIALER}}}"#), &format!("[{inner}]")] {
        let message = read("predictive_dialer.contact_status_changed", body).unwrap();
        let [Event::PredictiveDialerContactStatusChanged(push)] = &message.events[..] else {
            panic!("{body}")
        };
        assert!(push.body.as_ref().unwrap().timestamp.is_some(), "{body}");
    }
}

#[test]
fn json_of_no_known_shape_is_unknown_and_what_is_no_json_an_error() {
    for body in ["{}", "null", "[]", "5", r#"{"x":1}"#, r#""a text""#, r#"{"data":{"x":1}}"#] {
        for message in [read("collection.call_finished", body), read("nobody.knows", body), read_any(body)] {
            let message = message.unwrap();
            let [Event::Unknown { raw, .. }] = &message.events[..] else { panic!("{body}: {message:?}") };
            if !body.contains("data") {
                assert_eq!(raw.to_string(), body);
            }
        }
    }
    for body in ["", "a=b", "<xml/>", r#"{"TaskID":"7""#, "\u{0}"] {
        assert!(matches!(read("collection.call_finished", body), Err(Error::Decode(_))), "{body}");
        assert!(matches!(read_any(body), Err(Error::Decode(_))), "{body}");
    }
}

#[test]
fn parse_wants_exactly_one_object() {
    for body in ["null", r#""""#, "[]", "5", ""] {
        for key in ["collection.call_finished", "nobody.knows"] {
            assert!(matches!(parse(key, body.as_bytes()), Err(Error::Decode(_))), "{key} {body}");
        }
    }
    assert!(parse("nobody.knows", "\u{feff}{\"TaskID\":\"1\"}".as_bytes()).is_ok());
}

#[test]
fn several_webhooks_share_a_url() {
    let kinds = |body: &str| -> Vec<String> {
        read_any(body).unwrap().events.iter().map(|event| event.key().to_owned()).collect()
    };
    assert_eq!(kinds(DIALER), ["predictive_dialer.contact_status_changed"]);
    assert_eq!(
        kinds(&DIALER.replace("ContactStatus", "AgentStatus")),
        ["predictive_dialer.agent_status_changed"]
    );
    assert_eq!(kinds(CALL), ["collection.call_finished"]);
    assert_eq!(
        kinds(&format!("[{CALL},{DIALER},{{\"x\":1}}]")),
        ["collection.call_finished", "predictive_dialer.contact_status_changed", ""]
    );
    assert_eq!(kinds(&format!(r#"{{"data":{DIALER}}}"#)), ["predictive_dialer.contact_status_changed"]);
}

#[test]
fn every_sample_is_found_by_its_fit() {
    for webhook in crate::catalogue::WEBHOOKS {
        let Some(sample) = webhook.sample else { continue };
        let message = read_any(sample).unwrap();
        let [event] = &message.events[..] else { panic!("{}", webhook.key) };
        let found = event.webhook().unwrap_or_else(|| panic!("{} is unknown", webhook.key));
        assert!(
            found.key == webhook.key
                || found.root == webhook.root
                || found.payload.len() == webhook.payload.len(),
            "{} is taken for {}",
            webhook.key,
            found.key
        );
        assert!(read(webhook.key, sample).unwrap().events[0].webhook().is_some(), "{}", webhook.key);
    }
}

#[test]
fn copies_have_one_identity_and_others_have_not() {
    let identity = |body: &str| read_any(body).unwrap().events[0].identity();
    let again = DIALER.replace(r#""callid":"7","#, r#" "agentNote": "x", "CallID":"7","#);
    assert_eq!(identity(DIALER), identity(&again), "by its own keys");
    assert_ne!(identity(DIALER), identity(&DIALER.replace("HANGUP", "RINGING")));
    assert_eq!(identity(CALL), identity(&format!("{{\"data\":{CALL}}}")), "by all of it");
    assert_ne!(identity(CALL), identity(&CALL.replace("17", "18")));
    assert!(!identity(CALL).contains("17") && identity(CALL).starts_with("collection.call_finished:"));

    let event = &read_any(DIALER).unwrap().events[0];
    assert_eq!(event.happened(), Some(Timestamp::from_second(1_700_000_000).unwrap()));
    assert_eq!(read_any(CALL).unwrap().events[0].happened(), None);
}

#[test]
fn nothing_of_a_message_is_lost() {
    let body = json!({
        "TaskID": "7", "Status": "finished", "status": "closed", "Intention": "A",
        "Comments": "Siti \u{1f600}",
        "CallStartTime": "2026-03-02 09:00:00", "CallEndTime": "02/03/2026 09:01", "new": {"a": [1, null]},
    });
    let event = parse("collection.call_finished", body.to_string().as_bytes()).unwrap();
    assert_eq!(event.to_json(), body);
}

#[test]
fn half_an_emoji_and_a_byte_of_another_charset_do_not_lose_a_message() {
    for comments in [r#""Siti \ud83d""#, r#""\ude00 Siti""#, r#""Siti \ud83d!""#] {
        let body = format!(r#"{{"TaskID":"1","Comments":{comments},"Status":"finished","Intention":"A"}}"#);
        for message in [read("collection.call_finished", &body), read_any(&body)] {
            let Event::CollectionCallFinished(call) = &message.unwrap().events[0] else {
                panic!("{comments}")
            };
            assert_eq!(call.intention.as_ref().unwrap().as_str(), "A");
        }
    }
    let body = b"{\"TaskID\":\"1\",\"Comments\":\"caf\xe9\",\"Status\":\"finished\",\"Intention\":\"A\"}";
    assert_eq!(calls(&read_any(body).unwrap()), 1);
}

#[test]
fn a_time_is_read_in_any_form_or_kept() {
    for time in
        ["2026-03-02T21:00:27 01:00", "2026-03-02T09:00Z", "2026-06-30T23:59:60Z", "2026-03-02T09:00:00 UTC"]
    {
        let body = format!(r#"{{"body":{{"callid":"7","state":"HANGUP","timestamp":"{time}"}}}}"#);
        let event = parse("predictive_dialer.contact_status_changed", body.as_bytes()).unwrap();
        let Event::PredictiveDialerContactStatusChanged(push) = event else { panic!("{time}") };
        assert!(push.body.unwrap().timestamp.is_some(), "{time}");
    }
    let body = r#"{"TaskID":"1","CallStartTime":"0001-01-01T00:00:00Z"}"#;
    let Event::CollectionCallFinished(call) = parse("collection.call_finished", body.as_bytes()).unwrap()
    else {
        panic!("{body}")
    };
    assert_eq!(call.call_start_time, None);
}
