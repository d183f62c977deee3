//! How calls are authenticated: tokens that are asked for, kept and renewed, and signatures that a signer of
//! the customer's makes.

mod issuer;
mod signature;
pub mod signer;
mod store;
pub mod token;

pub(crate) use self::issuer::{Credentials, Token, Tokens};
pub(crate) use self::signature::sign;
