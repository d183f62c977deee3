//! Families and their error tables.

use airudder_model::{AuthKind, Category, Code, CodeForm, Evidence};

use crate::syntax::node::Node;
use crate::syntax::span::Span;

/// A family.
#[derive(Debug, Clone)]
pub struct Family {
    /// Its name.
    pub name: String,
    /// The section that defines it; `None` for those of `api.yaml`.
    pub section: Option<String>,
    /// What it covers.
    pub title: String,
    /// Its host, where it is its own.
    pub base_url: Option<String>,
    /// The environment variable that may name another host.
    pub base_url_variable: Option<String>,
    /// The environment variables of its credentials.
    pub credentials: CredentialVariables,
    pub envelope: Option<Envelope>,
    /// Where a refusal says what it is, in a family without an envelope.
    pub refusal: Option<RefusalForm>,
    /// HTTP statuses after which the same call may succeed later.
    pub transient_statuses: Vec<u16>,
    /// Whether bodies are encrypted where a key is set.
    pub encrypted: bool,
    /// How its paths begin.
    pub paths: Vec<String>,
    pub code_form: CodeForm,
    /// Codes by what they have in common.
    pub categories: Vec<(Category, Vec<Code>)>,
    /// How it authenticates.
    pub auth: Auth,
    /// Default code of an absent value.
    pub missing_code: Option<Code>,
    /// Default code of a wrong value.
    pub invalid_code: Option<Code>,
    /// Codes of a wrong token.
    pub token_codes: Vec<Code>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Remarks.
    pub notes: Vec<String>,
    /// Where it is written.
    pub node: Node,
}

impl Family {
    /// Whether it belongs to the account of the API as a whole, so that its host may be replaced together
    /// with the API's: it has no host of its own, or one that gets no credentials of its own.
    pub fn shares_host(&self) -> bool {
        self.base_url.is_none() || self.credentials == CredentialVariables::None
    }

    /// The codes of a category.
    pub fn codes_of(&self, category: Category) -> &[Code] {
        let of = self.categories.iter().find(|(of, _)| *of == category);
        of.map(|(_, codes)| codes.as_slice()).unwrap_or_default()
    }
}

/// How answers are wrapped.
#[derive(Debug, Clone)]
pub struct Envelope {
    /// The only code that means success.
    pub success: Code,
    /// Keys that may hold the payload.
    pub payload: Vec<String>,
    /// Keys that may hold the text of an error.
    pub message: Vec<String>,
}

/// Where a refusal says what it is. Dots lead into objects.
#[derive(Debug, Clone)]
pub struct RefusalForm {
    pub code: String,
    pub message: Option<String>,
    /// A more exact code.
    pub reason: Option<String>,
}

/// The environment variables that hold credentials.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum CredentialVariables {
    KeyAndSecret {
        key: String,
        secret: String,
    },
    ApiKey(String),
    #[default]
    None,
}

/// How a family authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// By token: endpoint, key field, secret field, where the token is, lifetime in hours.
    Token {
        /// Key of the token endpoint.
        endpoint: String,
        /// Wire name of the key.
        key: String,
        /// Wire name of the secret.
        secret: String,
        /// Key of the token in the payload.
        token_at: String,
        /// Lifetime.
        lifetime_hours: u32,
    },
    /// By signature headers.
    Signature,
    /// By the API key itself.
    Bearer,
    /// Not at all.
    None,
}

impl Auth {
    pub fn kind(&self) -> AuthKind {
        match self {
            Self::Token { .. } => AuthKind::Token,
            Self::Signature => AuthKind::Signature,
            Self::Bearer => AuthKind::Bearer,
            Self::None => AuthKind::None,
        }
    }
}

/// The error table of a family.
#[derive(Debug, Clone)]
pub struct ErrorTable {
    /// The family.
    pub family: String,
    /// Its rows.
    pub rows: Vec<ErrorRow>,
    /// Numbers of rows that have diagnostics: they are not among the rows, and yet no unknown codes.
    pub invalid: Vec<Code>,
    /// Whether its rows could be read at all.
    pub known: bool,
}

impl ErrorTable {
    /// Whether a code is in it.
    pub fn has(&self, code: Code) -> bool {
        self.rows.iter().any(|row| row.code == code) || self.invalid.contains(&code)
    }
}

/// A row of an error table.
#[derive(Debug, Clone)]
pub struct ErrorRow {
    pub code: Code,
    /// The variant's name.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// The meanings, where there are several.
    pub meanings: Vec<String>,
    /// Wire name of its field.
    pub field: Option<String>,
    /// The HTTP status that it comes with.
    pub status: Option<u16>,
    /// Its limit, in words.
    pub limit: Option<String>,
    /// Which calls raise it.
    pub group: Option<String>,
    /// Remark.
    pub note: Option<String>,
    /// Another code with this meaning.
    pub same_meaning_as: Option<Code>,
    /// How well it is known.
    pub evidence: Evidence,
    /// Where its key is written.
    pub span: Span,
}
