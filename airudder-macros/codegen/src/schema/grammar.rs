//! The spec language as a table: which keys an object has, and what each holds.
//!
//! The table is the only place where keys are defined. The check of the files' shape, the JSON Schema for
//! editors and the lists of allowed words in messages are all read from it, so they cannot differ.

use airudder_model::{
    AuthKind, BodyForm, Category, CodeForm, Effect, EnumForm, Evidence, Method, PagingKind, Signed,
    SuccessRule,
};

use fields::{CHANGED_FIELD, KEY, OF_FIELDS};

pub use super::shape::{Key, Object, ObjectId, Shape};
pub use fields::{FIELD, FIELD_CODES};

macro_rules! keys {
    ($($name:literal $req:ident $shape:expr, $doc:literal;)*) => {
        &[$(Key { name: $name, shape: $shape, required: keys!(@$req), doc: $doc },)*]
    };
    (@must) => { true };
    (@may) => { false };
}

mod fields;

const TEXTS: Shape = Shape::List(&Shape::Text);
const CODE_LIST: Shape = Shape::List(&Shape::Code);
const COUNTS: Shape = Shape::List(&Shape::Count);

/// `api.yaml`.
pub static API: Object = Object {
    id: ObjectId::Api,
    name: "api.yaml",
    keys: keys! {
        "title" must Shape::Text, "Name of the API.";
        "base_url" must Shape::Text, "The vendor's host.";
        "base_url_variable" may Shape::Text, "Environment variable that may name another host.";
        "credentials" may Shape::Object(&CREDENTIALS), "Environment variables of the credentials.";
        "timeouts" must Shape::Map(&Shape::Count), "Time-out classes, in seconds; `normal` is the default.";
        "families" must Shape::Names(&Shape::Object(&FAMILY)),
            "Groups of endpoints that share envelope and auth.";
        "notes" may TEXTS, "Remarks.";
    },
};

static FAMILY: Object = Object {
    id: ObjectId::Family,
    name: "a family",
    keys: keys! {
        "title" must Shape::Text, "What it covers.";
        "evidence" must Shape::Word(Evidence::WORDS), "How well it is known.";
        "base_url" may Shape::Text,
            "Its host, where that differs; then it has credentials of its own, or none.";
        "base_url_variable" may Shape::Text, "Environment variable that may name another host for it.";
        "credentials" may Shape::Object(&CREDENTIALS),
            "Its environment variables, where it has credentials of its own.";
        "envelope" may Shape::Object(&ENVELOPE), "How answers are wrapped; left out: they come as they are.";
        "refusal" may Shape::Object(&REFUSAL),
            "Where a refusal says what it is, in a family without an envelope.";
        "transient_statuses" may COUNTS,
            "HTTP statuses after which the same call may succeed later; default 429, 502, 503, 504.";
        "auth" must Shape::Object(&AUTH), "How it authenticates.";
        "missing_code" may Shape::Code, "Code of an absent value, where a field has none of its own.";
        "invalid_code" may Shape::Code, "Code of a wrong value, where a field has none of its own.";
        "token_codes" may CODE_LIST, "Codes that say that the token is wrong or expired.";
        "code_form" may Shape::Word(CodeForm::WORDS), "What its error codes are; default number.";
        "encrypted" may Shape::Flag, "Whether bodies are encrypted where an encryption key is set.";
        "paths" may TEXTS, "How its paths begin: the family of a call that names a path only.";
        "categories" may Shape::Object(&CATEGORIES),
            "Codes treated alike, where its table is not in errors.yaml.";
        "pages" may TEXTS, "The vendor's pages.";
        "notes" may TEXTS, "Remarks.";
    },
};

static CREDENTIALS: Object = Object {
    id: ObjectId::Credentials,
    name: "credentials",
    keys: keys! {
        "key" may Shape::Text, "Variable of the application key; goes with `secret`.";
        "secret" may Shape::Text, "Variable of the application secret.";
        "api_key" may Shape::Text, "Variable of the API key, in the place of the two.";
    },
};

static ENVELOPE: Object = Object {
    id: ObjectId::Envelope,
    name: "an envelope",
    keys: keys! {
        "success" must Shape::Code, "The only code that means success.";
        "payload" must TEXTS, "Keys that may hold the payload, the usual one first.";
        "message" must TEXTS, "Keys that may hold the error's text.";
    },
};

static REFUSAL: Object = Object {
    id: ObjectId::Refusal,
    name: "a refusal",
    keys: keys! {
        "code" must Shape::Text, "Key of the code; dots lead into objects.";
        "message" may Shape::Text, "Key of the text.";
        "reason" may Shape::Text,
            "Key of a more exact code, which goes before the other where the table has it.";
    },
};

static AUTH: Object = Object {
    id: ObjectId::Auth,
    name: "an auth",
    keys: keys! {
        "kind" must Shape::Word(AuthKind::WORDS), "What a call carries.";
        "endpoint" may Shape::Text, "Key of the token endpoint.";
        "key" may Shape::Text, "Wire name of the application key in its request.";
        "secret" may Shape::Text, "Wire name of the application secret in its request.";
        "token_at" may Shape::Text, "Key of the token in its payload.";
        "lifetime_hours" may Shape::Count, "How long a token lives.";
    },
};

/// `errors.yaml`: family -> table. The families themselves are free keys.
pub static ERRORS: Shape = Shape::Names(&Shape::Object(&ERROR_TABLE));

static ERROR_TABLE: Object = Object {
    id: ObjectId::ErrorTable,
    name: "an error table",
    keys: keys! {
        "evidence" must Shape::Word(Evidence::WORDS), "How well the table is known.";
        "pages" may TEXTS, "The vendor's pages.";
        "complete" may Shape::Flag, "Whether it is the vendor's whole table.";
        "notes" may TEXTS, "Remarks.";
        "categories" may Shape::Object(&CATEGORIES), "Codes that callers and retries treat alike.";
        "codes" must Shape::Map(&Shape::Object(&ERROR_ROW)), "The rows, by code.";
    },
};

static ERROR_ROW: Object = Object {
    id: ObjectId::ErrorRow,
    name: "an error code",
    keys: keys! {
        "name" must Shape::Text, "Variant of ErrorCode, PascalCase, unique in the file.";
        "meaning" must Shape::Text, "What it means.";
        "meanings" may TEXTS, "The meanings, where one code has several.";
        "success" may Shape::Flag, "Whether it is the code of success.";
        "field" may Shape::Text, "Wire name of the field it is about.";
        "status" may Shape::Count, "The HTTP status that it comes with.";
        "limit" may Shape::Map(&Shape::Text), "The limit that its text states.";
        "group" may Shape::Text, "Which calls raise it.";
        "note" may Shape::Text, "Remark.";
        "same_meaning_as" may Shape::Code, "Another code that means the same.";
        "evidence" may Shape::Word(Evidence::WORDS), "Its own evidence.";
    },
};

/// `types.yaml`.
pub static TYPES_FILE: Object = Object {
    id: ObjectId::TypesFile,
    name: "types.yaml",
    keys: keys! {
        "ids" may Shape::Names(&Shape::Object(&ID)), "Newtypes over text.";
        "enums" may Shape::Names(&Shape::Object(&ENUM)), "Words, open to others.";
        "structs" may Shape::Names(&Shape::Object(&STRUCT)), "Objects.";
    },
};

static SECTION_TYPES: Object = Object {
    id: ObjectId::SectionTypes,
    name: "types of a section",
    keys: keys! {
        "enums" may Shape::Names(&Shape::Object(&ENUM)), "Words, open to others.";
        "structs" may Shape::Names(&Shape::Object(&STRUCT)), "Objects.";
    },
};

static ID: Object = Object {
    id: ObjectId::Id,
    name: "an id",
    keys: keys! {
        "doc" must Shape::Text, "What it names.";
        "evidence" may Shape::Word(Evidence::WORDS), "How well its form is known.";
    },
};

static ENUM: Object = Object {
    id: ObjectId::Enum,
    name: "an enum",
    keys: keys! {
        "doc" must Shape::Text, "What it says.";
        "evidence" must Shape::Word(Evidence::WORDS), "How well its values are known.";
        "kind" may Shape::Word(EnumForm::WORDS), "How values look on the wire; default string.";
        "values" must Shape::Map(&Shape::Object(&ENUM_VALUE)), "The known values, by wire value.";
    },
};

static ENUM_VALUE: Object = Object {
    id: ObjectId::EnumValue,
    name: "a value of an enum",
    keys: keys! {
        "doc" may Shape::Text, "What it means.";
        "evidence" may Shape::Word(Evidence::WORDS), "Its own evidence.";
        "rust" may Shape::Text, "Variant, where the wire value gives no good name.";
        "aliases" may TEXTS, "Other spellings on the wire that are read as this value.";
        "answered" may Shape::Flag, "Of a call's result: whether somebody has answered the phone.";
    },
};

/// A struct.
pub static STRUCT: Object = Object {
    id: ObjectId::Struct,
    name: "a struct",
    keys: keys! {
        "doc" may Shape::Text, "What it is.";
        "evidence" may Shape::Word(OF_FIELDS), "Evidence of its fields unless they have their own.";
        "open" may Shape::Flag, "Whether it takes keys that are not listed.";
        "open_doc" may Shape::Text, "What the other keys are.";
        "include" may TEXTS, "Structs whose fields it takes over, flat.";
        "entry" may Shape::Object(&ENTRY), "A list of it may also come as an object of this key and value.";
        "fields" may FIELDS, "Its fields.";
        "same_as" may Shape::Text, "The struct that it is like.";
        "change" may Shape::Object(&STRUCT_CHANGE), "Keys of fields that differ.";
        "add" may Shape::Object(&STRUCT_ADD), "New fields.";
        "drop" may Shape::Object(&STRUCT_DROP), "Fields left out.";
    },
};

static STRUCT_CHANGE: Object = Object {
    id: ObjectId::StructChange,
    name: "a change of a struct",
    keys: keys! { "fields" must CHANGED_FIELDS, "Keys of fields."; },
};
static STRUCT_ADD: Object = Object {
    id: ObjectId::StructAdd,
    name: "an addition to a struct",
    keys: keys! { "fields" must FIELDS, "New fields."; },
};
static STRUCT_DROP: Object = Object {
    id: ObjectId::StructDrop,
    name: "an omission from a struct",
    keys: keys! { "fields" must TEXTS, "Rust names of fields."; },
};

static ENTRY: Object = Object {
    id: ObjectId::Entry,
    name: "an entry",
    keys: keys! {
        "key" must Shape::Text, "Wire name of the field that takes the object's key.";
        "value" must Shape::Text, "Wire name of the field that takes the object's value.";
    },
};

const FIELDS: Shape = Shape::Names(&Shape::Object(&FIELD));
const CHANGED_FIELDS: Shape = Shape::Names(&Shape::Object(&CHANGED_FIELD));

static CATEGORIES: Object = Object {
    id: ObjectId::Categories,
    name: "categories of codes",
    keys: &{
        let mut keys = [KEY; Category::ALL.len()];
        let mut at = 0;
        while at < keys.len() {
            let category = Category::ALL[at];
            keys[at] = Key { name: category.word(), shape: CODE_LIST, required: false, doc: category.doc() };
            at += 1;
        }
        keys
    },
};

/// A section's file.
pub static SECTION: Object = Object {
    id: ObjectId::Section,
    name: "a section",
    keys: keys! {
        "section" must Shape::Text, "Its name: that of the file, the cargo feature, the module.";
        "title" must Shape::Text, "The vendor's title.";
        "title_zh" may Shape::Text, "The vendor's Chinese title.";
        "family" must Shape::Text, "The family of its endpoints.";
        "summary" may Shape::Text, "One line about it.";
        "pages" may TEXTS, "The vendor's pages.";
        "families" may Shape::Names(&Shape::Object(&FAMILY)),
            "Families of a private spec: other hosts, other credentials.";
        "errors" may Shape::Map(&Shape::Object(&ERROR_ROW)),
            "Error codes of its own, beside its family's table.";
        "types" may Shape::Object(&SECTION_TYPES), "Types of its own.";
        "endpoints" may Shape::Names(&Shape::Object(&ENDPOINT)), "Its endpoints.";
        "webhooks" may Shape::Names(&Shape::Object(&WEBHOOK)), "What the vendor sends.";
    },
};

macro_rules! endpoint_keys {
    ($must:ident, $($rest:tt)*) => {
        keys! {
            "title" $must Shape::Text, "The vendor's title.";
            "title_zh" may Shape::Text, "The vendor's Chinese title.";
            "title_is_ours" may Shape::Flag, "Whether the title is a translation of ours.";
            "pages" may TEXTS, "The vendor's pages.";
            "pages_maybe" may TEXTS, "Pages that may be about it.";
            "evidence" $must Shape::Word(Evidence::WORDS), "How well the path is known.";
            "method_evidence" may Shape::Word(Evidence::WORDS),
                "How well the method is known; default: evidence.";
            "fields_evidence" may Shape::WordOrNone(OF_FIELDS),
                "How well the fields are known at best; default: evidence.";
            "method" $must Shape::Word(Method::WORDS), "HTTP method.";
            "path" $must Shape::Text, "Path below the host, or `none`.";
            "body" may Shape::Word(BodyForm::WORDS),
                "Where the fields go; default: query for GET, json else.";
            "effect" $must Shape::Word(Effect::WORDS), "What calling it does: decides what may be repeated.";
            "summary" $must Shape::Text, "One line about it.";
            "notes" may TEXTS, "Paragraphs of the method's docs.";
            "timeout" may Shape::Text, "A time-out class of api.yaml.";
            "auth" may Shape::Word(&[AuthKind::None.word()]), "Only where it differs from the family's.";
            "open" may Shape::Flag, "Whether the request may have fields that nobody knows.";
            "open_response" may Shape::Flag, "Whether other keys of the answer are kept.";
            "payload_required" may Shape::Flag, "Whether null, an absent or an empty payload is an error.";
            "success" may Shape::Word(SuccessRule::WORDS),
                "What says that a call has succeeded; default envelope.";
            "find_by" may Shape::Object(&FIND_BY), "How an earlier call is found again.";
            "deprecated" may Shape::Text, "Why not to use it any more.";
            "errors" may CODE_LIST, "Further codes, beside those of the fields.";
            "page" may Shape::Object(&PAGE), "How it pages.";
            "poll_until" may Shape::Map(&TEXTS), "Key of the answer, and its values once it is over.";
            "then_poll" may Shape::Object(&THEN_POLL),
                "The endpoint of this section that tells what becomes of what this one starts.";
            "idempotency" may Shape::Object(&IDEMPOTENCY),
                "The header whose key makes a repeated call the same call.";
            "sample" may Shape::Object(&SAMPLE), "An example, in wire names.";
            $($rest)*
        }
    };
}

/// An endpoint.
pub static ENDPOINT: Object = Object {
    id: ObjectId::Endpoint,
    name: "an endpoint",
    keys: endpoint_keys! { must,
        "request" may Shape::OrText(&FIELDS), "Its fields, or the name of a struct whose fields it has.";
        "response" may Shape::OrText(&FIELDS), "Fields of the payload, or a type, or `file`.";
    },
};

/// An endpoint that is `same_as` another.
pub static DERIVED_ENDPOINT: Object = Object {
    id: ObjectId::DerivedEndpoint,
    name: "an endpoint with `same_as`",
    keys: endpoint_keys! { may,
        "same_as" must Shape::Text, "The endpoint that it is like.";
        "change" may Shape::Object(&CHANGE), "Keys of fields that differ.";
        "add" may Shape::Object(&ADD), "New fields.";
        "drop" may Shape::Object(&DROP), "Fields left out.";
    },
};

static CHANGE: Object = Object {
    id: ObjectId::EndpointChange,
    name: "a change of an endpoint",
    keys: keys! {
        "request" may CHANGED_FIELDS, "Of the request.";
        "response" may CHANGED_FIELDS, "Of the answer.";
    },
};
static ADD: Object = Object {
    id: ObjectId::EndpointAdd,
    name: "an addition to an endpoint",
    keys: keys! { "request" may FIELDS, "To the request."; "response" may FIELDS, "To the answer."; },
};
static DROP: Object = Object {
    id: ObjectId::EndpointDrop,
    name: "an omission from an endpoint",
    keys: keys! { "request" may TEXTS, "From the request."; "response" may TEXTS, "From the answer."; },
};

static PAGE: Object = Object {
    id: ObjectId::Page,
    name: "a paging",
    keys: keys! {
        "kind" must Shape::Word(PagingKind::WORDS), "How it pages.";
        "page" may Shape::Text, "Rust name of the page number's field.";
        "size" may Shape::Text, "Rust name of the page size's field.";
        "first" may Shape::Integer, "Number of the first page; default 1.";
        "offset" may Shape::Text, "Rust name of the offset's field.";
        "limit" may Shape::Text, "Rust name of the limit's field.";
        "cursor" may Shape::Text, "Rust name of the cursor's field.";
        "items" may Shape::Text, "Wire key of the list in the payload.";
        "total" may Shape::Text, "Wire key of the number of all rows in the payload.";
        "item_id" may Shape::Text, "Wire key of an entry's id, where that is the cursor.";
        "next" may Shape::Text, "Wire key of the next cursor in the payload.";
    },
};

static FIND_BY: Object = Object {
    id: ObjectId::FindBy,
    name: "a `find_by`",
    keys: keys! {
        "name" must Shape::Text,
            "Wire name of the field that holds the name, in the request and in an entry of the list.";
        "in" must Shape::Text, "The endpoint of this section that lists what was made.";
    },
};

static THEN_POLL: Object = Object {
    id: ObjectId::ThenPoll,
    name: "a `then_poll`",
    keys: keys! {
        "endpoint" must Shape::Text, "The endpoint of this section that is polled; it has `poll_until`.";
        "fields" must Shape::Map(&Shape::Text),
            "Wire names of its fields, each with the wire key of this answer that has the value.";
    },
};

static IDEMPOTENCY: Object = Object {
    id: ObjectId::Idempotency,
    name: "an `idempotency`",
    keys: keys! {
        "header" must Shape::Text, "Name of the header.";
        "required" may Shape::Flag, "Whether the vendor refuses a call without one.";
        "max_chars" may Shape::Count, "How many characters a key may have; default 255.";
    },
};

static SAMPLE: Object = Object {
    id: ObjectId::Sample,
    name: "a sample",
    keys: keys! {
        "request" may Shape::Json, "The request's fields.";
        "response" may Shape::Json, "The payload.";
    },
};

macro_rules! webhook_keys {
    ($must:ident, $($rest:tt)*) => {
        keys! {
            "title" $must Shape::Text, "The vendor's title.";
            "title_zh" may Shape::Text, "The vendor's Chinese title.";
            "title_is_ours" may Shape::Flag, "Whether the title is a translation of ours.";
            "pages" may TEXTS, "The vendor's pages.";
            "pages_maybe" may TEXTS, "Pages that may be about it.";
            "method" may Shape::Word(Method::WORDS), "HTTP method; default POST.";
            "method_evidence" may Shape::Word(Evidence::WORDS),
                "How well the method is known; default: evidence.";
            "evidence" $must Shape::Word(OF_FIELDS), "How well its fields are known at best.";
            "summary" $must Shape::Text, "When it is sent.";
            "signed" may Shape::Word(&[Signed::Documented.word(), Signed::None.word()]),
                "Whether X-AIRudder-Sign is listed on its page; left out: nobody knows.";
            "identity" may TEXTS, "Wire keys that are equal where a message comes twice; default: all of it.";
            "happened" may Shape::Text, "Wire key of the time at which it happened; default: when it came.";
            "discriminator" may Shape::Object(&DISCRIMINATOR),
                "How it is distinguished from others that come to its URL.";
            "header" may Shape::Object(&WEBHOOK_HEADER), "The header that repeats a value of the message.";
            "open" may Shape::Flag, "Whether other keys are kept.";
            "notes" may TEXTS, "Paragraphs of its docs.";
            "sample" may Shape::Json, "An example, in wire names.";
            $($rest)*
        }
    };
}

static DISCRIMINATOR: Object = Object {
    id: ObjectId::Discriminator,
    name: "a discriminator",
    keys: keys! {
        "field" must Shape::Text, "Wire key.";
        "value" must Shape::Text, "The value that only this webhook has there.";
    },
};

static WEBHOOK_HEADER: Object = Object {
    id: ObjectId::WebhookHeader,
    name: "a header of a webhook",
    keys: keys! {
        "name" must Shape::Text, "Name of the header.";
        "key" must Shape::Text, "Wire key of the value; dots lead into objects.";
    },
};

/// A webhook.
pub static WEBHOOK: Object = Object {
    id: ObjectId::Webhook,
    name: "a webhook",
    keys: webhook_keys! {
        must,
        "payload" may Shape::OrText(&FIELDS), "Its fields, or the name of a struct.";
    },
};

/// A webhook that is `same_as` another.
pub static DERIVED_WEBHOOK: Object = Object {
    id: ObjectId::DerivedWebhook,
    name: "a webhook with `same_as`",
    keys: webhook_keys! { may,
        "same_as" must Shape::Text, "The webhook that it is like.";
        "change" may Shape::Object(&WEBHOOK_CHANGE), "Keys of fields that differ.";
        "add" may Shape::Object(&WEBHOOK_ADD), "New fields.";
        "drop" may Shape::Object(&WEBHOOK_DROP), "Fields left out.";
    },
};

static WEBHOOK_CHANGE: Object = Object {
    id: ObjectId::WebhookChange,
    name: "a change of a webhook",
    keys: keys! { "payload" must CHANGED_FIELDS, "Of the payload."; },
};
static WEBHOOK_ADD: Object = Object {
    id: ObjectId::WebhookAdd,
    name: "an addition to a webhook",
    keys: keys! { "payload" must FIELDS, "To the payload."; },
};
static WEBHOOK_DROP: Object = Object {
    id: ObjectId::WebhookDrop,
    name: "an omission from a webhook",
    keys: keys! { "payload" must TEXTS, "From the payload."; },
};

impl Object {
    /// The object that a mapping is meant to be: with `same_as`, endpoints and webhooks need less.
    #[allow(clippy::wildcard_enum_match_arm, reason = "two kinds of object have a variant")]
    pub fn variant(&'static self, derived: bool) -> &'static Object {
        match self.id {
            ObjectId::Endpoint if derived => &DERIVED_ENDPOINT,
            ObjectId::Webhook if derived => &DERIVED_WEBHOOK,
            _ => self,
        }
    }

    /// Whether it has a key, in either of its variants.
    pub fn variant_key(&'static self, name: &str) -> bool {
        [false, true].iter().any(|derived| self.variant(*derived).key(name).is_some())
    }

    /// A key.
    pub fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Its keys' names.
    pub fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}
