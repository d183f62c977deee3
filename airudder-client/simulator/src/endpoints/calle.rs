//! CALL-E: calls with a task in plain words, and one published goal.
//!
//! What becomes of a call hangs on the last four digits of its number, as on a SIP status: 0480 is not
//! answered, 0486 is busy, 0603 declines, 0500 is a technical failure, 0204 yields no result; everybody else
//! answers, unless [`SimulatorBuilder::outcomes`](crate::SimulatorBuilder::outcomes) decides.

use airudder_client::catalogue::Code;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::Failure;
use crate::json_schema;
use crate::state::agent_call::{AgentCall, AgentState, Fate};
use crate::state::outcome::CallOutcome;
use crate::webhooks;
use crate::world::World;

/// Fields of a run that the goal decides.
const OF_GOAL: &[&str] = &["task", "region", "locale", "result_schema", "metadata", "webhook_url", "version"];

const GOAL: &str = "goal_0001";
const RUN_SPEC: &str = "rspec_0001";
const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Region, prefix and languages, as the vendor's guide lists them; the list changes often.
const REGIONS: &[(&str, &str, &[&str])] = &[
    ("US", "+1", &["en"]),
    ("CA", "+1", &["en"]),
    ("SG", "+65", &["en"]),
    ("MY", "+60", &["en", "zh"]),
    ("IN", "+91", &["en", "hi"]),
    ("AE", "+971", &["en", "ar"]),
    ("AU", "+61", &["en"]),
    ("GB", "+44", &["en"]),
    ("VN", "+84", &["vi", "en"]),
    ("DE", "+49", &["en", "de"]),
    ("JP", "+81", &["ja", "en"]),
    ("FR", "+33", &["en", "fr"]),
    ("MX", "+52", &["es", "en"]),
    ("BR", "+55", &["pt", "en"]),
    ("ID", "+62", &["en"]),
    ("PH", "+63", &["en"]),
    ("KE", "+254", &["en"]),
    ("NL", "+31", &["en"]),
    ("PL", "+48", &["pl", "en"]),
    ("BD", "+880", &["bn", "en"]),
    ("NG", "+234", &["en"]),
    ("OM", "+968", &["en", "ar"]),
    ("TH", "+66", &["en", "th"]),
    ("NA", "+264", &["en"]),
    ("CM", "+237", &["en", "fr"]),
    ("MZ", "+258", &["en", "pt"]),
    ("SA", "+966", &["en", "ar"]),
    ("FI", "+358", &["en"]),
    ("UA", "+380", &["en", "uk"]),
    ("LK", "+94", &["en", "ta"]),
    ("BW", "+267", &["en"]),
    ("PK", "+92", &["en", "ur"]),
    ("TR", "+90", &["tr"]),
    ("HN", "+504", &["en", "es"]),
];

fn refuse(code: &str, message: impl Into<String>) -> Failure {
    Failure::code(Code::word(code), message)
}

fn refuse_with(code: &str, message: &str, details: Value) -> Failure {
    let details = match details {
        Value::Object(details) => details,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    Failure { details: Box::new(details), ..refuse(code, message) }
}

fn made(
    id: &str,
    payload: Value,
    status: StatusCode,
    headers: Vec<(HeaderName, HeaderValue)>,
) -> HandlerReply {
    HandlerReply::Made { id: id.to_owned(), payload, status, headers }
}

fn shown(payload: Value) -> Handled {
    Ok(made("", payload, StatusCode::OK, Vec::new()))
}

/// The body takes no other keys than those of the spec.
fn check_closed(call: &Call<'_>) -> Result<(), Failure> {
    match call.input.keys().find(|key| !call.endpoint.request.iter().any(|field| field.wire == key.as_str()))
    {
        Some(key) if call.knows("variables") && OF_GOAL.contains(&key.as_str()) => {
            Err(refuse("schema_override_not_allowed", format!("the goal decides `{key}`")))
        }
        Some(key) => Err(refuse("invalid_request", format!("`{key}` is not known"))),
        None => Ok(()),
    }
}

/// Who is called, if anybody may be.
fn fate(world: &World, phone: &str) -> Result<Fate, Failure> {
    if world.rules.refuses(phone) {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Failure { status, ..refuse("recipient_blocked", "the number is blocked") });
    }
    if let Some(decided) = world.rules.outcomes.as_ref().and_then(|decide| decide(phone, 1)) {
        return Ok(match decided {
            CallOutcome::Connected { .. } => Fate::Answered,
            CallOutcome::NoAnswer => Fate::NoAnswer,
            CallOutcome::Busy => Fate::Busy,
            CallOutcome::SwitchedOff => Fate::Declined,
        });
    }
    Ok(match phone.get(phone.len().saturating_sub(4)..) {
        Some("0480") => Fate::NoAnswer,
        Some("0486") => Fate::Busy,
        Some("0603") => Fate::Declined,
        Some("0500") => Fate::Fails,
        Some("0204") => Fate::NoResult,
        Some(_) | None => Fate::Answered,
    })
}

/// Region and locale: as sent, or as the number says.
fn place(call: &Call<'_>, phone: &str) -> Result<(String, String), Failure> {
    let (region, locale) = (call.text(&["region"]), call.text(&["locale"]));
    let of_phone = REGIONS.iter().filter(|(_, prefix, _)| phone.starts_with(prefix));
    let of_phone: Vec<_> = of_phone.collect();
    let found = match &region {
        Some(region) if !is_region(region) => {
            return Err(refuse("invalid_request", "`region` must be two capital letters"));
        }
        Some(region) => REGIONS.iter().find(|(name, ..)| name == region),
        None => of_phone.first().copied(),
    };
    let (shown_region, shown_locale) =
        (region.clone().unwrap_or_default(), locale.clone().unwrap_or_default());
    let Some((name, prefix, languages)) = found else {
        let details = json!({"field": "region", "region": shown_region, "locale": shown_locale});
        return Err(refuse_with("unsupported_region", "Region not supported.", details));
    };
    if !phone.starts_with(prefix) && !of_phone.is_empty() {
        let inferred = of_phone.first().map(|(name, ..)| *name);
        let details = json!({
            "missing_inputs": ["Correct the region or the phone number."], "fields": ["phone", "region"],
            "region": name, "inferred_region": inferred,
        });
        return Err(refuse_with("input_incomplete", "The region contradicts the phone number.", details));
    }
    let locale = locale.unwrap_or_else(|| format!("{}-{name}", languages.first().unwrap_or(&"en")));
    let language = locale.split('-').next().unwrap_or_default().to_ascii_lowercase();
    if !languages.contains(&language.as_str()) {
        let details = json!({"field": "locale", "region": name, "locale": locale});
        return Err(refuse_with("unsupported_language", "Locale not supported.", details));
    }
    Ok(((*name).to_owned(), locale))
}

fn is_region(text: &str) -> bool {
    text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase())
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Handled {
    let accepted = |payload, id: &str| Ok(made(id, payload, StatusCode::ACCEPTED, Vec::new()));
    if let Some(known) = call.replay.as_ref().and_then(|id| world.agent_calls.find(id)) {
        return accepted(known.shown(), &known.id);
    }
    check_closed(call)?;
    let schema = call.input.get("result_schema").cloned().unwrap_or_default();
    if let Some(url) = call.text(&["webhook_url"])
        && !url.starts_with("https://")
        && webhooks::callback(&url).is_none()
    {
        return Err(refuse("invalid_request", "`webhook_url` must be https"));
    }
    let phone = call.text(&["phone"]).unwrap_or_default();
    let (region, locale) = place(call, &phone)?;
    let fate = fate(world, &phone)?;
    let mut input = call.input.clone();
    input.insert("region".to_owned(), region.into());
    input.insert("locale".to_owned(), locale.into());
    let id = format!("call_{}", world.new_id());
    let shown = begin(world, id.clone(), String::new(), input, schema, fate);
    accepted(shown, &id)
}

fn begin(
    world: &mut World,
    id: String,
    run_id: String,
    input: Map<String, Value>,
    result_schema: Value,
    fate: Fate,
) -> Value {
    let made = AgentCall {
        id,
        run_id,
        input,
        result_schema,
        fate,
        state: AgentState::Queued,
        created: world.now,
        ended: None,
        telephone_id: None,
        result: None,
        is_final: false,
        transcript: Vec::new(),
        events: Vec::new(),
    };
    let serial = world.agent_calls.next_serial();
    let shown = made.shown();
    world.agent_calls.insert(made);
    world.agent_call_accepted(serial);
    shown
}

fn find<'a>(world: &'a World, call: &Call<'_>, key: &str, run: bool) -> Result<&'a AgentCall, Failure> {
    let id = call.text(&[key]).unwrap_or_default();
    let found = world.agent_calls.find(&id).filter(|found| found.is_run() == run);
    found.ok_or_else(|| refuse("not_found", "there is none of this id"))
}

pub(crate) fn get(world: &mut World, call: &Call<'_>) -> Handled {
    shown(find(world, call, "call_id", false)?.shown())
}

pub(crate) fn cancel(world: &mut World, call: &Call<'_>) -> Handled {
    let id = find(world, call, "call_id", false)?.id.clone();
    let (now, serial) = (world.now, world.agent_calls.serial(&id).unwrap_or_default());
    let Some(found) = world.agent_calls.get_mut(serial) else {
        return Err(refuse("not_found", "there is no such call"));
    };
    match found.state {
        AgentState::InProgress => {
            return Err(refuse("call_cannot_cancel", "the call was handed to the telephone provider"));
        }
        AgentState::Completed | AgentState::Failed | AgentState::Canceled => return shown(found.shown()),
        AgentState::Queued => {}
    }
    (found.state, found.ended, found.is_final) = (AgentState::Canceled, Some(now), true);
    found.note(now, "call.canceled", "Call canceled.", json!({}));
    let answer = found.shown();
    world.agent_call_is_final(serial);
    shown(answer)
}

pub(crate) fn events(world: &mut World, call: &Call<'_>) -> Handled {
    let found = find(world, call, "call_id", false)?;
    let limit = usize::try_from(call.integer(&["limit"]).unwrap_or(50)).unwrap_or(50);
    let id_of = |event: &Value| event.get("id").and_then(Value::as_str).map(str::to_owned);
    let first = match call.text(&["cursor"]) {
        None => 0,
        Some(cursor) => match found.events.iter().position(|event| id_of(event).as_ref() == Some(&cursor)) {
            Some(at) => at + 1,
            None => return Err(refuse("invalid_request", "the cursor is none of this call")),
        },
    };
    let page: Vec<Value> = found.events.iter().skip(first).take(limit).cloned().collect();
    let more = first + page.len() < found.events.len();
    let next = page.last().filter(|_| more).and_then(id_of);
    shown(json!({"object": "list", "data": page, "next_cursor": next}))
}

fn goal_schemas() -> (Value, Value) {
    (
        json!({
            "type": "object", "additionalProperties": false, "required": ["order"],
            "properties": {
                "order": {"type": "string"}, "express": {"type": "boolean"}, "parcels": {"type": "integer"},
            },
        }),
        json!({
            "type": "object", "additionalProperties": false, "required": ["outcome"],
            "properties": {"outcome": {"type": "string", "enum": ["confirmed", "declined", "unknown"]}},
        }),
    )
}

fn the_goal() -> Value {
    let (input_schema, result_schema) = goal_schemas();
    json!({
        "object": "goal", "id": GOAL, "title": "Confirm a delivery",
        "description": "Calls a customer and confirms the time.", "status": "active",
        "published_run_spec": {
            "id": RUN_SPEC, "version": 1, "input_schema": input_schema, "result_schema": result_schema,
        },
    })
}

pub(crate) fn goals(_: &mut World, call: &Call<'_>) -> Handled {
    let list = match call.text(&["after"]).as_deref() {
        None if call.input.contains_key("after") => {
            return Err(refuse("invalid_request", "the cursor is empty"));
        }
        None => vec![the_goal()],
        Some(GOAL) => Vec::new(),
        Some(_) => return Err(refuse("invalid_request", "the cursor is not known")),
    };
    let answer = json!({"object": "list", "data": list, "next_cursor": null});
    Ok(made("", answer, StatusCode::OK, vec![NO_STORE]))
}

fn check_goal(call: &Call<'_>) -> Result<(), Failure> {
    match call.text(&["goal_id"]).as_deref() {
        Some(GOAL) => Ok(()),
        Some(_) | None => Err(refuse("not_found", "there is no such goal")),
    }
}

pub(crate) fn goal(_: &mut World, call: &Call<'_>) -> Handled {
    check_goal(call)?;
    Ok(made("", the_goal(), StatusCode::OK, vec![NO_STORE]))
}

fn run_reply(run: &AgentCall, status: StatusCode) -> HandlerReply {
    let mut headers = vec![NO_STORE];
    if status == StatusCode::CREATED {
        let path = format!("/v1/goals/{}/runs/{}", run.text("goal_id"), run.id);
        headers.extend(HeaderValue::try_from(path).ok().map(|path| (header::LOCATION, path)));
    }
    if run.result_status() == "pending" {
        headers.push((header::RETRY_AFTER, HeaderValue::from_static("1")));
    }
    made(&run.id, run.shown(), status, headers)
}

pub(crate) fn create_run(world: &mut World, call: &Call<'_>) -> Handled {
    if let Some(known) = call.replay.as_ref().and_then(|id| world.agent_calls.find(id)) {
        return Ok(run_reply(known, StatusCode::CREATED));
    }
    check_goal(call)?;
    check_closed(call)?;
    let (input_schema, result_schema) = goal_schemas();
    let variables = call.input.get("variables").cloned().unwrap_or_else(|| json!({}));
    if let Some(problem) = json_schema::problem(&input_schema, &variables) {
        return Err(refuse("variables_invalid", problem));
    }
    let phone = call.text(&["phone"]).unwrap_or_default();
    let fate = fate(world, &phone)?;
    let mut input = call.input.clone();
    input.insert("run_spec".to_owned(), RUN_SPEC.into());
    let (id, run_id) = (format!("rgrp_{}", world.new_id()), format!("run_{}", world.new_id()));
    begin(world, id.clone(), run_id, input, result_schema, fate);
    match world.agent_calls.find(&id) {
        Some(run) => Ok(run_reply(run, StatusCode::CREATED)),
        None => Err(refuse("internal_error", "the run is gone")),
    }
}

pub(crate) fn get_run(world: &mut World, call: &Call<'_>) -> Handled {
    check_goal(call)?;
    Ok(run_reply(find(world, call, "goal_run_id", true)?, StatusCode::OK))
}

/// Contacts are counted and not kept: a batch that is sent again with its key is answered as it was.
pub(crate) fn enroll(world: &mut World, call: &Call<'_>) -> Handled {
    check_goal(call)?;
    let items = call.list(&["items"]);
    let phone_of = |item: &Value| item.pointer("/contact_profile/phone_number").cloned().unwrap_or_default();
    let mut phones: Vec<String> = items.iter().map(|item| phone_of(item).to_string()).collect();
    phones.sort();
    phones.dedup();
    if phones.len() < items.len() {
        return Err(refuse("invalid_request", "a phone number stands in the batch twice"));
    }
    let withdrawn = items.iter().filter(|item| item.get("membership") == Some(&json!("withdrawn"))).count();
    let active = items.len() - withdrawn;
    let answer = json!({
        "checkpoint_ref": format!("checkpoint_{}", call.replay.clone().unwrap_or_else(|| world.new_id())),
        "goal_id": GOAL, "item_count": items.len(), "created_subject_count": active,
        "created_goal_subject_count": active, "updated_goal_subject_count": 0,
        "withdrawn_goal_subject_count": withdrawn, "active_subject_count_after": active,
        "committed_at": crate::clock::instant(world.now),
    });
    let id =
        answer["checkpoint_ref"].as_str().unwrap_or_default().trim_start_matches("checkpoint_").to_owned();
    Ok(made(&id, answer, StatusCode::OK, Vec::new()))
}
