//! Text messages and the number status check. The answers and reports are made up beyond the ids.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::clock::{Moment, SECOND};
use super::names;
use super::outcome::CallOutcome;
use super::webhooks;
use super::world::{Call, Event, Outcome, Told, World};

/// How long a text message travels, and how long a number is looked at.
const WAY: Moment = 3 * SECOND;

pub(super) fn send_sms(world: &mut World, call: &Call<'_>) -> Outcome {
    let message_id = world.new_id();
    let url = call.text(&["callbackUrl"]).and_then(|url| webhooks::callback(&url));
    for number in call.list(&["to"]).iter().filter_map(Value::as_str) {
        let event =
            Event::Sms { url: url.clone(), number: number.to_owned(), message_id: message_id.clone() };
        world.agenda.at(world.now.saturating_add(WAY), event);
    }
    Ok(Told::Payload(json!({"messageId": message_id})))
}

pub(super) fn check_numbers(world: &mut World, call: &Call<'_>) -> Outcome {
    let business = names::get(call.input, "business").and_then(Value::as_object);
    let calls = business.map_or(&[][..], |business| names::list(business, &["calls"]));
    for check in calls.iter().filter_map(Value::as_object) {
        let url = names::text(check, &["callback"])
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|url| webhooks::callback(&url));
        let number = names::text(check, &["callee"]).unwrap_or_default();
        let reference = names::get(check, "prvdata").cloned().unwrap_or_default();
        world.agenda.at(world.now.saturating_add(WAY), Event::NumberChecked { url, number, reference });
    }
    Ok(Told::Sample)
}

impl World {
    pub(super) fn sms_delivered(&mut self, url: Option<&str>, number: &str, message_id: &str) {
        let report = json!({"messageId": message_id, "to": number, "status": "delivered"});
        self.post.tell("sms", "delivery_reported", report, url);
    }

    pub(super) fn number_checked(&mut self, url: Option<&str>, number: &str, reference: &Value) {
        // Two is valid, three busy, six switched off, seven out of area.
        let status = match self.rules.outcome(number, 1) {
            CallOutcome::Connected { .. } => 2,
            CallOutcome::Busy => 3,
            CallOutcome::SwitchedOff => 6,
            CallOutcome::NoAnswer => 7,
        };
        let mut result = json!({"callee": number, "numstatus": status});
        if !reference.is_null() {
            result["prvdata"] = reference.clone();
        }
        self.post.tell("number_detection", "number_checked", json!({"business": result}), url);
    }
}
