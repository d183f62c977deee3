//! How calls are authenticated: tokens that are asked for, kept and renewed, and signatures that a signer of
//! the customer's makes.

mod bearer;
mod credentials;
mod issuer;
mod signature;
pub mod signer;
mod store;
pub mod token;

pub(crate) use self::bearer::bearer;
pub(crate) use self::credentials::{CredentialSet, Credentials};
pub(crate) use self::issuer::{Lifetimes, Token, Tokens};
pub(crate) use self::signature::sign;
