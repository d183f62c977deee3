//! What is to come, in order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::clock::Moment;

/// A place on the agenda.
pub(crate) type Appointment = (Moment, u64);

/// Events by their time; those of one moment in the order of their entry.
#[derive(Debug, Serialize, Deserialize)]
#[serde(from = "Saved<E>", bound(serialize = "E: Serialize"))]
pub(crate) struct Agenda<E> {
    #[serde(serialize_with = "as_pairs")]
    events: BTreeMap<Appointment, E>,
    count: u64,
}

/// The form in the state file: JSON has no maps with such keys.
#[derive(Deserialize)]
struct Saved<E> {
    events: Vec<(Appointment, E)>,
    count: u64,
}

fn as_pairs<E: Serialize, S: serde::Serializer>(
    events: &BTreeMap<Appointment, E>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(events)
}

impl<E> From<Saved<E>> for Agenda<E> {
    fn from(saved: Saved<E>) -> Self {
        Self { events: saved.events.into_iter().collect(), count: saved.count }
    }
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self { events: BTreeMap::new(), count: 0 }
    }
}

impl<E> Agenda<E> {
    pub(crate) fn at(&mut self, moment: Moment, event: E) -> Appointment {
        self.count += 1;
        let appointment = (moment, self.count);
        self.events.insert(appointment, event);
        appointment
    }

    pub(crate) fn cancel(&mut self, appointment: Appointment) {
        self.events.remove(&appointment);
    }

    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.events.keys().next().map(|(moment, _)| *moment)
    }

    pub(crate) fn take_due(&mut self, now: Moment) -> Option<(Moment, E)> {
        let entry = self.events.first_entry()?;
        let (moment, _) = *entry.key();
        (moment <= now).then(|| (moment, entry.remove()))
    }
}
