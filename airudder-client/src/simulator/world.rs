//! Everything that the simulator keeps, and the agenda of what is to come.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::chats::{Chat, ChatStep};
use super::clock::Moment;
use super::dialling::{CallStep, Task};
use super::faults::Faults;
use super::ledger::Ledger;
use super::names;
use super::outcome::CallOutcome;
use super::plans::Plan;
use super::reply::Failure;
use super::shelf::{Serial, Shelf};
use super::tokens::Tokens;
use super::webhooks::{Post, Push};
use super::workflows::{Instance, WabaStep};
use crate::catalogue::{Endpoint, Problem};

/// How many tasks, plans and so on are kept; then the oldest go.
const ROOM: usize = 10_000;

/// Whether a number is refused.
type Refuses = dyn Fn(&str) -> bool + Send + Sync;
/// How an attempt to call a number goes; `None` for the usual way.
type Decides = dyn Fn(&str, u32) -> Option<CallOutcome> + Send + Sync;

/// What the builder was told.
#[derive(Clone)]
pub(super) struct Rules {
    pub(super) seed: u64,
    pub(super) ignore_schedule: bool,
    pub(super) lines: usize,
    pub(super) equal_numbers: usize,
    pub(super) refuses: Option<Arc<Refuses>>,
    pub(super) outcomes: Option<Arc<Decides>>,
    pub(super) recordings_as_links: bool,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules").field("seed", &self.seed).finish_non_exhaustive()
    }
}

impl Rules {
    pub(super) fn outcome(&self, number: &str, attempt: u32) -> CallOutcome {
        let given = self.outcomes.as_ref().and_then(|outcomes| outcomes(number, attempt));
        given.unwrap_or_else(|| CallOutcome::of(self.seed, number, attempt))
    }

    pub(super) fn refuses(&self, number: &str) -> bool {
        self.refuses.as_ref().is_some_and(|refuses| refuses(number))
    }
}

/// Something that will happen.
#[derive(Debug)]
pub(super) enum Event {
    TaskStarts(Serial),
    TaskMustEnd(Serial),
    Call { task: Serial, contact: usize, attempt: u32, step: CallStep },
    Redial { task: Serial, contact: usize, attempt: u32 },
    PlanRound(Serial),
    InstanceMustEnd(Serial),
    Waba { instance: Serial, contact: usize, step: WabaStep },
    Chat { chat: Serial, step: ChatStep },
    Sms { url: Option<String>, number: String, message_id: String },
    NumberChecked { url: Option<String>, number: String, reference: Value },
    Redeliver(Box<Push>),
}

/// A place on the agenda.
pub(super) type Appointment = (Moment, u64);

/// What is to come, in order.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    events: BTreeMap<Appointment, Event>,
    count: u64,
}

impl Agenda {
    pub(super) fn at(&mut self, moment: Moment, event: Event) -> Appointment {
        self.count += 1;
        let appointment = (moment, self.count);
        self.events.insert(appointment, event);
        appointment
    }

    pub(super) fn cancel(&mut self, appointment: Appointment) {
        self.events.remove(&appointment);
    }

    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    pub(super) fn next(&self) -> Option<Moment> {
        self.events.keys().next().map(|(moment, _)| *moment)
    }

    fn take_due(&mut self, now: Moment) -> Option<(Moment, Event)> {
        let entry = self.events.first_entry()?;
        let (moment, _) = *entry.key();
        (moment <= now).then(|| (moment, entry.remove()))
    }
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) rules: Rules,
    /// How far the simulation has been played.
    pub(super) now: Moment,
    pub(super) agenda: Agenda,
    pub(super) tokens: Tokens,
    pub(super) faults: Faults,
    pub(super) ledger: Ledger,
    pub(super) post: Post,
    /// Where recordings can be fetched, without a slash at the end.
    pub(super) files: String,
    /// Names in use, by what they name.
    pub(super) names: HashSet<(&'static str, String)>,
    pub(super) tasks: Shelf<Task>,
    pub(super) plans: Shelf<Plan>,
    pub(super) instances: Shelf<Instance>,
    pub(super) chats: Shelf<Chat>,
    ids: u64,
}

impl World {
    pub(super) fn new(rules: Rules, now: Moment, post: Post, files: String) -> Self {
        Self {
            rules,
            now,
            agenda: Agenda::default(),
            tokens: Tokens::default(),
            faults: Faults::default(),
            ledger: Ledger::default(),
            post,
            files,
            names: HashSet::new(),
            tasks: Shelf::new(ROOM),
            plans: Shelf::new(ROOM),
            instances: Shelf::new(ROOM),
            chats: Shelf::new(ROOM),
            ids: 0,
        }
    }

    /// Lets everything happen that is due by `now`.
    pub(super) fn play_until(&mut self, now: Moment) {
        while let Some((moment, event)) = self.agenda.take_due(now) {
            self.now = self.now.max(moment);
            self.happen(event);
        }
        self.now = self.now.max(now);
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::TaskStarts(task) => self.task_starts(task),
            Event::TaskMustEnd(task) => self.task_must_end(task),
            Event::Call { task, contact, attempt, step } => self.call_goes_on(task, contact, attempt, step),
            Event::Redial { task, contact, attempt } => self.redial(task, contact, attempt),
            Event::PlanRound(plan) => self.next_round(plan),
            Event::InstanceMustEnd(instance) => self.instance_must_end(instance),
            Event::Waba { instance, contact, step } => self.waba_goes_on(instance, contact, step),
            Event::Chat { chat, step } => self.chat_goes_on(chat, step),
            Event::Sms { url, number, message_id } => {
                self.sms_delivered(url.as_deref(), &number, &message_id)
            }
            Event::NumberChecked { url, number, reference } => {
                self.number_checked(url.as_deref(), &number, &reference)
            }
            Event::Redeliver(push) => self.post.send(*push),
        }
    }

    /// A new id: 32 lower-case hexadecimal digits.
    pub(super) fn new_id(&mut self) -> String {
        self.ids += 1;
        let mut random =
            fastrand::Rng::with_seed(self.rules.seed ^ self.ids.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        format!("{:016x}{:016x}", random.u64(..), self.ids)
    }
}

/// A request that is in order by the spec, on its way to the part that answers it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call<'a> {
    pub(super) endpoint: &'static Endpoint,
    pub(super) input: &'a Map<String, Value>,
}

impl Call<'_> {
    /// The text of the first of these fields that is there.
    pub(super) fn text(&self, keys: &[&str]) -> Option<String> {
        names::text(self.input, keys)
    }

    pub(super) fn integer(&self, keys: &[&str]) -> Option<i64> {
        names::integer(self.input, keys)
    }

    pub(super) fn list(&self, keys: &[&str]) -> &[Value] {
        names::list(self.input, keys)
    }

    /// Whether the endpoint's request has a field of this name.
    pub(super) fn knows(&self, wire: &str) -> bool {
        self.endpoint.request.iter().any(|field| names::same(field.wire, wire))
    }

    /// A failure with the code of this field for that problem.
    pub(super) fn fail(&self, wire: &str, problem: Problem, message: &str) -> Failure {
        Failure::field(self.endpoint, wire, problem, message)
    }
}

/// What a stateful part answers with.
#[derive(Debug)]
pub(super) enum Told {
    /// A payload, still to be put into the form of the spec.
    Payload(Value),
    /// The answer of the spec's sample.
    Sample,
    /// The recording of one call.
    Recording(super::recordings::Recording),
    /// Several recordings.
    Recordings(Vec<super::recordings::Recording>),
}

pub(super) type Outcome = Result<Told, Failure>;
