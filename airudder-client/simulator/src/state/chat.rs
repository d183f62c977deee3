//! Conversations of the chatbot.

use std::borrow::Cow;
use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::clock::{Moment, SECOND};
use crate::state::bounded_store::Identified;

/// How many messages of a conversation are kept.
const CAPACITY: usize = 1_000;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chat {
    pub(crate) id: String,
    pub(crate) entry: Entry,
    pub(crate) channel: String,
    pub(crate) channel_id: String,
    pub(crate) user: Value,
    pub(crate) began: Moment,
    pub(crate) ended: Option<Moment>,
    pub(crate) with_agent: bool,
    pub(crate) rounds: usize,
    /// Oldest first.
    pub(crate) messages: VecDeque<Message>,
}

/// How the user came in: it decides which webhooks are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Entry {
    Huawei,
    Bot,
    /// The vendor's own channels, such as WhatsApp.
    Channel,
}

impl Entry {
    pub(crate) fn replied(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_bot_replied",
            Self::Bot => "bot_replied",
            Self::Channel => "channel_message_reported",
        }
    }

    pub(crate) fn transfer_requested(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_transfer_requested",
            Self::Bot => "bot_transfer_requested",
            Self::Channel => "agent_transfer_requested",
        }
    }

    pub(crate) fn session_ended(self) -> &'static str {
        match self {
            Self::Huawei => "huawei_session_ended",
            Self::Bot => "bot_session_ended",
            Self::Channel => "session_end_reported",
        }
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) id: String,
    pub(crate) sender: Cow<'static, str>,
    pub(crate) time: Moment,
    pub(crate) status: Cow<'static, str>,
    pub(crate) content: Value,
    pub(crate) reply: Option<Value>,
}

/// What happens in a conversation by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum ChatStep {
    /// The bot answers a message.
    Reply { to: String, said: String },
    /// A message that was sent to the user has got this far.
    Status { message: String, status: Cow<'static, str> },
    /// The user presses a button of a template.
    Answer { to: String },
}

impl Identified for Chat {
    fn id(&self) -> &str {
        &self.id
    }

    fn weight(&self) -> usize {
        self.messages.len()
    }
}

impl Message {
    pub(crate) fn value(&self) -> Value {
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
    pub(crate) fn new(id: String, entry: Entry, now: Moment) -> Self {
        Self {
            id,
            entry,
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

    pub(crate) fn keep(&mut self, message: Message) {
        if self.messages.len() == CAPACITY {
            self.messages.pop_front();
        }
        self.messages.push_back(message);
    }

    pub(crate) fn head(&self) -> Map<String, Value> {
        Map::from_iter([
            ("call_id".to_owned(), self.id.clone().into()),
            ("channel".to_owned(), self.channel.clone().into()),
            ("channel_id".to_owned(), self.channel_id.clone().into()),
            ("user".to_owned(), self.user.clone()),
        ])
    }

    pub(crate) fn status(&self) -> &'static str {
        if self.ended.is_some() { "closed" } else { "open" }
    }
}
