//! How far the reading has come.

/// How far a list has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// What the file is being read for.
    pub pass: Pass,
    /// Bytes of the file read in this pass.
    pub bytes: u64,
    /// Bytes of the file.
    pub total: u64,
    /// Rows read in this pass, without the header.
    pub rows: u64,
}

/// What the file is being read for. A file is read twice where the format of a column must be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// To decide the formats of dates and amounts.
    Formats,
    /// For its rows.
    Rows,
}

/// Told every thousand rows, and at the end of each pass. A closure is one:
///
/// ```
/// use airudder_campaign::load::{Loader, Progress};
/// use airudder_client::collection::CollectionContact;
///
/// let loader = Loader::<CollectionContact>::guess().progress(|at: Progress| {
///     // bar.set_length(at.total);
///     // bar.set_position(at.bytes);
///     assert!(at.bytes <= at.total);
/// });
/// ```
pub trait Watch: Send {
    /// The reading has come this far.
    fn at(&mut self, progress: Progress);
}

impl<F: FnMut(Progress) + Send> Watch for F {
    fn at(&mut self, progress: Progress) {
        self(progress);
    }
}
