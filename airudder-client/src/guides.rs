//! How to do a job with this client, one page per job.

pub mod observability {
    #![doc = include_str!("../guides/observability.md")]
}
