//! Lets things happen in their time.

use crate::clock::Moment;
use crate::world::{Event, World};

impl World {
    /// Lets everything happen that is due by `now`.
    pub(crate) fn play_until(&mut self, now: Moment) {
        while let Some((moment, event)) = self.agenda.take_due(now) {
            self.now = self.now.max(moment);
            self.changes += 1;
            self.dispatch(event);
        }
        self.now = self.now.max(now);
    }

    fn dispatch(&mut self, event: Event) {
        match event {
            Event::TaskStarts(task) => self.task_starts(task),
            Event::TaskMustEnd(task) => self.task_must_end(task),
            Event::Call { task, contact, attempt, step } => self.advance_call(task, contact, attempt, step),
            Event::Redial { task, contact, attempt } => self.redial(task, contact, attempt),
            Event::PlanRound(plan) => self.next_round(plan),
            Event::InstanceMustEnd(instance) => self.instance_must_end(instance),
            Event::Waba { instance, contact, step } => self.advance_waba(instance, contact, step),
            Event::Chat { chat, step } => self.advance_chat(chat, step),
            Event::AgentCall { call, step } => self.advance_agent_call(call, step),
            Event::Sms { url, number, message_id } => {
                self.sms_delivered(url.as_deref(), &number, &message_id)
            }
            Event::NumberChecked { url, number, reference } => {
                self.number_checked(url.as_deref(), &number, &reference)
            }
            Event::Redeliver(push) => self.outbox.send(*push),
        }
    }
}
