//! What an endpoint says of calls that belong together: pages, earlier calls, what is polled, and repeats.

use airudder_model::PagingKind;

use crate::schema::shape::{Key, Object, ObjectId, Shape};

pub(super) static PAGE: Object = Object {
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
        "max_rows" may Shape::Count, "How many rows one query gives at most, over all its pages.";
        "item_id" may Shape::Text, "Wire key of an entry's id, where that is the cursor.";
        "next" may Shape::Text, "Wire key of the next cursor in the payload.";
    },
};

pub(super) static FIND_BY: Object = Object {
    id: ObjectId::FindBy,
    name: "a `find_by`",
    keys: keys! {
        "name" must Shape::Text,
            "Wire name of the field that holds the name, in the request and in an entry of the list.";
        "in" must Shape::Text, "The endpoint of this section that lists what was made.";
    },
};

pub(super) static THEN_POLL: Object = Object {
    id: ObjectId::ThenPoll,
    name: "a `then_poll`",
    keys: keys! {
        "endpoint" must Shape::Text, "The endpoint of this section that is polled; it has `poll_until`.";
        "fields" must Shape::Map(&Shape::Text),
            "Wire names of its fields, each with the wire key of this answer that has the value.";
    },
};

pub(super) static IDEMPOTENCY: Object = Object {
    id: ObjectId::Idempotency,
    name: "an `idempotency`",
    keys: keys! {
        "header" must Shape::Text, "Name of the header.";
        "required" may Shape::Flag, "Whether the vendor refuses a call without one.";
        "max_chars" may Shape::Count, "How many characters a key may have; default 255.";
    },
};

pub(super) static SAMPLE: Object = Object {
    id: ObjectId::Sample,
    name: "a sample",
    keys: keys! {
        "request" may Shape::Json, "The request's fields.";
        "response" may Shape::Json, "The payload.";
    },
};
