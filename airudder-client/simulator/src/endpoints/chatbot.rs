//! The chatbot: conversations with a bot that repeats what it is told. Beyond the message list, the messages
//! of users and one event, everything about it is made up.

use airudder_client::catalogue::Problem;
use serde_json::{Value, json};

use crate::clock::{SECOND, instant};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::Failure;
use crate::loose_json;
use crate::state::bounded_store::Serial;
use crate::state::chat::{Chat, ChatStep, Entry, Message};
use crate::world::{Event, World};

pub(crate) fn huawei_user_message(world: &mut World, call: &Call<'_>) -> Handled {
    user_message(world, call, Entry::Huawei)
}

pub(crate) fn bot_user_message(world: &mut World, call: &Call<'_>) -> Handled {
    user_message(world, call, Entry::Bot)
}

/// Messages of a user: the bot answers each batch a second later.
fn user_message(world: &mut World, call: &Call<'_>, entry: Entry) -> Handled {
    let id = call.text(&["call_id"]).unwrap_or_else(|| world.new_id());
    let open =
        world.chats.serial(&id).filter(|s| world.chats.get(*s).is_some_and(|chat| chat.ended.is_none()));
    let serial = open.unwrap_or_else(|| {
        let serial = world.chats.next_serial();
        let mut chat = Chat::new(id.clone(), entry, world.now);
        chat.channel = call.text(&["channel"]).unwrap_or(chat.channel);
        chat.channel_id = call.text(&["channel_id"]).unwrap_or_default();
        chat.user = loose_json::get(call.input, "user").cloned().unwrap_or_default();
        world.chats.insert(chat);
        serial
    });
    let mut ids = Vec::new();
    let mut said = String::new();
    for content in call.list(&["messages"]) {
        let message_id = world.new_id();
        said = spoken(content);
        let message = Message {
            id: message_id.clone(),
            sender: "user".into(),
            time: world.now,
            status: "delivery".into(),
            content: content.clone(),
            reply: None,
        };
        if let Some(chat) = world.chats.get_mut(serial) {
            chat.keep(message);
        }
        ids.push(message_id);
    }
    if let Some(last) = ids.last() {
        let step = ChatStep::Reply { to: last.clone(), said };
        world.agenda.at(world.now.saturating_add(SECOND), Event::Chat { chat: serial, step });
    }
    Ok(HandlerReply::Payload(json!({"call_id": id, "msg_ids": ids})))
}

/// The words of a message, or what else it is.
fn spoken(content: &Value) -> String {
    let picked = |kind: &str| content.pointer(&format!("/interactive/{kind}/title")).and_then(Value::as_str);
    let words = content
        .get("text")
        .and_then(Value::as_str)
        .or_else(|| picked("list_reply"))
        .or_else(|| picked("button_reply"));
    words.or_else(|| content.get("type").and_then(Value::as_str)).unwrap_or("nothing").to_owned()
}

/// Messages to the user of a conversation.
pub(crate) fn send_message(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_open(world, call)?;
    let mut ids = Vec::new();
    for content in call.list(&["messages"]) {
        ids.push(world.say(serial, "agent", content.clone()));
    }
    Ok(HandlerReply::Payload(json!({"call_id": call.text(&["call_id"]), "msg_ids": ids})))
}

pub(crate) fn list_messages(world: &mut World, call: &Call<'_>) -> Handled {
    let id = call.text(&["call_id"]).unwrap_or_default();
    // A conversation that nobody knows has no messages; whether the vendor takes that for a mistake is not
    // known.
    let Some(chat) = world.chats.find(&id) else { return Ok(HandlerReply::Payload(json!([]))) };
    let size = usize::try_from(call.integer(&["size"]).unwrap_or(20).max(0)).unwrap_or(usize::MAX);
    let newest_first = chat.messages.iter().rev();
    let page: Vec<Value> = match call.text(&["last_msg_id"]) {
        Some(held) => {
            newest_first.skip_while(|m| m.id != held).skip(1).take(size).map(Message::value).collect()
        }
        None => newest_first.take(size).map(Message::value).collect(),
    };
    Ok(HandlerReply::Payload(page.into()))
}

pub(crate) fn list_sessions(world: &mut World, _: &Call<'_>) -> Handled {
    let entry = |(_, chat): (Serial, &Chat)| {
        let mut entry = chat.head();
        entry.insert("status".to_owned(), chat.status().into());
        entry.insert("session_start_time".to_owned(), instant(chat.began).into());
        entry.insert("session_end_time".to_owned(), chat.ended.map(instant).unwrap_or_default().into());
        Value::Object(entry)
    };
    let list: Vec<Value> = world.chats.iter().rev().map(entry).collect();
    Ok(HandlerReply::Payload(json!({"total": list.len(), "list": list})))
}

pub(crate) fn end_session(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    let now = world.now;
    if let Some(chat) = world.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) {
        chat.ended = Some(now);
        world.report_session_closed(serial);
    }
    Ok(HandlerReply::Payload(json!({"call_id": call.text(&["call_id"])})))
}

pub(crate) fn mark_read(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find(world, call)?;
    let id = call.text(&["msg_id"]).unwrap_or_default();
    let chat = world.chats.get_mut(serial);
    let message = chat.and_then(|chat| chat.messages.iter_mut().find(|message| message.id == id));
    let Some(message) = message else {
        return Err(call.fail("msg_id", Problem::Unknown, "the conversation has no such message"));
    };
    message.status = "read".into();
    Ok(HandlerReply::Payload(json!({"call_id": call.text(&["call_id"]), "msg_id": id})))
}

/// How a hand-over went: from now on the bot is silent.
pub(crate) fn transfer_result(world: &mut World, call: &Call<'_>) -> Handled {
    let serial = find_open(world, call)?;
    if let Some(chat) = world.chats.get_mut(serial) {
        chat.with_agent = true;
    }
    Ok(HandlerReply::Payload(json!({"call_id": call.text(&["call_id"])})))
}

/// A template message to one user begins a conversation on WhatsApp; the user answers it.
pub(crate) fn send_template(world: &mut World, call: &Call<'_>) -> Handled {
    let id = world.new_id();
    let serial = world.chats.next_serial();
    let mut chat = Chat::new(id.clone(), Entry::Channel, world.now);
    chat.channel = "WhatsApp".to_owned();
    chat.channel_id = call.text(&["channel_id"]).unwrap_or_default();
    let callee = call.text(&["callee"]).unwrap_or_default();
    chat.user = json!({"id": callee, "name": ""});
    world.chats.insert(chat);
    let info = json!({"id": call.integer(&["template_id"]).unwrap_or_default()});
    let content = json!({"type": "template", "template": {"type": "WhatsApp", "info": info}});
    let message = world.say(serial, "chatbot", content);
    let step = ChatStep::Answer { to: message.clone() };
    world.agenda.at(world.now.saturating_add(30 * SECOND), Event::Chat { chat: serial, step });
    Ok(HandlerReply::Payload(json!({"call_id": id, "msg_id": message})))
}

fn find(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let id = call.text(&["call_id"]).unwrap_or_default();
    world
        .chats
        .serial(&id)
        .ok_or_else(|| call.fail("call_id", Problem::Unknown, "there is no such conversation"))
}

fn find_open(world: &World, call: &Call<'_>) -> Result<Serial, Failure> {
    let serial = find(world, call)?;
    if world.chats.get(serial).is_some_and(|chat| chat.ended.is_some()) {
        return Err(call.fail("call_id", Problem::Refused, "the conversation has ended"));
    }
    Ok(serial)
}
