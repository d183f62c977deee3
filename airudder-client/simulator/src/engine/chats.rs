//! What happens in conversations by itself: the bot repeats what it is told, messages are delivered and read.

use serde_json::{Value, json};

use crate::clock::{SECOND, instant};
use crate::state::bounded_store::Serial;
use crate::state::chat::{ChatStep, Message};
use crate::world::{Event, World};

const SECTION: &str = "chatbot";

impl World {
    /// Sends a message to the user; it is delivered and read in its time.
    pub(crate) fn say(&mut self, serial: Serial, sender: &'static str, content: Value) -> String {
        let id = self.new_id();
        let message = Message {
            id: id.clone(),
            sender: sender.into(),
            time: self.now,
            status: "send".into(),
            content,
            reply: None,
        };
        if let Some(chat) = self.chats.get_mut(serial) {
            chat.keep(message);
        }
        for (after, status) in [(2, "delivery"), (5, "read")] {
            let step = ChatStep::Status { message: id.clone(), status: status.into() };
            self.agenda.at(self.now.saturating_add(after * SECOND), Event::Chat { chat: serial, step });
        }
        id
    }

    pub(crate) fn advance_chat(&mut self, serial: Serial, step: ChatStep) {
        match step {
            ChatStep::Reply { to, said } => self.bot_replies(serial, &to, &said),
            ChatStep::Status { message, status } => {
                let Some(chat) = self.chats.get_mut(serial) else { return };
                let Some(found) = chat.messages.iter_mut().find(|known| known.id == message) else { return };
                found.status = status.clone();
                let mut payload = chat.head();
                payload.insert("msg_id".to_owned(), message.into());
                payload.insert("status".to_owned(), Value::from(status));
                self.outbox.report(SECTION, "message_status_changed", Value::Object(payload), None);
            }
            ChatStep::Answer { to } => {
                let id = self.new_id();
                let Some(chat) = self.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) else {
                    return;
                };
                let content = json!({"type": "button", "text": "yes"});
                let reply = Some(json!({"msg_id": to, "type": "template"}));
                let message = Message {
                    id,
                    sender: "user".into(),
                    time: self.now,
                    status: "delivery".into(),
                    content,
                    reply,
                };
                let mut payload = chat.head();
                payload.insert("messages".to_owned(), json!([message.value()]));
                chat.keep(message);
                self.outbox.report(SECTION, "single_template_user_responded", Value::Object(payload), None);
            }
        }
    }

    /// The bot repeats what it was told. Asked for an agent, it asks for one in turn.
    fn bot_replies(&mut self, serial: Serial, to: &str, said: &str) {
        let id = self.new_id();
        let Some(chat) = self.chats.get_mut(serial).filter(|chat| chat.ended.is_none()) else { return };
        let entry = chat.entry;
        let mut payload = chat.head();
        payload.insert("company".to_owned(), "simulator".into());
        payload.insert("event".to_owned(), "message.send".into());
        if chat.with_agent {
            let last = chat.messages.iter().rev().find(|message| message.id == to).map(Message::value);
            payload.insert("messages".to_owned(), json!([last]));
            self.outbox.report(SECTION, "transferred_user_message_received", Value::Object(payload), None);
            return;
        }
        chat.rounds += 1;
        if said.to_ascii_lowercase().contains("agent") {
            self.outbox.report(SECTION, entry.transfer_requested(), Value::Object(payload), None);
            return;
        }
        let content = json!({"type": "text", "text": format!("You said: {said}")});
        let reply = Some(json!({"msg_id": to, "type": "text"}));
        let message =
            Message { id, sender: "robot".into(), time: self.now, status: "send".into(), content, reply };
        payload.insert("messages".to_owned(), json!([message.value()]));
        chat.keep(message);
        self.outbox.report(SECTION, entry.replied(), Value::Object(payload), None);
    }

    pub(crate) fn report_session_closed(&self, serial: Serial) {
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
        self.outbox.report(SECTION, chat.entry.session_ended(), Value::Object(payload.clone()), None);
        self.outbox.report(SECTION, "session_ended", Value::Object(payload), None);
    }
}
