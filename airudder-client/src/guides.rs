//! A chapter per job, from beginning to end. Their examples are compiled and run.
//!
//! Plans, workflows, the predictive dialer and the chatbot have chapters as sections too:
//! [`workflow`](../workflow/index.html), [`predictive_dialer`](../predictive_dialer/index.html),
//! [`chatbot`](../chatbot/index.html).

#[doc = include_str!("../guides/encrypted_accounts.md")]
pub mod encrypted_accounts {}
#[doc = include_str!("../guides/observability.md")]
pub mod observability {}
#[cfg(all(feature = "collection", feature = "telemarketing"))]
#[doc = include_str!("../guides/plans.md")]
pub mod plans {}
#[doc = include_str!("../guides/private_endpoints.md")]
pub mod private_endpoints {}
#[doc = include_str!("../guides/production.md")]
pub mod production {}
#[cfg(feature = "axum")]
#[doc = include_str!("../guides/receiving.md")]
pub mod receiving {}
#[cfg(feature = "blocking")]
#[doc = include_str!("../guides/synchronous.md")]
pub mod synchronous {}
#[doc = include_str!("../guides/testing.md")]
pub mod testing {}
