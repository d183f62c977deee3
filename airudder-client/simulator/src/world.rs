//! Everything that the simulator keeps, the rules that it keeps to, and what is to come.

use std::collections::HashSet;
use std::fmt;
use std::mem;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Moment;
use crate::state::agenda::Agenda;
use crate::state::agent_call::{AgentCall, AgentStep};
use crate::state::bounded_store::{BoundedStore, Serial};
use crate::state::chat::{Chat, ChatStep};
use crate::state::keys::Keys;
use crate::state::outcome::CallOutcome;
use crate::state::plan::Plan;
use crate::state::task::{CallStep, FoundCall, Owner, Task, parse_call_id};
use crate::state::token::Tokens;
use crate::state::workflow::{Instance, WabaStep};
use crate::webhooks::{Outbox, Push};

/// Whether a number is refused.
type Refuses = dyn Fn(&str) -> bool + Send + Sync;
/// How an attempt to call a number goes; `None` for the usual way.
type Decides = dyn Fn(&str, u32) -> Option<CallOutcome> + Send + Sync;

/// What the builder was told.
#[derive(Clone)]
pub(crate) struct Rules {
    pub(crate) seed: u64,
    pub(crate) ignore_schedule: bool,
    pub(crate) lines: usize,
    pub(crate) equal_numbers: usize,
    pub(crate) refuses: Option<Arc<Refuses>>,
    pub(crate) outcomes: Option<Arc<Decides>>,
    pub(crate) recordings_as_links: bool,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Rules {
    pub(crate) fn outcome(&self, number: &str, attempt: u32) -> CallOutcome {
        let given = self.outcomes.as_ref().and_then(|outcomes| outcomes(number, attempt));
        given.unwrap_or_else(|| CallOutcome::of(self.seed, number, attempt))
    }

    pub(crate) fn refuses(&self, number: &str) -> bool {
        self.refuses.as_ref().is_some_and(|refuses| refuses(number))
    }
}

/// Something that will happen.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Event {
    TaskStarts(Serial),
    TaskMustEnd(Serial),
    Call { task: Serial, contact: usize, attempt: u32, step: CallStep },
    Redial { task: Serial, contact: usize, attempt: u32 },
    PlanRound(Serial),
    InstanceMustEnd(Serial),
    Waba { instance: Serial, contact: usize, step: WabaStep },
    Chat { chat: Serial, step: ChatStep },
    AgentCall { call: Serial, step: AgentStep },
    Sms { url: Option<String>, number: String, message_id: String },
    NumberChecked { url: Option<String>, number: String, reference: Value },
    Redeliver(Box<Push>),
}

/// What a name that may be used once is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) enum NameKind {
    Task,
    Plan,
    Round,
    NodeTask,
    DialerTask,
}

impl NameKind {
    /// The kind of name that tasks of this owner have.
    pub(crate) fn of(owner: &Owner) -> Self {
        match owner {
            Owner::Dialer(_) => Self::DialerTask,
            Owner::Plan(_) => Self::Round,
            Owner::Instance(_) => Self::NodeTask,
            Owner::Nobody => Self::Task,
        }
    }
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) outbox: Outbox,
    /// Where recordings can be fetched, without a slash at the end.
    pub(crate) files: String,
    /// How far the simulation has been played.
    pub(crate) now: Moment,
    pub(crate) agenda: Agenda<Event>,
    pub(crate) tokens: Tokens,
    /// Names in use.
    pub(crate) names: HashSet<(NameKind, String)>,
    pub(crate) tasks: BoundedStore<Task>,
    pub(crate) plans: BoundedStore<Plan>,
    pub(crate) instances: BoundedStore<Instance>,
    pub(crate) chats: BoundedStore<Chat>,
    pub(crate) agent_calls: BoundedStore<AgentCall>,
    pub(crate) keys: Keys,
    ids: u64,
    /// Grows with everything that happens: whether there is something new to save.
    pub(crate) changes: u64,
}

/// The version of the state file's form.
const VERSION: u32 = 1;

/// The part of the world that outlives the process.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Saved {
    version: u32,
    now: Moment,
    ids: u64,
    agenda: Agenda<Event>,
    tokens: Tokens,
    names: HashSet<(NameKind, String)>,
    tasks: BoundedStore<Task>,
    plans: BoundedStore<Plan>,
    instances: BoundedStore<Instance>,
    chats: BoundedStore<Chat>,
    #[serde(default)]
    agent_calls: BoundedStore<AgentCall>,
    #[serde(default)]
    keys: Keys,
    /// Webhooks that had not been tried yet.
    pushes: Vec<Push>,
}

impl World {
    pub(crate) fn new(rules: Rules, now: Moment, outbox: Outbox, files: String) -> Self {
        Self {
            rules,
            outbox,
            files,
            now,
            agenda: Agenda::default(),
            tokens: Tokens::default(),
            names: HashSet::new(),
            tasks: BoundedStore::default(),
            plans: BoundedStore::default(),
            instances: BoundedStore::default(),
            chats: BoundedStore::default(),
            agent_calls: BoundedStore::default(),
            keys: Keys::default(),
            ids: 0,
            changes: 0,
        }
    }

    /// The world as text for the state file.
    pub(crate) fn save(&mut self) -> serde_json::Result<Vec<u8>> {
        // The stores are lent to the form that is written, and come back: nothing is copied.
        let saved = Saved {
            version: VERSION,
            now: self.now,
            ids: self.ids,
            agenda: mem::take(&mut self.agenda),
            tokens: mem::take(&mut self.tokens),
            names: mem::take(&mut self.names),
            tasks: mem::take(&mut self.tasks),
            plans: mem::take(&mut self.plans),
            instances: mem::take(&mut self.instances),
            chats: mem::take(&mut self.chats),
            agent_calls: mem::take(&mut self.agent_calls),
            keys: mem::take(&mut self.keys),
            pushes: self.outbox.pending(),
        };
        let text = serde_json::to_vec(&saved);
        self.take_back(saved);
        text
    }

    /// Goes on where a saved world was, at its time: what was due since then happens next. Webhooks that had
    /// not been tried are sent.
    ///
    /// # Errors
    ///
    /// If the text is not a world of this version.
    pub(crate) fn load(&mut self, text: &[u8]) -> Result<(), String> {
        let mut saved: Saved = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if saved.version != VERSION {
            return Err(format!("its version is {}, and {VERSION} is understood", saved.version));
        }
        let pushes = mem::take(&mut saved.pushes);
        self.take_back(saved);
        for push in pushes {
            self.outbox.send(push);
        }
        Ok(())
    }

    fn take_back(&mut self, saved: Saved) {
        self.now = saved.now;
        self.ids = saved.ids;
        self.agenda = saved.agenda;
        self.tokens = saved.tokens;
        self.names = saved.names;
        self.tasks = saved.tasks;
        self.plans = saved.plans;
        self.instances = saved.instances;
        self.chats = saved.chats;
        self.agent_calls = saved.agent_calls;
        self.keys = saved.keys;
    }

    /// Forgets everything but the time.
    pub(crate) fn reset(&mut self) {
        self.take_back(Saved { now: self.now, ..Saved::default() });
        self.outbox.forget();
        self.changes += 1;
    }

    /// A new id: 32 lower-case hexadecimal digits.
    pub(crate) fn new_id(&mut self) -> String {
        self.ids += 1;
        let mut random =
            fastrand::Rng::with_seed(self.rules.seed ^ self.ids.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        format!("{:016x}{:016x}", random.u64(..), self.ids)
    }

    pub(crate) fn find_call(&self, id: &str) -> Option<FoundCall<'_>> {
        let (serial, index, attempt) = parse_call_id(id)?;
        let task = self.tasks.get(serial)?;
        let contact = task.contacts.get(index)?;
        let call = contact.calls.get(attempt.checked_sub(1)?)?;
        Some(FoundCall { serial, task, index, contact, attempt, call })
    }

    /// Where the recording of a call lies.
    pub(crate) fn link(&self, call_id: &str) -> String {
        format!("{}/recordings/{call_id}.wav", self.files)
    }
}
