//! Reports of text messages and of checked numbers.

use serde_json::{Value, json};

use crate::state::outcome::CallOutcome;
use crate::world::World;

impl World {
    pub(crate) fn sms_delivered(&mut self, url: Option<&str>, number: &str, message_id: &str) {
        let report = json!({"messageId": message_id, "to": number, "status": "delivered"});
        self.outbox.report("sms", "delivery_reported", report, url);
    }

    pub(crate) fn number_checked(&mut self, url: Option<&str>, number: &str, reference: &Value) {
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
        self.outbox.report("number_detection", "number_checked", json!({"business": result}), url);
    }
}
