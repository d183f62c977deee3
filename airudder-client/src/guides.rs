//! A chapter per job, from beginning to end. Their examples are compiled and run.

#[doc = include_str!("../guides/observability.md")]
pub mod observability {}
#[doc = include_str!("../guides/encrypted_accounts.md")]
pub mod encrypted_accounts {}
#[cfg(all(feature = "collection", feature = "telemarketing"))]
#[doc = include_str!("../guides/plans.md")]
pub mod plans {}
#[doc = include_str!("../guides/private_endpoints.md")]
pub mod private_endpoints {}
#[doc = include_str!("../guides/production.md")]
pub mod production {}
#[cfg(feature = "blocking")]
#[doc = include_str!("../guides/synchronous.md")]
pub mod synchronous {}
#[doc = include_str!("../guides/testing.md")]
pub mod testing {}
