//! What the grammar's table is made of: objects, keys and what a value may be.

/// Which object of the language an [`Object`] is. What has a special place in the checks is known by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectId {
    Api,
    Family,
    Credentials,
    Envelope,
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
    Sample,
    Webhook,
    Discriminator,
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
