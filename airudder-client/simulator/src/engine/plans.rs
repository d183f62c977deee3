//! The rounds of plans. How many there are and when is made up.

use serde_json::{Map, Value};

use crate::clock::{HOUR, Moment};
use crate::state::bounded_store::Serial;
use crate::state::task::{Contact, ContactState, NewTask, Owner, TaskState};
use crate::world::{Event, World};

/// A plan has at most this many rounds.
pub(crate) const ROUNDS: usize = 3;
/// Between the end of a round and the next.
const PAUSE: Moment = HOUR;

impl World {
    /// Calls those who are left.
    pub(crate) fn next_round(&mut self, serial: Serial) {
        let Some(plan) = self.plans.get_mut(serial).filter(|plan| !plan.is_over) else { return };
        let contacts = std::mem::take(&mut plan.contacts);
        if contacts.is_empty() {
            return self.plan_over(serial);
        }
        let round = NewTask {
            name: format!("{} {}", plan.name, plan.rounds.len() + 1),
            section: plan.section.clone(),
            owner: Owner::Plan(serial),
            robot: plan.robot.clone(),
            starts: self.now,
            ends: None,
            repeats: 0,
            interval: 0,
            contacts,
        };
        // The round is noted before it starts: an event of its first moment may ask for it.
        plan.rounds.push(self.tasks.next_serial());
        self.create_task(round);
    }

    /// A round is over: those not reached are called again later.
    pub(crate) fn round_over(&mut self, serial: Serial, task: Serial) {
        let Some(plan) = self.plans.get_mut(serial) else { return };
        let left: Vec<Contact> = self.tasks.get(task).map_or_else(Vec::new, |task| {
            let stopped = task.state == TaskState::Stopped;
            let left = |contact: &&Contact| {
                !stopped && contact.state == ContactState::Finished && !contact.is_reached() && !contact.last
            };
            task.contacts.iter().filter(left).cloned().collect()
        });
        if left.is_empty() || plan.rounds.len() >= ROUNDS {
            return self.plan_over(serial);
        }
        plan.contacts = left
            .into_iter()
            .map(|contact| Contact { state: ContactState::Waiting, calls: Vec::new(), ..contact })
            .collect();
        self.agenda.at(self.now.saturating_add(PAUSE), Event::PlanRound(serial));
    }

    fn plan_over(&mut self, serial: Serial) {
        let Some(plan) = self.plans.get_mut(serial).filter(|plan| !plan.is_over) else { return };
        plan.is_over = true;
        let mut payload = Map::new();
        payload.insert("PlanID".to_owned(), plan.id.clone().into());
        payload.insert("PlanName".to_owned(), plan.name.clone().into());
        payload.insert("Status".to_owned(), plan.status().into());
        self.outbox.report(&plan.section, "plan_finished", Value::Object(payload), None);
    }
}
