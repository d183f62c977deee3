//! Which numbers a country assigns.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use phonenumber::metadata::{DATABASE, Descriptor};
use phonenumber::{Metadata, Type};
use regex::{Regex, RegexBuilder};

/// How a number fits its country's plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fit {
    /// It is of a range that is assigned.
    Assigned,
    /// It has a length that numbers have there.
    Length,
    TooShort,
    TooLong,
}

/// The plans of the country codes that a reader has met.
///
/// The crate's own `is_valid` looks whether a number *begins* like an assigned one; here all of it must
/// match.
#[derive(Default)]
pub(super) struct Assigned {
    plans: HashMap<u16, Arc<Plan>>,
}

/// All plans met so far: to make one takes as long as to read thousands of numbers.
static PLANS: LazyLock<Mutex<HashMap<u16, Arc<Plan>>>> = LazyLock::new(Mutex::default);

struct Plan {
    /// Lengths that numbers have, and what all of a number of that kind looks like.
    ranges: Vec<(Vec<u16>, Regex)>,
    lengths: Vec<u16>,
}

/// How many digits an international number has, with its country code.
const MAX_DIGITS: usize = 15;

/// What people and offices have. The first are the most.
const KINDS: [Type; 8] = [
    Type::Mobile,
    Type::FixedLine,
    Type::Voip,
    Type::PersonalNumber,
    Type::TollFree,
    Type::Uan,
    Type::SharedCost,
    Type::NoInternational,
];

impl Assigned {
    pub(super) fn fit(&mut self, code: u16, national: &str) -> Fit {
        let plan = self.plans.entry(code).or_insert_with(|| Plan::shared(code));
        let length = u16::try_from(national.len()).unwrap_or(u16::MAX);
        let is_assigned = |(lengths, range): &(Vec<u16>, Regex)| {
            (lengths.is_empty() || lengths.contains(&length)) && range.is_match(national)
        };
        if plan.lengths.contains(&length) && plan.ranges.iter().any(is_assigned) {
            return Fit::Assigned;
        }
        match (plan.lengths.iter().min(), plan.lengths.iter().max()) {
            (Some(least), _) if length < *least => Fit::TooShort,
            (_, Some(most)) if length > *most => Fit::TooLong,
            _ => Fit::Length,
        }
    }
}

impl Plan {
    fn shared(code: u16) -> Arc<Self> {
        let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(plans.entry(code).or_insert_with(|| Arc::new(Self::of(code))))
    }

    fn of(code: u16) -> Self {
        let mut plan = Self { ranges: Vec::new(), lengths: Vec::new() };
        for metadata in DATABASE.by_code(&code).unwrap_or_default() {
            plan.add(metadata);
        }
        // Some countries have longer numbers, for calls inside of them.
        let most = MAX_DIGITS - code.to_string().len();
        plan.lengths.retain(|length| usize::from(*length) <= most);
        plan
    }

    fn add(&mut self, metadata: &Metadata) {
        let descriptors = metadata.descriptors();
        let general = descriptors.general().possible_length();
        self.lengths.extend(general);
        for descriptor in KINDS.iter().filter_map(|kind| descriptors.get(*kind)) {
            if let Some(range) = whole(descriptor)
                && !self.ranges.iter().any(|(_, known)| known.as_str() == range.as_str())
            {
                let own = descriptor.possible_length();
                let lengths = if own.is_empty() { general } else { own };
                // The general description of a country often has none.
                self.lengths.extend(lengths);
                self.ranges.push((lengths.to_vec(), range));
            }
        }
    }
}

fn whole(descriptor: &Descriptor) -> Option<Regex> {
    let pattern: String = descriptor.national_number().as_str().split_whitespace().collect();
    // Its cache of states stays small however many countries a list has.
    RegexBuilder::new(&format!("^(?:{pattern})$")).dfa_size_limit(64 * 1024).build().ok()
}
