//! Calling tasks, played through on the clock.
//!
//! A task waits for its start, dials its contacts in order on a number of lines at once, dials again those it
//! did not reach, and has finished when every contact is done. Its owner (a plan, a workflow, the predictive
//! dialer) hears of every step.

use std::collections::VecDeque;

use crate::clock::SECOND;
use crate::state::bounded_store::Serial;
use crate::state::outcome::CallOutcome;
use crate::state::task::{Attempt, CallStep, ContactState, NewTask, Owner, Task, TaskState};
use crate::world::{Event, NameKind, World};

impl World {
    /// Makes a task and lets it start in its time.
    pub(crate) fn create_task(&mut self, new: NewTask) -> Serial {
        let id = self.new_id();
        let serial = self.tasks.next_serial();
        let starts = new.starts.max(self.now);
        let must_end =
            new.ends.filter(|end| *end > starts).map(|end| self.agenda.at(end, Event::TaskMustEnd(serial)));
        let task = Task {
            id,
            name: new.name,
            section: new.section,
            owner: new.owner,
            robot: new.robot,
            state: TaskState::Waiting,
            made: self.now,
            starts,
            repeats: new.repeats,
            interval: new.interval,
            must_end,
            next: 0,
            again: VecDeque::new(),
            busy: 0,
            closed: false,
            open: new.contacts.iter().filter(|contact| contact.state == ContactState::Waiting).count(),
            contacts: new.contacts,
        };
        for gone in self.tasks.insert(task) {
            self.names.remove(&(NameKind::of(&gone.owner), gone.name));
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

    pub(crate) fn task_starts(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get_mut(serial).filter(|task| task.state == TaskState::Waiting) else {
            return;
        };
        task.state = TaskState::Running;
        self.dialer_task_changed(serial);
        self.dial(serial);
        self.finish_if_done(serial);
    }

    /// The window is over: nobody is dialed any more, calls that run go to their end.
    pub(crate) fn task_must_end(&mut self, serial: Serial) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        task.must_end = None;
        task.closed = true;
        let done = close_waiting(task);
        self.rows_over(serial, &done);
        self.finish_if_done(serial);
    }

    /// Ends a task before its time. Calls that run are cut off.
    pub(crate) fn stop_task(&mut self, serial: Serial) {
        let now = self.now;
        let Some(task) = self.tasks.get_mut(serial).filter(|task| !task.is_over()) else { return };
        let mut done = close_waiting(task);
        for (index, contact) in
            task.contacts.iter_mut().enumerate().filter(|(_, c)| c.state == ContactState::Calling)
        {
            contact.state = ContactState::Finished;
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

    /// Takes a number out of a task. Gives how many contacts with that number are not dialed any more; a call
    /// that runs goes to its end.
    pub(crate) fn cancel_number(&mut self, serial: Serial, number: &str) -> usize {
        let Some(task) = self.tasks.get_mut(serial).filter(|task| !task.is_over()) else { return 0 };
        let mut waiting = 0;
        let mut calling = 0;
        for contact in task.contacts.iter_mut().filter(|contact| contact.number == number) {
            match contact.state {
                ContactState::Waiting => {
                    contact.state = ContactState::Cancelled;
                    waiting += 1;
                }
                ContactState::Calling => {
                    contact.last = true;
                    calling += 1;
                }
                ContactState::Finished | ContactState::Cancelled => {}
            }
        }
        task.open = task.open.saturating_sub(waiting);
        self.finish_if_done(serial);
        waiting + calling
    }

    pub(crate) fn redial(&mut self, serial: Serial, contact: usize, attempt: u32) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        let waits = task
            .contacts
            .get(contact)
            .is_some_and(|c| c.state == ContactState::Waiting && c.calls.len() == attempt as usize);
        if waits {
            task.again.push_back(contact);
            self.dial(serial);
        }
    }

    pub(crate) fn advance_call(&mut self, serial: Serial, index: usize, attempt: u32, step: CallStep) {
        let Some(task) = self.tasks.get_mut(serial) else { return };
        let Some(contact) = task.contacts.get_mut(index).filter(|c| c.calls.len() == attempt as usize) else {
            return;
        };
        if step == CallStep::Result {
            return self.dialer_call_changed(serial, index, step);
        }
        // The call may have been cut off.
        if contact.state != ContactState::Calling {
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
            contact.state = ContactState::Waiting;
            self.agenda.at(
                self.now.saturating_add(interval),
                Event::Redial { task: serial, contact: index, attempt },
            );
        } else {
            contact.state = ContactState::Finished;
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
            contact.state = ContactState::Calling;
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
                Owner::Nobody | Owner::Plan(_) => self.report_call_finished(serial, *contact),
                Owner::Instance(instance) => self.contact_called(instance, serial, *contact),
                Owner::Dialer(_) => {}
            }
        }
    }

    fn task_over(&mut self, serial: Serial) {
        match self.tasks.get(serial).map(|task| task.owner.clone()) {
            Some(Owner::Nobody) => self.report_task_finished(serial),
            Some(Owner::Plan(plan)) => {
                self.report_task_finished(serial);
                self.round_over(plan, serial);
            }
            Some(Owner::Dialer(_)) => self.dialer_task_changed(serial),
            Some(Owner::Instance(_)) | None => {}
        }
    }
}

/// Ends the waiting of all contacts: those never dialed are cancelled, the others keep their last call. Gives
/// the latter.
fn close_waiting(task: &mut Task) -> Vec<usize> {
    let mut done = Vec::new();
    for (index, contact) in
        task.contacts.iter_mut().enumerate().filter(|(_, c)| c.state == ContactState::Waiting)
    {
        task.open = task.open.saturating_sub(1);
        if contact.calls.is_empty() {
            contact.state = ContactState::Cancelled;
        } else {
            contact.state = ContactState::Finished;
            done.push(index);
        }
    }
    done
}
