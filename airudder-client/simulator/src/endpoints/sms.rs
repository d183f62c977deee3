//! Text messages. The reports are made up.

use serde_json::{Value, json};

use crate::clock::{Moment, SECOND};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::webhooks;
use crate::world::{Event, World};

/// How long a text message travels.
const DELIVERY_TIME: Moment = 3 * SECOND;

pub(crate) fn send(world: &mut World, call: &Call<'_>) -> Handled {
    let message_id = world.new_id();
    let url = call.text(&["callbackUrl"]).and_then(|url| webhooks::callback(&url));
    for number in call.list(&["to"]).iter().filter_map(Value::as_str) {
        let event =
            Event::Sms { url: url.clone(), number: number.to_owned(), message_id: message_id.clone() };
        world.agenda.at(world.now.saturating_add(DELIVERY_TIME), event);
    }
    Ok(HandlerReply::Payload(json!({"messageId": message_id})))
}
