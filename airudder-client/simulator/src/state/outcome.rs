//! How calls go: made up, and the same each time for the same seed, number and attempt.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::clock::{Moment, SECOND};

/// How one attempt to call a number goes.
///
/// The texts that answers carry for it (`RingType`, `HangupType`) are made up: no value of the vendor's is
/// known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum CallOutcome {
    /// Somebody answers and talks for a while.
    Connected {
        /// The grade of the talk, a letter.
        intention: char,
        /// How long they talk.
        talk: Duration,
    },
    /// It rings until the line gives up.
    NoAnswer,
    /// The line is engaged.
    Busy,
    /// The phone is switched off.
    SwitchedOff,
}

impl CallOutcome {
    /// How the attempt goes unless somebody says otherwise: six in ten are connected.
    pub(crate) fn of(seed: u64, number: &str, attempt: u32) -> Self {
        let mut random = random(seed, number, attempt);
        match random.u32(0..100) {
            0..60 => Self::Connected {
                intention: char::from(b"AAABBCDEEF"[random.usize(0..10)]),
                talk: Duration::from_secs(random.u64(8..60)),
            },
            60..85 => Self::NoAnswer,
            85..95 => Self::Busy,
            _ => Self::SwitchedOff,
        }
    }

    pub(crate) fn is_connected(self) -> bool {
        matches!(self, Self::Connected { .. })
    }

    pub(crate) fn intention(self) -> Option<char> {
        match self {
            Self::Connected { intention, .. } => Some(intention),
            Self::NoAnswer | Self::Busy | Self::SwitchedOff => None,
        }
    }

    pub(crate) fn talk(self) -> Moment {
        match self {
            Self::Connected { talk, .. } => Moment::try_from(talk.as_millis()).unwrap_or(Moment::MAX),
            Self::NoAnswer | Self::Busy | Self::SwitchedOff => 0,
        }
    }

    /// How long it rings.
    pub(crate) fn ringing(self, seed: u64, number: &str, attempt: u32) -> Moment {
        let seconds = match self {
            Self::Connected { .. } => random(!seed, number, attempt).i64(3..15),
            Self::NoAnswer => 30,
            Self::Busy | Self::SwitchedOff => 3,
        };
        seconds * SECOND
    }

    pub(crate) fn ring_type(self) -> &'static str {
        match self {
            Self::Connected { .. } => "answered",
            Self::NoAnswer => "no answer",
            Self::Busy => "busy",
            Self::SwitchedOff => "switched off",
        }
    }

    pub(crate) fn hangup_type(self, seed: u64, number: &str) -> &'static str {
        match self {
            Self::Connected { .. } if random(seed, number, 0).bool() => "callee",
            Self::Connected { .. } => "robot",
            Self::NoAnswer | Self::Busy | Self::SwitchedOff => "not connected",
        }
    }

    /// The result of a call of the predictive dialer.
    pub(crate) fn result_type(self) -> &'static str {
        match self {
            Self::Connected { .. } => "SuccUserHangup",
            // Both spellings come; this is the one of the vendor's sample.
            Self::NoAnswer | Self::Busy => "NoAnwsered",
            Self::SwitchedOff => "NoRinging",
        }
    }

    /// The hang-up reason of the predictive dialer.
    pub(crate) fn hangup_reason(self) -> i64 {
        match self {
            Self::Connected { .. } => 12,
            Self::NoAnswer => 2,
            Self::Busy => 3,
            Self::SwitchedOff => 6,
        }
    }
}

fn random(seed: u64, number: &str, attempt: u32) -> fastrand::Rng {
    // FNV-1a: unlike the standard library's hash it is the same everywhere and for ever.
    let hash = number.bytes().chain(attempt.to_le_bytes()).fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    fastrand::Rng::with_seed(seed ^ hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_are_repeatable_and_mixed() {
        let outcomes: Vec<_> = (0..1_000).map(|n| CallOutcome::of(1, &format!("+62812{n:07}"), 1)).collect();
        let again: Vec<_> = (0..1_000).map(|n| CallOutcome::of(1, &format!("+62812{n:07}"), 1)).collect();
        assert_eq!(outcomes, again);
        let connected = outcomes.iter().filter(|outcome| outcome.is_connected()).count();
        assert!((500..700).contains(&connected), "{connected}");
        for wanted in [CallOutcome::NoAnswer, CallOutcome::Busy, CallOutcome::SwitchedOff] {
            assert!(outcomes.contains(&wanted), "{wanted:?}");
        }
        assert_ne!(
            outcomes,
            (0..1_000).map(|n| CallOutcome::of(2, &format!("+62812{n:07}"), 1)).collect::<Vec<_>>()
        );
    }
}
