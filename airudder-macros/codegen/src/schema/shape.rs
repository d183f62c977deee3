//! What the grammar's table is made of: objects, keys and what a value may be.

use airudder_model::{Code, Word};

/// Which object of the language an [`Object`] is. What has a special place in the checks is known by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectId {
    Api,
    Family,
    Credentials,
    Envelope,
    Refusal,
    Auth,
    ErrorTable,
    ErrorRow,
    TypesFile,
    SectionTypes,
    Id,
    Enum,
    EnumValue,
    Struct,
    StructChange,
    StructAdd,
    StructDrop,
    Entry,
    Field,
    ChangedField,
    FieldCodes,
    Categories,
    Section,
    Endpoint,
    DerivedEndpoint,
    EndpointChange,
    EndpointAdd,
    EndpointDrop,
    Page,
    FindBy,
    ThenPoll,
    Idempotency,
    SchemaProfile,
    Sample,
    Webhook,
    Discriminator,
    WebhookHeader,
    DerivedWebhook,
    WebhookChange,
    WebhookAdd,
    WebhookDrop,
}

/// An object of the language.
#[derive(Debug)]
pub struct Object {
    pub id: ObjectId,
    /// What it is called in messages: "an endpoint".
    pub name: &'static str,
    /// Its keys.
    pub keys: &'static [Key],
}

/// A key of an object.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What it holds.
    pub shape: Shape,
    /// Whether it must be there.
    pub required: bool,
    /// One line about it.
    pub doc: &'static str,
}

/// What a value may be.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Text; numbers and flags are taken as they are written.
    Text,
    /// The name of a type: a built-in word, `list<T>`, `map<T>`, or the name of an id, enum or struct.
    TypeName,
    /// One of some words.
    Word(&'static [&'static str]),
    /// One of some words, or `none`.
    WordOrNone(&'static [&'static str]),
    /// An error code: a whole number or a word.
    Code,
    /// A whole number.
    Integer,
    /// A whole number from 0.
    Count,
    /// `true` or `false`.
    Flag,
    /// A list.
    List(&'static Shape),
    /// A mapping with free keys.
    Map(&'static Shape),
    /// A mapping with free keys that become Rust names.
    Names(&'static Shape),
    /// An object; nothing stands for an empty one.
    Object(&'static Object),
    /// A mapping with the first shape's value, or text.
    OrText(&'static Shape),
    /// A list of the shape, or one.
    OrList(&'static Shape),
    /// The shape, or `null` (takes a key away in a change).
    OrNull(&'static Shape),
    /// Any JSON.
    Json,
}

/// The error code that a key of a table is.
pub(crate) fn code_key(key: &str) -> Option<Code> {
    key.parse().map(Code::Number).ok().or_else(|| code_word(key))
}

pub(super) fn code_word(text: &str) -> Option<Code> {
    let rest = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let fits = text.len() <= Word::MAX_LEN && text.starts_with(|c: char| c.is_ascii_alphabetic());
    (fits && text.chars().all(rest)).then(|| Code::word(text))
}

pub(super) fn some_keys(object: &Object) -> String {
    let (needed, other): (Vec<&Key>, Vec<&Key>) = object.keys.iter().partition(|key| key.required);
    needed.iter().chain(&other).take(4).map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ")
}

/// The key of `key:value`, which YAML reads as one word.
pub(super) fn glued(name: &str, object: &Object) -> Option<&'static str> {
    let (before, _) = name.split_once([':', '\u{ff1a}'])?;
    object.key(before).map(|key| key.name)
}
