//! Fields and their codes.

use airudder_model::{Evidence, FieldPlace, Limit, LimitOn, Problem};

use crate::schema::shape::{Key, Object, ObjectId, Shape};

const TEXTS: Shape = Shape::List(&Shape::Text);
const CODES: Shape = Shape::OrList(&Shape::Code);

/// How well fields can be known: what is carried over from a sibling is assumed.
pub(super) const OF_FIELDS: &[&str] =
    &[Evidence::Documented.word(), Evidence::Observed.word(), Evidence::Assumed.word()];

pub(super) const KEY: Key = Key { name: "", shape: Shape::Json, required: false, doc: "" };

/// The keys of a field that are no limits; the type, which a change need not say, comes first.
const FIELD_KEYS: &[Key] = keys! {
    "type" must Shape::TypeName,
        "Its type: a built-in word, list<T>, map<T>, or the name of an id, enum or struct.";
    "wire" may Shape::Text, "Its name on the wire; default: the Rust name.";
    "required" may Shape::Flag, "Whether it must be there.";
    "doc" may Shape::Text, "One line: meaning, unit, limits in words.";
    "evidence" may Shape::Word(OF_FIELDS), "Its own evidence.";
    "aliases" may TEXTS, "Other wire names that are read as this field.";
    "sensitive" may Shape::OrNull(&Shape::Flag), "Personal or secret: redacted in Debug, never logged.";
    "one_of" may Shape::OrNull(&TEXTS), "Values allowed.";
    "before" may Shape::OrNull(&Shape::Text), "Rust name of a field beside it that must be later.";
    "same_day_as" may Shape::OrNull(&Shape::Text),
        "Rust name of a field beside it that must be on the same day.";
    "not_past" may Shape::OrNull(&Shape::Flag), "Whether it must not lie in the past when it is sent.";
    "schema_profile" may Shape::OrNull(&Shape::Object(&SCHEMA_PROFILE)),
        "Of a `json_schema`: what it may say.";
    "mirror" may Shape::OrNull(&Shape::Text),
        "Rust name of a field beside it whose value is sent here too where this one is not set.";
    "codes" may Shape::OrNull(&Shape::Object(&FIELD_CODES)), "The vendor's code for each way to be wrong.";
    "fixed" may Shape::OrNull(&Shape::Text), "The only value that it takes: always sent.";
    "unique" may Shape::OrNull(&Shape::Text),
        "Rust name of the field by which two entries of the list are the same.";
    "in" may Shape::OrNull(&Shape::Word(FieldPlace::WORDS)),
        "Where it goes: a header, the path, or where `body` says (default).";
    "typed" may Shape::OrNull(&Shape::Flag),
        "Of an answer: its shape is the caller's own, and it can be read as a type of the caller's.";
    "example" may Shape::Json, "A value for made-up samples.";
};

/// Types of JSON Schema.
const SCHEMA_TYPES: &[&str] = &["string", "boolean", "integer", "number", "object", "array", "null"];

static SCHEMA_PROFILE: Object = Object {
    id: ObjectId::SchemaProfile,
    name: "a `schema_profile`",
    keys: keys! {
        "types" must Shape::List(&Shape::Word(SCHEMA_TYPES)),
            "The types that a property may have; each has one of them.";
        "max_properties" may Shape::Count, "How many properties there may be.";
        "closed" may Shape::Flag, "Whether it must say `additionalProperties: false`.";
        "without" may TEXTS, "Keywords that neither it nor one of its properties may have.";
    },
};

const LIMITS: usize = Limit::ALL.len();

/// The keys of a field: what [`FIELD_KEYS`] says, and a key for each limit.
const fn field_keys(type_required: bool) -> [Key; FIELD_KEYS.len() + LIMITS] {
    let mut keys = [KEY; FIELD_KEYS.len() + LIMITS];
    let mut at = 0;
    while at < FIELD_KEYS.len() {
        keys[at] = FIELD_KEYS[at];
        at += 1;
    }
    keys[0].required = type_required;
    while at < keys.len() {
        let limit = Limit::ALL[at - FIELD_KEYS.len()];
        let shape = match limit.on() {
            LimitOn::Number => Shape::OrNull(&Shape::Integer),
            LimitOn::Text | LimitOn::Phone | LimitOn::List | LimitOn::Day => Shape::OrNull(&Shape::Count),
        };
        keys[at] = Key { name: limit.word(), shape, required: false, doc: limit.doc() };
        at += 1;
    }
    keys
}

/// A field.
pub static FIELD: Object = Object { id: ObjectId::Field, name: "a field", keys: &field_keys(true) };
pub(super) static CHANGED_FIELD: Object =
    Object { id: ObjectId::ChangedField, name: "a change of a field", keys: &field_keys(false) };

/// Problems that have codes.
pub static FIELD_CODES: Object = Object {
    id: ObjectId::FieldCodes,
    name: "the codes of a field",
    keys: &{
        let mut keys = [KEY; Problem::ALL.len()];
        let mut at = 0;
        while at < keys.len() {
            keys[at] = Key {
                name: Problem::ALL[at].word(),
                shape: CODES,
                required: false,
                doc: Problem::ALL[at].doc(),
            };
            at += 1;
        }
        keys
    },
};
