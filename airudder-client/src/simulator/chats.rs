//! The chatbot: conversations with a bot that repeats what it is told. Beyond the message list, the messages of users and
//! one event, everything about it is made up.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::clock::{Moment, SECOND, instant};
use super::names;
use super::reply::Failure;
use super::shelf::{Identified, Serial};
use super::world::{Call, Event, Outcome, Told, World};
use crate::catalogue::Problem;

/// How many messages of a conversation are kept.
const ROOM: usize = 1_000;
const SECTION: &str = "chatbot";

#[derive(Debug)]
pub(super) struct Chat {
    id: String,
    door: Door,
    channel: String,
    channel_id: String,
    user: Value,
    began: Moment,
    ended: Option<Moment>,
    with_agent: bool,
    rounds: usize,
    /// Oldest first.
    messages: VecDeque<Message>,
}

/// How the user came in: it decides which webhooks are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Huawei,
    Bot,
    /// The vendor's own channels, such as WhatsApp.
    Channel,
}

impl Door {
    fn replied(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_bot_replied",
            Self::Bot => "bot_replied",
            Self::Channel => "channel_message_reported",
        }
    }

    fn transfer_requested(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_transfer_requested",
            Self::Bot => "bot_transfer_requested",
            Self::Channel => "agent_transfer_requested",
        }
    }

    fn session_ended(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_session_ended",
            Self::Bot => "bot_session_ended",
            Self::Channel => "session_end_reported",
        }
    }
}

#[derive(Debug, Clone)]
struct Message {
    id: String,
    sender: &'static str,
    time: Moment,
    status: &'static str,
    content: Value,
    reply: Option<Value>,
}

/// What happens in a conversation by itself.
#[derive(Debug)]
pub(super) enum ChatStep {
    /// The bot answers a message.
    Reply { to: String, said: String },
    /// A message that was sent to the user has got this far.
    Status { message: String, status: &'static str },
    /// The user presses a button of a template.
    Answer { to: String },
}

impl Identified for Chat {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Message {
    fn value(&self) -> Value {
        let mut value = json!({
            "msg_id": self.id,
            "seat_id": "",
            "timestamp": self.time / SECOND,
            "sender_type": self.sender,
            "status": self.status,
            "content": self.content,
        });
        if let Some(reply) = &self.reply {
            value["reply"] = reply.clone();
        }
        value
    }
}

impl Chat {
    fn new(id: String, door: Door, now: Moment) -> Self {
        Self {
            id,
            door,
            channel: "chatbot".to_owned(),
            channel_id: String::new(),
            user: Value::Null,
            began: now,
            ended: None,
            with_agent: false,
            rounds: 0,
            messages: VecDeque::new(),
        }
    }

    fn keep(&mut self, message: Message) {
        if self.messages.len() == ROOM {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    fn head(&self) -> Map<String, Value> {
        Map::from_iter([
            ("call_id".to_owned(), self.id.clone().into()),
            ("channel".to_owned(), self.channel.clone().into()),
            ("channel_id".to_owned(), self.channel_id.clone().into()),
            ("user".to_owned(), self.user.clone()),
        ])
    }

    fn status(&self) -> &'static str {
        if self.ended.is_some() { "closed" } else { "open" }
    }
}

pub(super) fn huawei_user_message(world: &mut World, call: &Call<'_>) -> Outcome {
    user_message(world, call, Door::Huawei)
}

pub(super) fn bot_user_message(world: &mut World, call: &Call<'_>) -> Outcome {
    user_message(world, call, Door::Bot)
}

/// Messages of a user: the bot answers each batch a second later.
fn user_message(world: &mut World, call: &Call<'_>, door: Door) -> Outcome {
    let id = call.text(&["call_id"]).unwrap_or_else(|| world.new_id());
    let open =
        world.chats.serial(&id).filter(|s| world.chats.get(*s).is_some_and(|chat| chat.ended.is_none()));
    let serial = open.unwrap_or_else(|| {
        let serial = world.chats.next_serial();
        let mut chat = Chat::new(id.clone(), door, world.now);
        chat.channel = call.text(&["channel"]).unwrap_or(chat.channel);
        chat.channel_id = call.text(&["channel_id"]).unwrap_or_default();
        chat.user = names::get(call.input, "user").cloned().unwrap_or_default();
        world.chats.put(chat);
        serial
    });
    let mut ids = Vec::new();
    let mut said = String::new();
    for content in call.list(&["messages"]) {
        let message_id = world.new_id();
        said = spoken(content);
        let message = Message {
            id: message_id.clone(),
            sender: "user",
            time: world.now,
            status: "delivery",
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
    Ok(Told::Payload(json!({"call_id": id, "msg_ids": ids})))
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
pub(super) fn send_message(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find_open(world, call)?;
    let mut ids = Vec::new();
    for content in call.list(&["messages"]) {
        ids.push(world.say(serial, "agent", content.clone()));
    }
    Ok(Told::Payload(json!({"call_id": call.text(&["call_id"]), "msg_ids": ids})))
}

pub(super) fn list_messages(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.text(&["call_id"]).unwrap_or_default();
    // A conversation that nobody knows has no messages; whether the vendor takes that for a mistake is not known.
    let Some(chat) = world.chats.find(&id) else { return Ok(Told::Payload(json!([]))) };
    let size = usize::try_from(call.integer(&["size"]).unwrap_or(20).max(0)).unwrap_or(usize::MAX);
    let newest_first = chat.messages.iter().rev();
    let page: Vec<Value> = match call.text(&["last_msg_id"]) {
        Some(held) => {
            newest_first.skip_while(|m| m.id != held).skip(1).take(size).map(Message::value).collect()
        }
        None => newest_first.take(size).map(Message::value).collect(),
    };
    Ok(Told::Payload(page.into()))
}

pub(super) fn list_sessions(world: &mut World, _: &Call<'_>) -> Outcome {
    let entry = |(_, chat): (Serial, &Chat)| {
        let mut entry = chat.head();
        entry.insert("status".to_owned(), chat.status().into());
        entry.insert("session_start_time".to_owned(), instant(chat.began).into());
        entry.insert("session_end_time".to_owned(), chat.ended.map(instant).unwrap_or_default().into());
        Value::Object(entry)
    };
    let list: Vec<Value> = world.chats.iter().rev().map(entry).collect();
    Ok(Told::Payload(json!({"total": list.len(), "list": list})))
}

pub(super) fn end_session(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    let now = world.now;
    if let Some(chat) = world.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) {
        chat.ended = Some(now);
        world.tell_session_closed(serial);
    }
    Ok(Told::Payload(json!({"call_id": call.text(&["call_id"])})))
}

pub(super) fn mark_read(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find(world, call)?;
    let id = call.text(&["msg_id"]).unwrap_or_default();
    let chat = world.chats.get_mut(serial);
    let message = chat.and_then(|chat| chat.messages.iter_mut().find(|message| message.id == id));
    let Some(message) = message else {
        return Err(call.fail("msg_id", Problem::Unknown, "the conversation has no such message"));
    };
    message.status = "read";
    Ok(Told::Payload(json!({"call_id": call.text(&["call_id"]), "msg_id": id})))
}

/// How a hand-over went: from now on the bot is silent.
pub(super) fn transfer_result(world: &mut World, call: &Call<'_>) -> Outcome {
    let serial = find_open(world, call)?;
    if let Some(chat) = world.chats.get_mut(serial) {
        chat.with_agent = true;
    }
    Ok(Told::Payload(json!({"call_id": call.text(&["call_id"])})))
}

/// A template message to one user begins a conversation on WhatsApp; the user answers it.
pub(super) fn send_template(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = world.new_id();
    let serial = world.chats.next_serial();
    let mut chat = Chat::new(id.clone(), Door::Channel, world.now);
    chat.channel = "WhatsApp".to_owned();
    chat.channel_id = call.text(&["channel_id"]).unwrap_or_default();
    let callee = call.text(&["callee"]).unwrap_or_default();
    chat.user = json!({"id": callee, "name": ""});
    world.chats.put(chat);
    let info = json!({"id": call.integer(&["template_id"]).unwrap_or_default()});
    let content = json!({"type": "template", "template": {"type": "WhatsApp", "info": info}});
    let message = world.say(serial, "chatbot", content);
    let step = ChatStep::Answer { to: message.clone() };
    world.agenda.at(world.now.saturating_add(30 * SECOND), Event::Chat { chat: serial, step });
    Ok(Told::Payload(json!({"call_id": id, "msg_id": message})))
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

impl World {
    /// Sends a message to the user; it is delivered and read in its time.
    fn say(&mut self, serial: Serial, sender: &'static str, content: Value) -> String {
        let id = self.new_id();
        let message =
            Message { id: id.clone(), sender, time: self.now, status: "send", content, reply: None };
        if let Some(chat) = self.chats.get_mut(serial) {
            chat.keep(message);
        }
        for (after, status) in [(2, "delivery"), (5, "read")] {
            let step = ChatStep::Status { message: id.clone(), status };
            self.agenda.at(self.now.saturating_add(after * SECOND), Event::Chat { chat: serial, step });
        }
        id
    }

    pub(super) fn chat_goes_on(&mut self, serial: Serial, step: ChatStep) {
        match step {
            ChatStep::Reply { to, said } => self.bot_replies(serial, &to, &said),
            ChatStep::Status { message, status } => {
                let Some(chat) = self.chats.get_mut(serial) else { return };
                let Some(found) = chat.messages.iter_mut().find(|known| known.id == message) else { return };
                found.status = status;
                let mut payload = chat.head();
                payload.insert("msg_id".to_owned(), message.into());
                payload.insert("status".to_owned(), status.into());
                self.post.tell(SECTION, "message_status_changed", Value::Object(payload), None);
            }
            ChatStep::Answer { to } => {
                let id = self.new_id();
                let Some(chat) = self.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) else {
                    return;
                };
                let content = json!({"type": "button", "text": "yes"});
                let reply = Some(json!({"msg_id": to, "type": "template"}));
                let message =
                    Message { id, sender: "user", time: self.now, status: "delivery", content, reply };
                let mut payload = chat.head();
                payload.insert("messages".to_owned(), json!([message.value()]));
                chat.keep(message);
                self.post.tell(SECTION, "single_template_user_responded", Value::Object(payload), None);
            }
        }
    }

    /// The bot repeats what it was told. Asked for an agent, it asks for one in turn.
    fn bot_replies(&mut self, serial: Serial, to: &str, said: &str) {
        let id = self.new_id();
        let Some(chat) = self.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) else { return };
        let door = chat.door;
        let mut payload = chat.head();
        payload.insert("company".to_owned(), "simulator".into());
        payload.insert("event".to_owned(), "message.send".into());
        if chat.with_agent {
            let last = chat.messages.iter().rev().find(|message| message.id == to).map(Message::value);
            payload.insert("messages".to_owned(), json!([last]));
            self.post.tell(SECTION, "transferred_user_message_received", Value::Object(payload), None);
            return;
        }
        chat.rounds += 1;
        if said.to_ascii_lowercase().contains("agent") {
            self.post.tell(SECTION, door.transfer_requested(), Value::Object(payload), None);
            return;
        }
        let content = json!({"type": "text", "text": format!("You said: {said}")});
        let reply = Some(json!({"msg_id": to, "type": "text"}));
        let message = Message { id, sender: "robot", time: self.now, status: "send", content, reply };
        payload.insert("messages".to_owned(), json!([message.value()]));
        chat.keep(message);
        self.post.tell(SECTION, door.replied(), Value::Object(payload), None);
    }

    fn tell_session_closed(&self, serial: Serial) {
        let Some(chat) = self.chats.get(serial) else { return };
        let mut payload = chat.head();
        let ended = chat.ended.unwrap_or(self.now);
        let talk = json!({
            "timestamp": self.now / SECOND,
            "callee": chat.user.get("id").cloned().unwrap_or_default(),
            "robot_id": "1000",
            "status": chat.status(),
            "session_start_time": instant(chat.began),
            "session_end_time": instant(ended),
            "session_end_reason": "robot",
            "intention": "A",
            "talk_round": chat.rounds,
            "ner_slots": {},
            "event_label": {},
            "variables": {},
            "messages": chat.messages.iter().map(Message::value).collect::<Vec<_>>(),
        });
        if let Value::Object(mut talk) = talk {
            payload.append(&mut talk);
        }
        self.post.tell(SECTION, chat.door.session_ended(), Value::Object(payload.clone()), None);
        self.post.tell(SECTION, "session_ended", Value::Object(payload), None);
    }
}
