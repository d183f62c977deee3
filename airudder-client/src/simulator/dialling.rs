//! Calling tasks of every kind, played through on the clock.
//!
//! A task waits for its start, dials its contacts in order on a number of lines at once, dials again those it did not
//! reach, and has finished when every contact is done. Its owner (a plan, a workflow, the predictive dialer) hears of
//! every step.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::clock::{Moment, SECOND};
use super::outcome::CallOutcome;
use super::recordings::Recording;
use super::shelf::{Identified, Serial};
use super::world::{Appointment, Event, World};

/// Who a task belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Owner {
    /// A task of its own.
    Nobody,
    /// A round of a plan.
    Plan(Serial),
    /// The calling node of a workflow.
    Instance(Serial),
    /// The predictive dialer.
    Dialer(Dialer),
}

/// What a task of the predictive dialer has besides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Dialer {
    pub(super) group: String,
    pub(super) agent: String,
    /// Where its events go.
    pub(super) callback: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskState {
    Waiting,
    Running,
    Finished,
    Stopped,
}

#[derive(Debug)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) name: String,
    /// The section of the endpoint that created it: it decides which webhooks are sent.
    pub(super) section: &'static str,
    pub(super) owner: Owner,
    pub(super) robot: String,
    pub(super) state: TaskState,
    pub(super) made: Moment,
    pub(super) starts: Moment,
    pub(super) repeats: u32,
    pub(super) interval: Moment,
    pub(super) contacts: Vec<Contact>,
    pub(super) must_end: Option<Appointment>,
    /// The first contact that has not been dialled yet.
    next: usize,
    /// Contacts whose turn has come again.
    again: VecDeque<usize>,
    busy: usize,
    open: usize,
    /// The window is over: nobody is dialled again.
    closed: bool,
}

impl Identified for Task {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    Waiting,
    Calling,
    Finished,
    Cancelled,
}

/// One person to call.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) number: String,
    /// The caller's own reference (`Comments`, `case_id`).
    pub(super) reference: Value,
    pub(super) robot: Option<String>,
    /// Everything else that came with the contact, where it is needed later.
    pub(super) columns: Map<String, Value>,
    pub(super) row: Row,
    /// Cancelled while being called: not to be dialled again.
    pub(super) last: bool,
    pub(super) calls: Vec<Attempt>,
}

impl Contact {
    pub(super) fn new(number: String, reference: Value) -> Self {
        Self {
            number,
            reference,
            robot: None,
            columns: Map::new(),
            row: Row::Waiting,
            last: false,
            calls: Vec::new(),
        }
    }

    pub(super) fn is_reached(&self) -> bool {
        self.calls.last().is_some_and(|call| call.outcome.is_connected())
    }
}

/// One attempt to call somebody.
#[derive(Debug, Clone, Copy)]
pub(super) struct Attempt {
    pub(super) began: Moment,
    pub(super) answered: Option<Moment>,
    /// When it ends; in the future while it lasts.
    pub(super) ended: Moment,
    pub(super) outcome: CallOutcome,
}

/// The steps of a call that others than the task itself hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallStep {
    Ringing,
    Answered,
    HungUp,
    /// The agent has filled in the form.
    Result,
}

/// A task to be made.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) name: String,
    pub(super) section: &'static str,
    pub(super) owner: Owner,
    pub(super) robot: String,
    pub(super) starts: Moment,
    pub(super) ends: Option<Moment>,
    pub(super) repeats: u32,
    pub(super) interval: Moment,
    pub(super) contacts: Vec<Contact>,
}

/// The id of a call tells which one it is.
pub(super) fn call_id(task: Serial, contact: usize, attempt: usize) -> String {
    format!("{:016x}{contact:08x}{attempt:08x}", task ^ CALL_MARK)
}

const CALL_MARK: u64 = 0xA1C4_0000_0000_0000;

fn read_call_id(id: &str) -> Option<(Serial, usize, usize)> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = |range: std::ops::Range<usize>| u64::from_str_radix(id.get(range)?, 16).ok();
    let small = |range| usize::try_from(number(range)?).ok();
    Some((number(0..16)? ^ CALL_MARK, small(16..24)?, small(24..32)?))
}

/// One call, found by its id.
#[derive(Debug, Clone, Copy)]
pub(super) struct FoundCall<'a> {
    pub(super) serial: Serial,
    pub(super) task: &'a Task,
    pub(super) index: usize,
    pub(super) contact: &'a Contact,
    pub(super) attempt: usize,
    pub(super) call: &'a Attempt,
}

impl FoundCall<'_> {
    pub(super) fn id(&self) -> String {
        call_id(self.serial, self.index, self.attempt)
    }

    /// The recording, once the call is over and if anybody talked.
    pub(super) fn recording(&self, now: Moment) -> Option<Recording> {
        let answered = self.call.answered?;
        (self.call.ended <= now).then(|| Recording { name: self.id(), length: self.call.ended - answered })
    }
}

impl Task {
    /// All attempts so far, contact by contact.
    pub(super) fn calls(&self, serial: Serial) -> impl Iterator<Item = FoundCall<'_>> {
        self.contacts.iter().enumerate().flat_map(move |(index, contact)| {
            contact.calls.iter().enumerate().map(move |(attempt, call)| FoundCall {
                serial,
                task: self,
                index,
                contact,
                attempt: attempt + 1,
                call,
            })
        })
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.state, TaskState::Finished | TaskState::Stopped)
    }

    /// The next contact to dial.
    fn pick(&mut self) -> Option<usize> {
        while let Some(index) = self.again.pop_front() {
            if self.contacts.get(index).is_some_and(|contact| contact.row == Row::Waiting) {
                return Some(index);
            }
        }
        while let Some(contact) = self.contacts.get(self.next) {
            self.next += 1;
            if contact.row == Row::Waiting {
                return Some(self.next - 1);
            }
        }
        None
    }
}

impl World {
    /// Makes a task and lets it start in its time.
    pub(super) fn order(&mut self, order: Order) -> Serial {
        let id = self.new_id();
        let serial = self.tasks.next_serial();
        let starts = order.starts.max(self.now);
        let must_end =
            order.ends.filter(|end| *end > starts).map(|end| self.agenda.at(end, Event::TaskMustEnd(serial)));
        let task = Task {
            id,
            name: order.name,
            section: order.section,
            owner: order.owner,
            robot: order.robot,
            state: TaskState::Waiting,
            made: self.now,
            starts,
            repeats: order.repeats,
            interval: order.interval,
            must_end,
            next: 0,
            again: VecDeque::new(),
            busy: 0,
            closed: false,
            open: order.contacts.iter().filter(|contact| contact.row == Row::Waiting).count(),
            contacts: order.contacts,
        };
        if let Some(gone) = self.tasks.put(task) {
            self.names.remove(&(names_of(&gone.owner), gone.name));
            if let Some(appointment) = gone.must_end {
                self.agenda.cancel(appointment);
            }
        }
        if starts > self.now {
            self.agenda.at(starts, Event::TaskStarts(serial));
        } else {
            self.task_starts(serial);
        }
        serial
    }

    pub(super) fn task_starts(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get_mut(serial).filter(|task| task.state == TaskState::Waiting) else {
            return;
        };
        task.state = TaskState::Running;
        self.dialer_task_changed(serial);
        self.dial(serial);
        self.finish_if_done(serial);
    }

    /// The window is over: nobody is dialled any more, calls that run go to their end.
    pub(super) fn task_must_end(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        task.must_end = None;
        task.closed = true;
        let done = close_waiting(task);
        self.rows_over(serial, &done);
        self.finish_if_done(serial);
    }

    /// Ends a task before its time. Calls that run are cut off.
    pub(super) fn stop_task(&mut self, serial: Serial) {
        let now = self.now;
        let Some(task) = self.tasks.get_mut(serial).filter(|task| !task.is_over()) else { return };
        let mut done = close_waiting(task);
        for (index, contact) in task.contacts.iter_mut().enumerate().filter(|(_, c)| c.row == Row::Calling) {
            contact.row = Row::Finished;
            if let Some(call) = contact.calls.last_mut() {
                call.ended = now;
                call.answered = call.answered.filter(|answered| *answered < now);
                if call.answered.is_none() && call.outcome.is_connected() {
                    call.outcome = CallOutcome::NoAnswer;
                }
            }
            done.push(index);
        }
        task.open = 0;
        task.busy = 0;
        task.state = TaskState::Stopped;
        if let Some(appointment) = task.must_end.take() {
            self.agenda.cancel(appointment);
        }
        self.rows_over(serial, &done);
        self.task_over(serial);
    }

    /// Takes a number out of a task. Gives how many contacts with that number are not dialled any more; a call that runs
    /// goes to its end.
    pub(super) fn cancel_number(&mut self, serial: Serial, number: &str) -> usize {
        let Some(task) = self.tasks.get_mut(serial).filter(|task| !task.is_over()) else { return 0 };
        let mut waiting = 0;
        let mut calling = 0;
        for contact in task.contacts.iter_mut().filter(|contact| contact.number == number) {
            match contact.row {
                Row::Waiting => {
                    contact.row = Row::Cancelled;
                    waiting += 1;
                }
                Row::Calling => {
                    contact.last = true;
                    calling += 1;
                }
                Row::Finished | Row::Cancelled => {}
            }
        }
        task.open = task.open.saturating_sub(waiting);
        self.finish_if_done(serial);
        waiting + calling
    }

    pub(super) fn redial(&mut self, serial: Serial, contact: usize, attempt: u32) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        let waits = task
            .contacts
            .get(contact)
            .is_some_and(|c| c.row == Row::Waiting && c.calls.len() == attempt as usize);
        if waits {
            task.again.push_back(contact);
            self.dial(serial);
        }
    }

    pub(super) fn call_goes_on(&mut self, serial: Serial, index: usize, attempt: u32, step: CallStep) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        let Some(contact) = task.contacts.get_mut(index).filter(|c| c.calls.len() == attempt as usize) else {
            return;
        };
        if step == CallStep::Result {
            return self.dialer_call_changed(serial, index, step);
        }
        // The call may have been cut off.
        if contact.row != Row::Calling {
            return;
        }
        if step != CallStep::HungUp {
            return self.dialer_call_changed(serial, index, step);
        }
        let again = !contact.is_reached() && !contact.last && attempt <= task.repeats && !task.closed;
        task.busy = task.busy.saturating_sub(1);
        self.hang_up(serial, index, attempt, again);
    }

    fn hang_up(&mut self, serial: Serial, index: usize, attempt: u32, again: bool) {
        self.dialer_call_changed(serial, index, CallStep::HungUp);
        let Some(task) = self.tasks.get_mut(serial) else { return };
        let interval = task.interval;
        let Some(contact) = task.contacts.get_mut(index) else { return };
        if again {
            contact.row = Row::Waiting;
            self.agenda.at(
                self.now.saturating_add(interval),
                Event::Redial { task: serial, contact: index, attempt },
            );
        } else {
            contact.row = Row::Finished;
            task.open = task.open.saturating_sub(1);
            self.rows_over(serial, &[index]);
        }
        self.dial(serial);
        self.finish_if_done(serial);
    }

    /// Puts calls on all lines that are free.
    fn dial(&mut self, serial: Serial) {
        loop {
            let Some(task) = self.tasks.get_mut(serial) else { return };
            if task.state != TaskState::Running || task.busy >= self.rules.lines {
                return;
            }
            let Some(index) = task.pick() else { return };
            let dialer = matches!(task.owner, Owner::Dialer(_));
            let Some(contact) = task.contacts.get_mut(index) else { return };
            let attempt = u32::try_from(contact.calls.len()).unwrap_or(u32::MAX - 1) + 1;
            let outcome = self.rules.outcome(&contact.number, attempt);
            let picked_up =
                self.now.saturating_add(outcome.ringing(self.rules.seed, &contact.number, attempt));
            let ended = picked_up.saturating_add(outcome.talk());
            let answered = outcome.is_connected().then_some(picked_up);
            contact.row = Row::Calling;
            contact.calls.push(Attempt { began: self.now, answered, ended, outcome });
            task.busy += 1;
            let step = |step| Event::Call { task: serial, contact: index, attempt, step };
            if dialer {
                self.agenda.at(self.now.saturating_add(SECOND), step(CallStep::Ringing));
                if let Some(answered) = answered {
                    self.agenda.at(answered, step(CallStep::Answered));
                    self.agenda.at(ended.saturating_add(5 * SECOND), step(CallStep::Result));
                }
            }
            self.agenda.at(ended, step(CallStep::HungUp));
            if dialer {
                self.dialer_call_began(serial, index);
            }
        }
    }

    fn finish_if_done(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get_mut(serial).filter(|task| task.open == 0 && !task.is_over()) else {
            return;
        };
        task.state = TaskState::Finished;
        if let Some(appointment) = task.must_end.take() {
            self.agenda.cancel(appointment);
        }
        self.task_over(serial);
    }

    fn rows_over(&mut self, serial: Serial, contacts: &[usize]) {
        let Some(owner) = self.tasks.get(serial).map(|task| task.owner.clone()) else { return };
        for contact in contacts {
            match owner {
                Owner::Nobody | Owner::Plan(_) => self.tell_call_finished(serial, *contact),
                Owner::Instance(instance) => self.contact_called(instance, serial, *contact),
                Owner::Dialer(_) => {}
            }
        }
    }

    fn task_over(&mut self, serial: Serial) {
        match self.tasks.get(serial).map(|task| task.owner.clone()) {
            Some(Owner::Nobody) => self.tell_task_finished(serial),
            Some(Owner::Plan(plan)) => {
                self.tell_task_finished(serial);
                self.round_over(plan, serial);
            }
            Some(Owner::Dialer(_)) => self.dialer_task_changed(serial),
            Some(Owner::Instance(_)) | None => {}
        }
    }

    pub(super) fn find_call(&self, id: &str) -> Option<FoundCall<'_>> {
        let (serial, index, attempt) = read_call_id(id)?;
        let task = self.tasks.get(serial)?;
        let contact = task.contacts.get(index)?;
        let call = contact.calls.get(attempt.checked_sub(1)?)?;
        Some(FoundCall { serial, task, index, contact, attempt, call })
    }

    /// Where the recording of a call lies.
    pub(super) fn link(&self, call_id: &str) -> String {
        format!("{}/recordings/{call_id}.wav", self.files)
    }
}

/// The kind of name that tasks of this owner have.
pub(super) fn names_of(owner: &Owner) -> &'static str {
    match owner {
        Owner::Dialer(_) => "dialer task",
        Owner::Plan(_) => "round",
        Owner::Instance(_) => "node task",
        Owner::Nobody => "task",
    }
}

/// Ends the waiting of all contacts: those never dialled are cancelled, the others keep their last call. Gives the
/// latter.
fn close_waiting(task: &mut Task) -> Vec<usize> {
    let mut done = Vec::new();
    for (index, contact) in task.contacts.iter_mut().enumerate().filter(|(_, c)| c.row == Row::Waiting) {
        task.open = task.open.saturating_sub(1);
        if contact.calls.is_empty() {
            contact.row = Row::Cancelled;
        } else {
            contact.row = Row::Finished;
            done.push(index);
        }
    }
    done
}
