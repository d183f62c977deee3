//! Numbers that have been accepted, to find them again.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// The numbers of the rows accepted so far, with a digest of each row's values.
///
/// Some 20 bytes per number, two more for each column that is used, and up to twice as much while it grows:
/// 100 MB for a million.
#[derive(Debug)]
pub(super) struct Seen {
    rows: HashMap<u64, u32>,
    lines: Vec<u32>,
    digests: Vec<Digest>,
    /// How many digests a row has.
    width: usize,
}

/// Enough to tell one value of a column from another: two that differ have the same one time in 65,536.
pub(super) type Digest = u16;

/// An earlier row with the same number.
#[derive(Debug, PartialEq)]
pub(super) struct Earlier {
    pub(super) line: u64,
    /// The columns that differ, by their places in the plan.
    pub(super) differs: Vec<usize>,
}

impl Seen {
    pub(super) fn new(width: usize) -> Self {
        Self { rows: HashMap::new(), lines: Vec::new(), digests: Vec::new(), width }
    }

    /// Adds a row, unless there is one of this number.
    pub(super) fn add(&mut self, number: u64, line: u64, digests: &[Digest]) -> Option<Earlier> {
        if let Some(row) = self.rows.get(&number) {
            let row = *row as usize;
            let earlier = &self.digests[row * self.width..][..self.width];
            let differs = (0..self.width).filter(|at| earlier[*at] != digests[*at]).collect();
            return Some(Earlier { line: self.lines[row].into(), differs });
        }
        // Files of more than four thousand million rows are none that people have.
        self.rows.insert(number, u32::try_from(self.lines.len()).unwrap_or(u32::MAX));
        self.lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        self.digests.extend_from_slice(digests);
        None
    }
}

/// The digest of a value.
pub(super) fn digest(value: &str) -> Digest {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    let hash = hasher.finish();
    // Any bits are as good as others.
    (hash & u64::from(Digest::MAX)) as Digest
}
