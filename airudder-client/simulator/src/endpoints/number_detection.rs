//! The number status check. The results are made up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::clock::{Moment, SECOND};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::loose_json;
use crate::webhooks;
use crate::world::{Event, World};

/// How long a number is looked at.
const CHECK_TIME: Moment = 3 * SECOND;

pub(crate) fn check_numbers(world: &mut World, call: &Call<'_>) -> Handled {
    let business = loose_json::get(call.input, "business").and_then(Value::as_object);
    let calls = business.map_or(&[][..], |business| loose_json::list(business, &["calls"]));
    for check in calls.iter().filter_map(Value::as_object) {
        let url = loose_json::text(check, &["callback"])
            .and_then(|text| STANDARD.decode(text).ok())
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .and_then(|url| webhooks::callback(&url));
        let number = loose_json::text(check, &["callee"]).unwrap_or_default();
        let reference = loose_json::get(check, "prvdata").cloned().unwrap_or_default();
        world
            .agenda
            .at(world.now.saturating_add(CHECK_TIME), Event::NumberChecked { url, number, reference });
    }
    Ok(HandlerReply::Sample)
}
