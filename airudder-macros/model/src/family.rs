//! Families: endpoints that share a host, credentials, an envelope and a way to authenticate.

use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::{Auth, Category, Code, CodeForm};

/// One family, as data: everything that the client does differently from family to family stands here.
///
/// `F` is the type that names a family, as in [`Endpoint`](crate::Endpoint).
#[derive(Clone, Copy)]
pub struct FamilyInfo<F: 'static> {
    /// Its name in the spec.
    pub name: &'static str,
    /// What it covers.
    pub title: &'static str,
    /// The vendor's host.
    pub base_url: &'static str,
    /// Whether it belongs to the account of the API as a whole: then `ClientBuilder::base_url` replaces its
    /// host. The host of a family with credentials of its own is replaced only for that family.
    pub shares_host: bool,
    /// The environment variable that may name another host.
    pub base_url_variable: Option<&'static str>,
    /// The environment variables that hold its credentials.
    pub credentials: CredentialVariables,
    /// How its endpoints authenticate.
    pub auth: Auth<F>,
    /// How answers are wrapped; `None` where that is not known, or they are not.
    pub envelope: Option<Envelope>,
    /// Where a refusal says what it is, in a family without an envelope: its HTTP status is none of success.
    pub refusal: Option<RefusalForm>,
    /// HTTP statuses after which the same call may succeed later, where no code says more.
    pub transient_statuses: &'static [u16],
    /// Whether bodies are encrypted where an encryption key is set.
    pub encrypted: bool,
    /// How its paths begin, for calls that name a path only.
    pub paths: &'static [&'static str],
    /// What its error codes are.
    pub code_form: CodeForm,
    /// Code of a required value that is absent, where a field has none of its own.
    pub missing_code: Option<Code>,
    /// Code of a value that is wrong, where a field has none of its own.
    pub invalid_code: Option<Code>,
    /// Codes that say that the token is wrong or expired.
    pub token_codes: &'static [Code],
    /// What its codes have in common.
    pub categories: Categories,
}

/// The environment variables of credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialVariables {
    /// An application key and its secret.
    KeyAndSecret {
        /// Variable of the key.
        key: &'static str,
        /// Variable of the secret.
        secret: &'static str,
    },
    /// One API key.
    ApiKey(&'static str),
    /// It has none.
    None,
}

/// How answers are wrapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope {
    /// The only code that means success.
    pub success: Code,
    /// Keys that may hold the payload, the usual one first.
    pub payload: &'static [&'static str],
    /// Keys that may hold the text of an error, the usual one first.
    pub message: &'static [&'static str],
}

/// Where a refusal says what it is. Dots lead into objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalForm {
    /// The code.
    pub code: &'static str,
    /// The text.
    pub message: Option<&'static str>,
    /// A more exact code, which goes before the other where the table has it.
    pub reason: Option<&'static str>,
}

/// The codes of a family that callers and retries treat alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Categories {
    /// What was asked for is the case already.
    pub already_done: &'static [Code],
    /// What was named does not exist.
    pub not_found: &'static [Code],
    /// The same call may succeed later.
    pub transient: &'static [Code],
    /// The idempotency key belongs to another request.
    pub idempotency_conflict: &'static [Code],
}

impl Categories {
    /// The codes of one category.
    pub const fn codes(&self, category: Category) -> &'static [Code] {
        match category {
            Category::AlreadyDone => self.already_done,
            Category::NotFound => self.not_found,
            Category::Transient => self.transient,
            Category::IdempotencyConflict => self.idempotency_conflict,
        }
    }

    /// Whether a code is of a category.
    pub fn has(&self, category: Category, code: Code) -> bool {
        self.codes(category).contains(&code)
    }
}

/// Families are the same when they have the same name.
impl<F> PartialEq for FamilyInfo<F> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl<F> Eq for FamilyInfo<F> {}

impl<F> PartialOrd for FamilyInfo<F> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<F> Ord for FamilyInfo<F> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.cmp(other.name)
    }
}

impl<F> Hash for FamilyInfo<F> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// Shows its name: the families of its token endpoint would lead back to it.
impl<F> fmt::Debug for FamilyInfo<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FamilyInfo").field("name", &self.name).finish_non_exhaustive()
    }
}
