//! How the calls went, as a short table.

use std::collections::BTreeMap;
use std::fmt;

use airudder_client::types::CallRecord;

/// Counts of a task's calls.
pub(crate) struct Outcomes<'a> {
    ringing: BTreeMap<&'a str, usize>,
    intentions: BTreeMap<&'a str, usize>,
    calls: &'a [CallRecord],
}

impl<'a> Outcomes<'a> {
    pub(crate) fn of(calls: &'a [CallRecord]) -> Self {
        let mut outcomes = Self { ringing: BTreeMap::new(), intentions: BTreeMap::new(), calls };
        for call in calls {
            *outcomes
                .ringing
                .entry(call.ring_type.as_ref().map_or("not called", |ring| ring.as_str()))
                .or_default() += 1;
            if let Some(intention) = &call.intention {
                *outcomes.intentions.entry(intention.as_str()).or_default() += 1;
            }
        }
        outcomes
    }

    /// Our reference of one call in which somebody talked: only those have a recording.
    pub(crate) fn somebody_who_talked(&self) -> Option<&'a str> {
        let talked = |call: &&CallRecord| {
            matches!((call.call_start_time, call.call_end_time), (Some(start), Some(end)) if end > start)
                && call.intention.is_some()
        };
        self.calls.iter().find(talked).and_then(|call| call.comments.as_deref())
    }
}

impl fmt::Display for Outcomes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<16}{:>7}", "outcome", "calls")?;
        for (outcome, count) in &self.ringing {
            writeln!(f, "{outcome:<16}{count:>7}")?;
        }
        writeln!(f, "\n{:<16}{:>7}", "intention", "calls")?;
        for (intention, count) in &self.intentions {
            writeln!(f, "{intention:<16}{count:>7}")?;
        }
        Ok(())
    }
}
