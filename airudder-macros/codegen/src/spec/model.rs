//! The checked model: what a spec says, in the types that the generator reads.

use std::collections::HashMap;

use airudder_model::{
    AuthKind, BodyForm, Category, Code, CodeForm, Effect, EnumForm, Evidence, Limit, Method, PagingKind,
    Problem, Scalar,
};

use crate::syntax::node::Node;
use crate::syntax::span::{FileId, Span};

/// A whole spec.
#[derive(Debug, Default)]
pub struct Spec {
    /// Families.
    pub families: Vec<Family>,
    /// The host of all families that have none of their own, with its variable and credentials.
    pub base_url: String,
    pub base_url_variable: Option<String>,
    pub credentials: CredentialVariables,
    /// Time-out classes, in seconds.
    pub timeouts: Vec<(String, u32)>,
    /// Error tables, one per family.
    pub errors: Vec<ErrorTable>,
    /// `types.yaml`.
    pub shared: Types,
    /// Sections, by name.
    pub sections: Vec<Section>,
    /// Where things are, by name.
    index: Index,
}

/// Where things are in their lists: a spec of thousands of entries looks names up thousands of times.
#[derive(Debug, Default)]
struct Index {
    sections: HashMap<String, usize>,
    shared: TypeIndex,
    own: Vec<SectionIndex>,
}

#[derive(Debug, Default)]
struct SectionIndex {
    types: TypeIndex,
    endpoints: HashMap<String, usize>,
    webhooks: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct TypeIndex {
    enums: HashMap<String, usize>,
    structs: HashMap<String, usize>,
}

impl TypeIndex {
    fn of(types: &Types) -> Self {
        Self {
            enums: places(types.enums.iter().map(|e| &e.name)),
            structs: places(types.structs.iter().map(|s| &s.name)),
        }
    }
}

fn places<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    // The first of a name counts, as in a search.
    let mut places = HashMap::new();
    for (place, name) in names.enumerate() {
        places.entry(name.clone()).or_insert(place);
    }
    places
}

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
    /// Whether it belongs to the account of the API as a whole, so that its host may be replaced together with the
    /// API's: it has no host of its own, or one that gets no credentials of its own.
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
    pub unsound: Vec<Code>,
    /// Whether its rows could be read at all.
    pub known: bool,
}

impl ErrorTable {
    /// Whether a code is in it.
    pub fn has(&self, code: Code) -> bool {
        self.rows.iter().any(|row| row.code == code) || self.unsound.contains(&code)
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

/// Named types.
#[derive(Debug, Default)]
pub struct Types {
    /// Ids.
    pub ids: Vec<Id>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// Structs.
    pub structs: Vec<Struct>,
}

/// An id.
#[derive(Debug, Clone)]
pub struct Id {
    /// Its type's name.
    pub name: String,
    /// What it names.
    pub doc: String,
    /// How well its form is known.
    pub evidence: Option<Evidence>,
    /// Where its key is written.
    pub span: Span,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Its type's name.
    pub name: String,
    /// What it says.
    pub doc: String,
    /// How well its values are known.
    pub evidence: Evidence,
    /// How values look on the wire.
    pub form: EnumForm,
    /// Its values.
    pub values: Vec<EnumValue>,
    /// Where its key is written.
    pub span: Span,
}

/// A value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// As on the wire.
    pub wire: String,
    /// The variant.
    pub rust: String,
    /// What it means.
    pub doc: String,
    /// How well it is known.
    pub evidence: Evidence,
}

/// A struct.
#[derive(Debug, Clone)]
pub struct Struct {
    /// Its type's name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Evidence of its fields.
    pub evidence: Evidence,
    /// Whether it takes other keys, and what they are.
    pub open: Option<String>,
    /// Wire names of key and value, where a list of it may be an object.
    pub entry: Option<(String, String)>,
    /// Its fields.
    pub fields: Vec<Field>,
    /// The structs whose fields it takes over.
    pub bases: Vec<TypeRef>,
    /// Whether all of its fields could be read.
    pub known: bool,
    /// Where its key is written.
    pub span: Span,
    /// What is written.
    pub node: Node,
}

/// Where a named type lives.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeRef {
    /// The section; `None` for `types.yaml`.
    pub section: Option<String>,
    /// The type's name.
    pub name: String,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A built-in type.
    Scalar(Scalar),
    /// An id.
    Id(TypeRef),
    /// An enum.
    Enum(TypeRef),
    /// A struct.
    Struct(TypeRef),
    /// A list.
    List(Box<Type>),
    /// A mapping with free keys.
    Map(Box<Type>),
}

impl Type {
    /// The type inside lists and maps.
    pub fn innermost(&self) -> &Type {
        match self {
            Self::List(inner) | Self::Map(inner) => inner.innermost(),
            other => other,
        }
    }

    /// The name of a named type.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Id(at) | Self::Enum(at) | Self::Struct(at) => Some(&at.name),
            _ => None,
        }
    }

    /// Whether values are times of any kind.
    pub fn is_time(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if scalar.is_time())
    }
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Rust name.
    pub name: String,
    /// Wire name.
    pub wire: String,
    /// Other wire names.
    pub aliases: Vec<String>,
    /// Its type.
    pub ty: Type,
    /// Whether it must be there.
    pub required: bool,
    /// One line about it.
    pub doc: String,
    /// How well it is known.
    pub evidence: Evidence,
    /// Whether it is redacted.
    pub sensitive: bool,
    /// What its value must satisfy.
    pub constraints: Vec<Constraint>,
    /// Codes per problem.
    pub codes: Vec<(Problem, Code)>,
    /// Whether nothing is wrong with it. What is unsound stays, so that what names it is not blamed.
    pub sound: bool,
    /// Where it is written.
    pub node: Node,
}

/// What a value must satisfy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// A limit with its number.
    Limit(Limit, i64),
    /// Values allowed.
    OneOf(Vec<String>),
    /// Wire name of a field that must be later.
    Before(String),
}

/// A section.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// The vendor's title.
    pub title: String,
    /// The vendor's Chinese title.
    pub title_zh: Option<String>,
    /// Its family.
    pub family: String,
    /// One line about it.
    pub summary: String,
    /// The front page of its docs.
    pub guide: String,
    /// The vendor's pages.
    pub pages: Vec<String>,
    /// Its types.
    pub types: Types,
    /// Error codes of its own.
    pub errors: Vec<ErrorRow>,
    /// Whether some of them could not be read, so that no code is unknown.
    pub errors_unknown: bool,
    /// Its endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Its webhooks.
    pub webhooks: Vec<Webhook>,
    /// Its file.
    pub file: FileId,
    /// Where it is written, and which of its keys are poisoned; its entries are not kept here.
    pub node: Node,
}

/// What endpoints and webhooks have in common.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name inside the section.
    pub name: String,
    /// `section.name`.
    pub key: String,
    /// The section.
    pub section: String,
    /// The vendor's title.
    pub title: String,
    /// The vendor's Chinese title.
    pub title_zh: Option<String>,
    /// Whether the title is ours.
    pub title_is_ours: bool,
    /// The vendor's pages.
    pub pages: Vec<String>,
    /// Pages that may be about it.
    pub pages_maybe: Vec<String>,
    /// Of the path, or of a webhook's fields.
    pub evidence: Evidence,
    /// Of the method.
    pub method_evidence: Evidence,
    /// Of the fields; `None` where no field is known.
    pub fields_evidence: Option<Evidence>,
    /// HTTP method.
    pub method: Method,
    /// One line about it.
    pub summary: String,
    /// Paragraphs of its docs.
    pub notes: Vec<String>,
    /// Whether there may be fields that nobody knows.
    pub open: bool,
    /// The entry it was derived from, step by step to the root.
    pub bases: Vec<String>,
    /// Keys that something is wrong with, here or in the entry it was derived from.
    pub poisoned: Vec<String>,
    /// Where it is written.
    pub node: Node,
}

impl Entry {
    /// The key of the entry that it goes back to.
    pub fn root(&self) -> &str {
        self.bases.last().map_or(&self.key, String::as_str)
    }

    /// Whether something is wrong with a key, so that its absence proves nothing.
    pub fn is_poisoned(&self, key: &str) -> bool {
        self.poisoned.iter().any(|poisoned| poisoned == key || poisoned == Node::ANY)
    }

    /// Whether all fields could be read.
    pub fn knows_fields(&self) -> bool {
        !["request", "response", "payload", "change", "add", "drop"].iter().any(|key| self.is_poisoned(key))
    }
}

/// An endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// What it shares with webhooks.
    pub entry: Entry,
    /// Path.
    pub path: Option<String>,
    /// Where its fields go.
    pub body: BodyForm,
    /// What calling it does.
    pub effect: Effect,
    /// Seconds.
    pub timeout_secs: u32,
    /// Whether it goes without the family's auth.
    pub no_auth: bool,
    /// Why not to use it any more.
    pub deprecated: Option<String>,
    /// Further codes.
    pub errors: Vec<Code>,
    /// Its fields.
    pub request: Vec<Field>,
    /// The key of the endpoint whose request type it uses; its own where that differs.
    pub request_owner: String,
    /// What it answers.
    pub response: Response,
    /// The key of the endpoint whose response type it uses.
    pub response_owner: String,
    /// Whether other keys of the answer are kept.
    pub open_response: bool,
    /// How it pages.
    pub page: Option<Page>,
    /// Example request.
    pub sample_request: Option<Node>,
    /// Example payload.
    pub sample_response: Option<Node>,
}

/// What an endpoint answers.
#[derive(Debug, Clone)]
pub enum Response {
    /// An object of its own.
    Fields(Vec<Field>),
    /// A value of a type.
    Type(Type),
    /// A file.
    File,
}

/// How an endpoint pages. Names of fields are wire names.
#[derive(Debug, Clone)]
pub struct Page {
    pub kind: PagingKind,
    /// The field that moves.
    pub moves: String,
    /// The page size's field.
    pub size: String,
    /// Number of the first page.
    pub first: i64,
    /// Wire key of the list.
    pub items: Option<String>,
    /// Wire key of the total.
    pub total: Option<String>,
    /// Wire key of an entry's id.
    pub item_id: Option<String>,
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// What it shares with endpoints.
    pub entry: Entry,
    /// Evidence that a signature header is listed.
    pub signed: Option<Evidence>,
    /// Its fields, or a struct.
    pub payload: Payload,
    /// The key of the webhook whose type it uses.
    pub payload_owner: String,
    /// Example.
    pub sample: Option<Node>,
}

/// What a webhook holds.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Fields of its own.
    Fields(Vec<Field>),
    /// A struct.
    Struct(TypeRef),
}

impl Spec {
    /// Brings the look-ups up to date; to be called after lists were changed.
    pub fn reindex(&mut self) {
        self.index = Index {
            sections: places(self.sections.iter().map(|s| &s.name)),
            shared: TypeIndex::of(&self.shared),
            own: self.sections.iter().map(SectionIndex::of).collect(),
        };
    }

    /// A section by name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.get(*self.index.sections.get(name)?)
    }

    /// An endpoint by key.
    pub fn endpoint(&self, key: &str) -> Option<&Endpoint> {
        let (section, name) = key.split_once('.')?;
        let place = *self.index.sections.get(section)?;
        self.sections.get(place)?.endpoints.get(*self.index.own.get(place)?.endpoints.get(name)?)
    }

    /// A webhook by key.
    pub fn webhook(&self, key: &str) -> Option<&Webhook> {
        let (section, name) = key.split_once('.')?;
        let place = *self.index.sections.get(section)?;
        self.sections.get(place)?.webhooks.get(*self.index.own.get(place)?.webhooks.get(name)?)
    }

    /// A struct.
    pub fn find_struct(&self, at: &TypeRef) -> Option<&Struct> {
        let (types, index) = self.types_with_index(at)?;
        types.structs.get(*index.structs.get(&at.name)?)
    }

    /// An enum.
    pub fn find_enum(&self, at: &TypeRef) -> Option<&Enum> {
        let (types, index) = self.types_with_index(at)?;
        types.enums.get(*index.enums.get(&at.name)?)
    }

    fn types_with_index(&self, at: &TypeRef) -> Option<(&Types, &TypeIndex)> {
        let Some(section) = &at.section else { return Some((&self.shared, &self.index.shared)) };
        let place = *self.index.sections.get(section)?;
        Some((&self.sections.get(place)?.types, &self.index.own.get(place)?.types))
    }

    /// The types beside a name.
    pub fn types(&self, at: &TypeRef) -> Option<&Types> {
        self.types_with_index(at).map(|(types, _)| types)
    }

    /// A family by name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|f| f.name == name)
    }
}

impl SectionIndex {
    fn of(section: &Section) -> Self {
        Self {
            types: TypeIndex::of(&section.types),
            endpoints: places(section.endpoints.iter().map(|e| &e.entry.name)),
            webhooks: places(section.webhooks.iter().map(|w| &w.entry.name)),
        }
    }
}
