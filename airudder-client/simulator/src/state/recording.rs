//! Which recording there is of a call. The sound is made when it is asked for.

/// One call's audio, as long as the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recording {
    /// File name without its ending.
    pub(crate) name: String,
    /// Length in milliseconds.
    pub(crate) length: i64,
}
