//! Answers and webhooks whose shape drifts. One general rule, tried on every answer and every webhook of the
//! catalogue: the samples are changed mechanically, and must read as if nothing had happened.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::BTreeSet;

use airudder_client::catalogue::{
    ENDPOINTS, Endpoint, EnumForm, EnumInfo, Field, Kind, ResponseKind, Scalar, WEBHOOKS, Webhook,
};
use airudder_client::predictive_dialer::{CallState, HangupReason, TaskState};
use airudder_client::types::{CallStatus, Intention};
use airudder_client::{Error, Value, webhook, wire};
use airudder_simulator::sample;
use airudder_tests::{endpoint, webhook, webhook_without_sample, without_sample};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, json};

// ------------------------------------------------------------------------------------------- a way through
// payloads

/// What a payload is by the catalogue.
#[derive(Clone, Copy)]
enum Shape {
    Fields(&'static [Field]),
    Kind(Kind),
}

impl Shape {
    fn of_answer(endpoint: &'static Endpoint) -> Option<Self> {
        match endpoint.response {
            ResponseKind::File => None,
            ResponseKind::Value(_) if !endpoint.response.fields().is_empty() => {
                Some(Self::Fields(endpoint.response.fields()))
            }
            ResponseKind::Value(kind) => Some(Self::Kind(kind)),
        }
    }
}

/// What is done at each known place: to objects with their fields, innermost first.
type EditObject<'a> = &'a mut dyn FnMut(&'static [Field], &mut Map<String, Value>);

fn walk(shape: Shape, value: &mut Value, edit: EditObject<'_>) {
    match shape {
        Shape::Fields(fields) => object(fields, value, edit),
        Shape::Kind(Kind::Struct(info)) => object(info.fields, value, edit),
        Shape::Kind(Kind::List(kind)) => {
            value
                .as_array_mut()
                .into_iter()
                .flatten()
                .for_each(|entry| walk(Shape::Kind(*kind), entry, edit));
        }
        Shape::Kind(Kind::Map(kind)) => {
            value
                .as_object_mut()
                .into_iter()
                .flat_map(Map::values_mut)
                .for_each(|entry| walk(Shape::Kind(*kind), entry, edit));
        }
        Shape::Kind(_) => {}
    }
}

fn object(fields: &'static [Field], value: &mut Value, edit: EditObject<'_>) {
    let Value::Object(map) = value else { return };
    for field in fields {
        if let Some(key) = key_of(field, map) {
            walk(Shape::Kind(field.kind), &mut map[&key], edit);
        }
    }
    edit(fields, map);
}

/// The key under which a field stands.
fn key_of(field: &Field, map: &Map<String, Value>) -> Option<String> {
    let names = || std::iter::once(&field.wire).chain(field.aliases);
    if map.contains_key(field.wire) {
        return Some(field.wire.to_owned());
    }
    map.keys().find(|key| names().any(|name| wire::loosely_equal(name, key))).cloned()
}

/// Changes each single value of a known field, lists of them included. Gives how many were changed.
fn each_value(shape: Shape, payload: &mut Value, change: &dyn Fn(&Kind, &Value) -> Option<Value>) -> usize {
    let mut changed = 0;
    walk(shape, payload, &mut |fields, map| {
        for field in fields {
            let Some(key) = key_of(field, map) else { continue };
            let value = &mut map[&key];
            match (field.kind, value) {
                (Kind::List(kind), Value::Array(list)) => {
                    for entry in list.iter_mut() {
                        if let Some(new) = change(kind, entry) {
                            *entry = new;
                            changed += 1;
                        }
                    }
                }
                (kind, value) => {
                    if let Some(new) = change(&kind, value) {
                        *value = new;
                        changed += 1;
                    }
                }
            }
        }
    });
    changed
}

/// Changes one field of one object at a time: those that `applies` to. Gives the field and the changed
/// payload of each.
fn one_by_one(
    shape: Shape,
    payload: &Value,
    applies: &dyn Fn(&Field, &Value) -> bool,
    change: &dyn Fn(&mut Map<String, Value>, &str),
) -> Vec<(&'static Field, Value)> {
    let mut results = Vec::new();
    for turn in 0.. {
        let (mut place, mut done) = (0, None);
        let mut changed = payload.clone();
        walk(shape, &mut changed, &mut |fields, map| {
            for field in fields {
                let Some(key) = key_of(field, map).filter(|key| applies(field, &map[key])) else { continue };
                if place == turn {
                    change(map, &key);
                    done = Some(field);
                }
                place += 1;
            }
        });
        match done {
            Some(field) => results.push((field, changed)),
            None => return results,
        }
    }
    results
}

// ------------------------------------------------------------------------------------------------------- the
// changes

type Rename = fn(&str) -> String;

/// Ways in which a key can be written and still be the same key.
const SPELLINGS: &[(&str, Rename)] = &[
    ("lower", |key| key.to_ascii_lowercase()),
    ("UPPER", |key| key.to_ascii_uppercase()),
    ("snake_case", |key| words(key).join("_")),
    ("kebab-case", |key| words(key).join("-")),
    ("camelCase", |key| {
        let pascal = pascal(key);
        format!("{}{}", pascal[..1].to_ascii_lowercase(), &pascal[1..])
    }),
    ("PascalCase", pascal),
    ("with blanks", |key| words(key).join(" ")),
    ("oDD", |key| {
        key.chars()
            .enumerate()
            .map(|(n, c)| if n % 2 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() })
            .collect()
    }),
];

fn words(key: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = '_';
    for c in key.chars() {
        if matches!(c, '_' | '-' | ' ') || (c.is_ascii_uppercase() && before.is_ascii_lowercase()) {
            words.push(String::new());
        }
        if !matches!(c, '_' | '-' | ' ') {
            words.last_mut().unwrap().push(c.to_ascii_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

fn pascal(key: &str) -> String {
    words(key).iter().map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..])).collect()
}

fn rename_keys(shape: Shape, payload: &Value, rename: &dyn Fn(&Field, &str) -> String) -> Value {
    let mut renamed = payload.clone();
    walk(shape, &mut renamed, &mut |fields, map| {
        let known: Vec<(String, String)> = fields
            .iter()
            .filter_map(|field| key_of(field, map).map(|key| (rename(field, &key), key)))
            .collect();
        *map = std::mem::take(map)
            .into_iter()
            .map(|(key, value)| match known.iter().find(|(_, old)| *old == key) {
                Some((new, _)) => (new.clone(), value),
                None => (key, value),
            })
            .collect();
    });
    renamed
}

/// The same value in another JSON type, as serialisers of loose languages make it.
fn other_type(kind: &Kind, value: &Value) -> Option<Value> {
    let is_whole = |text: &str| text.parse::<i64>().is_ok_and(|number| number.to_string() == text);
    match (kind, value) {
        (
            Kind::Scalar(Scalar::Integer)
            | Kind::Scalar(Scalar::Number)
            | Kind::Scalar(Scalar::Decimal)
            | Kind::Scalar(Scalar::EpochMs)
            | Kind::Scalar(Scalar::EpochS)
            | Kind::Enum(EnumInfo { form: EnumForm::Integer, .. }),
            Value::Number(number),
        ) => Some(number.to_string().into()),
        (
            Kind::Scalar(Scalar::Integer) | Kind::Scalar(Scalar::Number) | Kind::Scalar(Scalar::Decimal),
            Value::String(text),
        ) => serde_json::from_str(text).ok(),
        (Kind::Scalar(Scalar::Boolean), Value::Bool(value)) => Some(value.to_string().into()),
        (Kind::Id(_) | Kind::Scalar(Scalar::String), Value::String(text)) if is_whole(text) => {
            serde_json::from_str(text).ok()
        }
        (Kind::Id(_) | Kind::Scalar(Scalar::String), Value::Number(number)) => {
            Some(number.to_string().into())
        }
        _ => None,
    }
}

/// The same moment in another form.
fn other_times(kind: &Kind, value: &Value) -> Vec<Value> {
    match (kind, value) {
        (Kind::Scalar(Scalar::Instant) | Kind::Scalar(Scalar::InstantOffset), Value::String(text))
            if !text.is_empty() =>
        {
            let plain = text.trim_end_matches('Z').trim_end_matches("+00:00");
            let (date, time) =
                plain.split_once(['T', ' ']).unwrap_or_else(|| panic!("a sample's moment is {text}"));
            let hour: u32 = time[..2].parse().unwrap();
            let mut forms = vec![
                format!("{date}T{time}Z"),
                format!("{date} {time}+00:00"),
                format!("{date}T{time}.000Z"),
            ];
            if hour < 16 {
                forms.push(format!("{date} {:02}{}+08:00", hour + 8, &time[2..]));
            }
            forms.into_iter().map(Value::from).collect()
        }
        (Kind::Scalar(Scalar::EpochMs), Value::Number(number)) => vec![number.to_string().into()],
        (Kind::Scalar(Scalar::LocalDateTime), Value::String(text)) if !text.is_empty() => {
            vec![text.replacen(' ', "T", 1).into(), text.replacen('T', " ", 1).into()]
        }
        _ => Vec::new(),
    }
}

fn is_time(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Scalar(Scalar::Date)
            | Kind::Scalar(Scalar::Time)
            | Kind::Scalar(Scalar::LocalDateTime)
            | Kind::Scalar(Scalar::Instant)
            | Kind::Scalar(Scalar::InstantOffset)
            | Kind::Scalar(Scalar::EpochMs)
            | Kind::Scalar(Scalar::EpochS)
    )
}

// --------------------------------------------------------------------------------------------------- what
// must hold

/// How often each change was made.
#[derive(Debug, Default)]
struct Tally {
    payloads: usize,
    other_types: usize,
    times: usize,
    unset: usize,
    enums: usize,
    lone: usize,
    aliases: usize,
}

/// Reads a payload, and writes it again in the one clean form.
type Read<'a> = &'a dyn Fn(&Value) -> Result<Value, String>;

fn try_everything(about: &str, shape: Shape, payload: &Value, read: Read<'_>, tally: &mut Tally) {
    let clean = read(payload).unwrap_or_else(|error| panic!("{about}: {error}\n{payload}"));
    let reads_as = |what: &str, changed: &Value, expected: &Value| {
        let got = read(changed).unwrap_or_else(|error| panic!("{about}, {what}: {error}\n{changed}"));
        assert_eq!(&got, expected, "{about}, {what}:\n{changed}");
    };
    tally.payloads += 1;
    reads_as("written and read again", &clean, &clean);

    for (name, rename) in SPELLINGS {
        reads_as(name, &rename_keys(shape, payload, &|_, key| rename(key)), &clean);
    }
    let by_alias = rename_keys(shape, payload, &|field, key| {
        field.aliases.first().map_or(key, |alias| *alias).to_owned()
    });
    tally.aliases += usize::from(by_alias != *payload);
    reads_as("other known names", &by_alias, &clean);

    let mut typed = payload.clone();
    tally.other_types += each_value(shape, &mut typed, &other_type);
    reads_as("numbers as text and text as numbers", &typed, &clean);

    for form in 0..8 {
        let mut timed = payload.clone();
        let changed =
            each_value(shape, &mut timed, &|kind, value| other_times(kind, value).into_iter().nth(form));
        tally.times += changed;
        if changed > 0 {
            reads_as("times in another form", &timed, &clean);
        }
    }

    // Nothing, in each of its forms, is as if the key had not come.
    let mut as_if_absent = |what: &str, value: Value, applies: &dyn Fn(&Kind) -> bool| {
        let optional = |field: &Field, _: &Value| !field.required && applies(&field.kind);
        let absent = one_by_one(shape, payload, &optional, &|map, key| drop(map.remove(key)));
        let changed = one_by_one(shape, payload, &optional, &|map, key| map[key] = value.clone());
        tally.unset += changed.len();
        for ((field, absent), (_, changed)) in absent.iter().zip(&changed) {
            let expected =
                read(absent).unwrap_or_else(|error| panic!("{about} without {}: {error}", field.wire));
            reads_as(&format!("{} is {what}", field.wire), changed, &expected);
        }
    };
    as_if_absent("null", Value::Null, &|_| true);
    as_if_absent("empty", "".into(), &|kind| {
        !matches!(kind, Kind::Scalar(Scalar::String) | Kind::Scalar(Scalar::Json))
    });
    as_if_absent("unset", "0000-00-00 00:00:00".into(), &|kind| is_time(kind) && !is_time_of_day(kind));

    // A time that is none is as if it had not come, and is kept as it came.
    for nonsense in ["soon", "2024-13-41T25:61:61Z"] {
        let optional = |field: &Field, _: &Value| !field.required && is_time(&field.kind);
        let absent = one_by_one(shape, payload, &optional, &|map, key| drop(map.remove(key)));
        let changed = one_by_one(shape, payload, &optional, &|map, key| map[key] = nonsense.into());
        for ((field, absent), (_, changed)) in absent.iter().zip(&changed) {
            let expected =
                read(absent).unwrap_or_else(|error| panic!("{about} without {}: {error}", field.wire));
            let mut got = read(changed).unwrap_or_else(|error| panic!("{about} {nonsense}: {error}"));
            assert_ne!(got, expected, "{about}: {} is {nonsense} and lost", field.wire);
            remove_value_everywhere(&mut got, nonsense);
            assert_eq!(got, expected, "{about}: {} is {nonsense}", field.wire);
        }
    }

    // Values of enumerations that nobody has seen are kept, known ones may be written in another case.
    let new_word = |kind: &Kind, value: &Value| match (kind, value) {
        (Kind::Enum(info), Value::String(_) | Value::Number(_)) if info.form == EnumForm::Integer => {
            Some(json!(98_765))
        }
        (Kind::Enum(_), Value::String(text)) if !text.is_empty() => Some(json!("Something quite new")),
        _ => None,
    };
    let (mut unknown, mut kept) = (payload.clone(), clean.clone());
    tally.enums += each_value(shape, &mut unknown, &new_word);
    each_value(shape, &mut kept, &new_word);
    reads_as("unknown values of enumerations", &unknown, &kept);
    let mut shouted = payload.clone();
    each_value(shape, &mut shouted, &|kind, value| match (kind, value) {
        (Kind::Enum(info), Value::String(text))
            if info.values.contains(&text.as_str()) && is_alone(info, text) =>
        {
            Some(swap_case(text).into())
        }
        _ => None,
    });
    reads_as("values of enumerations in another case", &shouted, &clean);

    // Keys that nobody knows are kept where there is a place for them, and hurt nowhere.
    let mut more = payload.clone();
    walk(shape, &mut more, &mut |_, map| {
        map.insert("zz_something new".to_owned(), json!({"a": [1, null, {"b": "c"}], "": 1e300}));
    });
    let mut got = read(&more).unwrap_or_else(|error| panic!("{about} with more keys: {error}\n{more}"));
    remove_everywhere(&mut got, "zz_something new");
    assert_eq!(got, clean, "{about} with more keys");

    // One object where a list belongs is a list of one. A form with titles and values may be an object of
    // them, which is tried below.
    let is_lone = |field: &Field, value: &Value| match field.kind {
        Kind::List(Kind::Struct(info)) => {
            info.name != "FormResult" && value.as_array().is_some_and(|list| list.len() == 1)
        }
        _ => false,
    };
    let lone = one_by_one(shape, payload, &is_lone, &|map, key| map[key] = map[key][0].take());
    tally.lone += lone.len();
    for (field, changed) in lone {
        reads_as(&format!("{} is one object", field.wire), &changed, &clean);
    }
    let is_list = |field: &Field, value: &Value| {
        matches!(field.kind, Kind::List(kind) if !matches!(kind, Kind::Scalar(Scalar::Json)))
            && value.is_array()
    };
    let with_nulls = one_by_one(shape, payload, &is_list, &|map, key| {
        map[key].as_array_mut().into_iter().for_each(|list| list.push(Value::Null))
    });
    for (field, changed) in with_nulls {
        reads_as(&format!("{} has a null in it", field.wire), &changed, &clean);
    }
}

/// Whether no other value of the enumeration differs in case only.
fn is_alone(info: &EnumInfo, text: &str) -> bool {
    info.values.iter().filter(|value| value.eq_ignore_ascii_case(text)).count() == 1
}

fn swap_case(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect()
}

fn is_time_of_day(kind: &Kind) -> bool {
    matches!(kind, Kind::Scalar(Scalar::Time))
}

fn remove_value_everywhere(value: &mut Value, text: &str) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| *value != text);
            map.values_mut().for_each(|value| remove_value_everywhere(value, text));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| remove_value_everywhere(value, text)),
        _ => {}
    }
}

fn remove_everywhere(value: &mut Value, key: &str) {
    match value {
        Value::Object(map) => {
            map.remove(key);
            map.values_mut().for_each(|value| remove_everywhere(value, key));
        }
        Value::Array(list) => list.iter_mut().for_each(|value| remove_everywhere(value, key)),
        _ => {}
    }
}

fn read_webhook(key: &str, payload: &Value) -> Result<Value, String> {
    webhook::parse(key, payload.to_string().as_bytes())
        .map(|event| event.to_json())
        .map_err(|error| error.to_string())
}

/// The spec's own sample, and one with every field that is known.
fn payloads(webhook: &Webhook) -> [Value; 2] {
    [sample::payload(webhook), sample::payload(&webhook_without_sample(webhook))]
}

fn answers(endpoint: &'static Endpoint) -> [Value; 2] {
    [sample::answer(endpoint), sample::answer(&without_sample(endpoint))]
}

fn try_answer<C: wire::Codec>(key: &str, tally: &mut Tally) {
    let endpoint = endpoint(key);
    let Some(shape) = Shape::of_answer(endpoint) else { return };
    let read = |payload: &Value| {
        let value = wire::decode::<C>(payload.to_string().as_bytes()).map_err(|error| error.to_string())?;
        Ok(wire::to_json::<C>(&value))
    };
    for payload in answers(endpoint) {
        try_everything(key, shape, &payload, &read, tally);
    }
}

fn never_panics<C: wire::Codec>(key: &str) {
    let words = names();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new_with_rng(config, rng()).run(&any_json(words), |value| {
        let _ = wire::decode::<C>(value.to_string().as_bytes());
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{key}: {error}"));
}

// ------------------------------------------------------------------------------------------------- every one
// of them

mod each {
    use super::*;

    macro_rules! endpoint {
        ($($ignored:tt)*) => {};
    }

    macro_rules! file_endpoint {
        ($($ignored:tt)*) => {};
    }

    macro_rules! answer {
        ($test:ident, $key:literal, $codec:ty) => {
            #[test]
            fn $test() {
                try_answer::<$codec>($key, &mut Tally::default());
                never_panics::<$codec>($key);
            }
        };
    }

    macro_rules! webhook {
        ($test:ident, $key:literal, $variant:ident) => {
            #[test]
            fn $test() {
                let webhook = webhook($key);
                for payload in payloads(webhook) {
                    let read = |payload: &Value| read_webhook($key, payload);
                    try_everything(
                        $key,
                        Shape::Fields(webhook.payload),
                        &payload,
                        &read,
                        &mut Tally::default(),
                    );
                }
            }
        };
    }

    include!(concat!(env!("OUT_DIR"), "/contract.rs"));
}

/// The tests above would pass too if they changed nothing.
#[test]
fn the_changes_change_something() {
    let mut tally = Tally::default();
    for key in [
        "predictive_dialer.agent_status_changed",
        "collection.call_finished",
        "chatbot.channel_message_reported",
    ] {
        for payload in payloads(webhook(key)) {
            let read = |payload: &Value| read_webhook(key, payload);
            try_everything(key, Shape::Fields(webhook(key).payload), &payload, &read, &mut tally);
        }
    }
    assert_eq!(tally.payloads, 6);
    assert!(
        tally.other_types > 10 && tally.times > 10 && tally.unset > 60 && tally.enums > 8 && tally.lone > 2,
        "{tally:?}"
    );
    assert!(ENDPOINTS.iter().filter(|endpoint| !endpoint.response.fields().is_empty()).count() > 10);
    assert!(WEBHOOKS.iter().filter(|webhook| webhook.payload.len() > 2).count() > 30);

    let payload = json!({"TaskID": "7", "Status": "pending"});
    let shape = Shape::Fields(webhook("collection.task_finished").payload);
    assert_eq!(
        rename_keys(shape, &payload, &|_, key| words(key).join("_")),
        json!({"task_id": "7", "status": "pending"})
    );
    assert_eq!(pascal("hangup_reason"), "HangupReason");
    let mut typed = payload.clone();
    assert_eq!(each_value(shape, &mut typed, &other_type), 1);
    assert_eq!(typed, json!({"TaskID": 7, "Status": "pending"}));
}

// ------------------------------------------------------------------------------------------------- shapes by
// hand

macro_rules! event {
    ($variant:ident, $key:literal, $json:expr) => {
        match webhook::parse($key, $json.to_string().as_bytes()).expect("it reads") {
            webhook::Event::$variant(event) => event,
            other => panic!("{other:?}"),
        }
    };
}

#[test]
fn the_form_of_results_is_a_list_or_an_object() {
    let read = |results: Value| {
        let json =
            json!({"type": "AgentStatus", "body": {"State": "TALKRESULT", "customizeResults": results}});
        let event =
            event!(PredictiveDialerAgentStatusChanged, "predictive_dialer.agent_status_changed", json);
        let results = event.body.as_ref().unwrap().customize_results.clone();
        results.into_iter().map(|result| (result.title.unwrap_or_default(), result.value)).collect::<Vec<_>>()
    };
    let pair = |title: &str, value: &str| (title.to_owned(), Some(value.to_owned()));
    let two = [pair("Level1", "Connected"), pair("Level 2", "Promised")];
    assert_eq!(
        read(json!([
            {"title": "Level1", "value": "Connected"},
            {"Title": "Level 2", "groupName": "g", "VALUE": "Promised"},
        ])),
        two
    );
    assert_eq!(read(json!({"Level 2": "Promised", "Level1": "Connected"})), [two[1].clone(), two[0].clone()]);
    assert_eq!(read(json!({"Level1": 7})), [pair("Level1", "7")]);
    assert_eq!(read(json!({"Level1": null})), [("Level1".to_owned(), None)]);
    for nothing in [json!([]), json!({}), json!(null), json!("")] {
        assert_eq!(read(nothing), []);
    }
}

#[test]
fn keys_that_are_known_to_drift() {
    for json in [
        json!({
            "type": "AgentStatus",
            "body": {
                "State": "HANGUP", "recLink": "https://example.com/a.wav", "nthCall": "2",
                "hangupReason": "12",
            },
        }),
        json!({
            "Type": "agentstatus",
            "Body": {
                "state": "hangup", "reclink": "https://example.com/a.wav", "nthcall": 2, "HangupReason": 12,
            },
        }),
        json!({
            "body": {
                "STATE": "HANGUP", "rec_link": "https://example.com/a.wav", "nth_call": 2.0,
                "hangup_reason": "12",
            },
            "new": 1,
        }),
    ] {
        let event =
            event!(PredictiveDialerAgentStatusChanged, "predictive_dialer.agent_status_changed", json);
        let body = event.body.as_ref().unwrap();
        assert_eq!(body.state, Some(CallState::Hangup), "{json}");
        assert_eq!(body.rec_link.as_deref(), Some("https://example.com/a.wav"), "{json}");
        assert_eq!(
            (body.nth_call, body.hangup_reason.clone()),
            (Some(2), Some(HangupReason::Talked)),
            "{json}"
        );
    }
}

#[test]
fn unset_times_come_as_none_however_they_are_written() {
    for unset in [json!(null), json!(""), json!("-"), json!("0000-00-00 00:00:00")] {
        let json = json!({
            "TaskID": 7, "CallStartTime": unset, "CallEndTime": "2024-01-01T06:21:50Z", "Status": "finished",
        });
        let event = event!(CollectionCallFinished, "collection.call_finished", json);
        assert_eq!(event.call_start_time, None, "{json}");
        assert_eq!(event.call_end_time.unwrap().as_second(), 1_704_090_110);
        assert_eq!(
            (event.status.clone(), event.task_id.as_ref().unwrap().as_str()),
            (Some(CallStatus::Finished), "7")
        );
    }
    let event = event!(CollectionCallFinished, "collection.call_finished", json!({}));
    assert_eq!((event.call_start_time, event.call_end_time, event.task_id.clone()), (None, None, None));
}

#[test]
fn unknown_values_keep_their_words() {
    let json =
        json!({"TaskID": "7", "Status": "exploded", "Intention": "Z+", "RingType": 4, "surprise": {"a": 1}});
    let event = event!(CollectionCallFinished, "collection.call_finished", json);
    assert_eq!(event.status, Some(CallStatus::Other("exploded".to_owned())));
    assert_eq!(event.intention, Some(Intention::Other("Z+".to_owned())));
    assert_eq!(event.ring_type.as_ref().map(|ring| ring.as_str()), Some("4"));
    assert_eq!(event.extra["surprise"], json!({"a": 1}));
    let known = event!(
        CollectionCallFinished,
        "collection.call_finished",
        json!({"Intention": "--", "Status": "Cancelled"})
    );
    assert_eq!(
        (known.intention.clone(), known.status.clone()),
        (Some(Intention::NoGrade), Some(CallStatus::Cancelled))
    );
    let event = event!(
        PredictiveDialerTaskStatusChanged,
        "predictive_dialer.task_status_changed",
        json!({"body": {"state": "not started"}})
    );
    assert_eq!(event.body.as_ref().unwrap().state, Some(TaskState::NotStarted));
}

#[test]
fn moments_are_one_moment_in_every_form() {
    let at = |value: Value| {
        let json = json!({"body": {"timestamp": value}});
        let event =
            event!(PredictiveDialerContactStatusChanged, "predictive_dialer.contact_status_changed", json);
        event.body.as_ref().unwrap().timestamp.map(|at| at.as_millisecond())
    };
    for same in [
        json!(1_704_090_110_123_i64),
        json!("1704090110123"),
        json!("2024-01-01T06:21:50.123Z"),
        json!("2024-01-01 14:21:50.123+08:00"),
    ] {
        assert_eq!(at(same.clone()), Some(1_704_090_110_123), "{same}");
    }
    for unset in [json!(null), json!(""), json!("later"), json!(true)] {
        assert_eq!(at(unset.clone()), None, "{unset}");
    }
}

#[test]
fn a_key_that_comes_twice_counts_once_and_nothing_breaks() {
    for text in [
        r#"{"TaskID": "1", "TaskID": "2"}"#,
        r#"{"TaskID": "1", "taskId": "2", "task_id": {"not": "read"}}"#,
        r#"{"surprise": 1, "surprise": 2, "TaskID": "1"}"#,
    ] {
        let event = webhook::parse("collection.task_finished", text.as_bytes()).expect(text);
        assert!(event.to_json()["TaskID"].is_string(), "{text}");
    }
}

#[test]
fn what_is_no_message_is_an_error_that_shows_nothing_of_it() {
    for body in [
        "",
        " ",
        "null",
        "[]",
        "7",
        "\"Jane Doe\"",
        "{",
        r#"{"a":"Jane Doe"#,
        "<html>Jane Doe</html>",
        "{}{}",
        "\u{feff}",
    ] {
        for key in ["collection.call_finished", "predictive_dialer.agent_status_changed"] {
            match webhook::parse(key, body.as_bytes()) {
                // A list or a null with nothing in it is as good as an object with nothing in it.
                Ok(event) => assert!(matches!(body, "null" | "[]"), "{key} {body}: {event:?}"),
                Err(error) => {
                    assert!(matches!(error, Error::Decode(_)), "{body}: {error:?}");
                    let text = format!("{error} {error:?}");
                    assert!(text.contains(key) && !text.contains("Jane"), "{text}");
                    assert_eq!(error.http_status(), None);
                }
            }
        }
    }
    let error = webhook::parse("collection.call_finished", &[b'{', 0xFF, b'}']).unwrap_err();
    assert!(matches!(error, Error::Decode(_)));
}

#[test]
fn a_message_under_an_unknown_key_is_kept_as_it_came() {
    let json = json!({"a": [1, {"b": null}], "TaskID": 7});
    let event = webhook::parse("somebody.knows_what", json.to_string().as_bytes()).unwrap();
    assert_eq!((event.key(), event.to_json()), ("somebody.knows_what", json.clone()));
    assert!(matches!(&event, webhook::Event::Unknown { raw, .. } if *raw == json), "{event:?}");
}

// ------------------------------------------------------------------------------------------------ whatever
// may come

/// All names that payloads are made of.
fn names() -> Vec<String> {
    fn collect(fields: &'static [Field], structs: &mut BTreeSet<&'static str>, names: &mut BTreeSet<String>) {
        for field in fields {
            names.insert(field.wire.to_owned());
            let mut kind = &field.kind;
            while let Kind::List(inner) | Kind::Map(inner) = kind {
                kind = inner;
            }
            if let Kind::Struct(info) = kind
                && structs.insert(info.name)
            {
                collect(info.fields, structs, names);
            }
        }
    }
    let (mut structs, mut names) = (BTreeSet::new(), BTreeSet::new());
    WEBHOOKS.iter().for_each(|webhook| collect(webhook.payload, &mut structs, &mut names));
    ENDPOINTS.iter().for_each(|endpoint| collect(endpoint.response.fields(), &mut structs, &mut names));
    names.into_iter().collect()
}

/// Any JSON, with names that mean something more often than not.
fn any_json(names: Vec<String>) -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (any::<i32>(), 0..6_i32)
            .prop_map(|(digits, shift)| Value::from(f64::from(digits) / 10_f64.powi(shift))),
        ".{0,12}".prop_map(Value::from),
        "[0-9:TZ. +-]{0,24}".prop_map(Value::from),
        Just(json!("2024-01-01T06:21:50Z")),
        Just(json!(9_223_372_036_854_775_807_i64)),
        Just(json!("-9223372036854775808")),
        Just(json!(1e300)),
        Just(json!("")),
    ];
    let key = prop_oneof![4 => proptest::sample::select(names), 1 => ".{0,8}".prop_map(String::from)];
    scalar.prop_recursive(6, 64, 8, move |inner| {
        prop_oneof![
            3 => proptest::collection::vec((key.clone(), inner.clone()), 0..12)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            1 => proptest::collection::vec(inner, 0..6).prop_map(Value::Array),
        ]
    })
}

/// Always the same cases.
fn rng() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

fn any_key() -> impl Strategy<Value = &'static str> {
    let keys: Vec<&'static str> =
        WEBHOOKS.iter().map(|webhook| webhook.key).chain(["somebody.knows_what", ""]).collect();
    proptest::sample::select(keys)
}

#[test]
fn no_json_makes_a_webhook_panic() {
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let outcome =
        TestRunner::new_with_rng(config, rng()).run(&(any_key(), any_json(names())), |(key, value)| {
            if let Ok(event) = webhook::parse(key, value.to_string().as_bytes()) {
                // What was read can be written, read again and shown; nothing personal shows.
                let written = event.to_json();
                let again = webhook::parse(key, written.to_string().as_bytes());
                prop_assert!(again.is_ok(), "{written}");
                prop_assert_eq!(again.unwrap().to_json(), written);
                let _ = format!("{event:?}");
            }
            Ok(())
        });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn no_bytes_make_a_webhook_panic() {
    let pieces = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        "\\",
        "\\u12",
        "\\ud800",
        "1",
        "-",
        "e",
        "\"body\":",
        "\"State\":",
        "null",
        "tru",
    ]);
    let broken = proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat().into_bytes());
    let bytes = prop_oneof![proptest::collection::vec(any::<u8>(), 0..200), broken];
    let config = Config { cases: 500, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new_with_rng(config, rng()).run(&(any_key(), bytes), |(key, bytes)| {
        let _ = webhook::parse(key, &bytes);
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn no_depth_breaks_the_stack() {
    for (open, close) in [("[", "]"), ("{\"body\":", "}"), ("{\"messages\":[", "]}")] {
        for depth in [100, 1_000, 100_000] {
            let text = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            for webhook in WEBHOOKS {
                let _ = webhook::parse(webhook.key, text.as_bytes());
            }
            let _ = webhook::parse("somebody.knows_what", text.as_bytes());
        }
    }
}
