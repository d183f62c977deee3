//! The spec language as a JSON Schema (draft 2020-12), for editors: all of it is read from
//! [`grammar`](airudder_codegen::schema::grammar).

use airudder_codegen::schema::grammar::{API, ERRORS, Key, Object, ObjectId, SECTION, Shape, TYPES_FILE};
use airudder_model::{Scalar, Word};
use serde_json::{Map, Value, json};

/// The schema of all kinds of spec files. Which kind a file is, is told by its keys.
pub fn schema() -> Value {
    let mut writer = Writer::default();
    let [section, api, types] = [&SECTION, &API, &TYPES_FILE].map(|object| writer.object(object));
    let errors = writer.shape(&ERRORS);
    let root = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "AI Rudder spec",
        "description": "A file of spec/: see spec/README.md. Made by `cargo spec schema`; do not edit.",
        "type": "object",
        "if": any_of(&["section", "family", "endpoints", "webhooks"]),
        "then": section,
        "else": {
            "if": any_of(&["families", "base_url", "timeouts"]),
            "then": api,
            "else": { "if": any_of(&["ids", "enums", "structs"]), "then": types, "else": errors },
        },
        "$defs": writer.definitions(),
    });
    sorted(root)
}

/// The schema as the text of `spec/schema.json`.
pub fn text() -> String {
    format!("{:#}\n", schema())
}

fn any_of(keys: &[&str]) -> Value {
    let required: Vec<Value> = keys.iter().map(|key| json!({ "required": [key] })).collect();
    json!({ "anyOf": required })
}

/// Keys in the order of the alphabet, whichever map this build of `serde_json` has.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<(String, Value)> = map.into_iter().collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().map(|(key, value)| (key, sorted(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

/// The objects met so far, with the names and bodies of their definitions.
#[derive(Default)]
struct Writer {
    met: Vec<(&'static Object, String, Value)>,
}

impl Writer {
    fn definitions(self) -> Value {
        Value::Object(self.met.into_iter().map(|(_, name, body)| (name, body)).collect())
    }

    /// A reference to an object's definition.
    fn object(&mut self, object: &'static Object) -> Value {
        let derived = object.variant(true);
        if std::ptr::eq(derived, object) {
            return self.definition(object);
        }
        json!({
            "if": { "type": "object", "required": ["same_as"] },
            "then": self.definition(derived),
            "else": self.definition(object),
        })
    }

    fn definition(&mut self, object: &'static Object) -> Value {
        let name = match self.met.iter().find(|(known, ..)| std::ptr::eq(*known, object)) {
            Some((_, name, _)) => name.clone(),
            None => {
                let name = self.free_name(object);
                let at = self.met.len();
                self.met.push((object, name.clone(), Value::Null));
                self.met[at].2 = self.body(object);
                name
            }
        };
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    fn free_name(&self, object: &Object) -> String {
        let bare = ["a ", "an ", "the "]
            .iter()
            .find_map(|article| object.name.strip_prefix(article))
            .unwrap_or(object.name);
        let name: String = bare.replace(['`', '.'], "").replace(' ', "_");
        let taken = |name: &str| self.met.iter().any(|(_, known, _)| known == name);
        let numbered = (2..).map(|n| format!("{name}_{n}")).find(|numbered| !taken(numbered));
        if taken(&name) { numbered.unwrap_or(name) } else { name }
    }

    fn body(&mut self, object: &'static Object) -> Value {
        let properties: Map<String, Value> =
            object.keys.iter().map(|key| (key.name.to_owned(), self.key(key))).collect();
        let required: Vec<&str> = object.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
        // Nothing stands for an empty object, which is none where keys are required.
        let kind = if required.is_empty() { json!(["object", "null"]) } else { json!("object") };
        let mut body = json!({
            "title": object.name,
            "type": kind,
            "properties": properties,
            "additionalProperties": false,
        });
        if !required.is_empty() {
            body["required"] = json!(required);
        }
        body
    }

    fn key(&mut self, key: &'static Key) -> Value {
        match self.shape(&key.shape) {
            Value::Object(mut schema) => {
                schema.insert("description".to_owned(), json!(key.doc));
                Value::Object(schema)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                json!({ "description": key.doc })
            }
        }
    }

    fn shape(&mut self, shape: &'static Shape) -> Value {
        match shape {
            Shape::Text => json!({ "type": ["string", "number", "boolean"] }),
            Shape::TypeName => type_name(),
            Shape::Word(words) => json!({ "enum": words }),
            Shape::WordOrNone(words) => {
                let words = [*words, &["none"]].concat();
                json!({ "enum": words })
            }
            Shape::Code => {
                json!({
                    "type": ["integer", "string"],
                    "pattern": "^[A-Za-z][A-Za-z0-9_.-]*$",
                    "maxLength": Word::MAX_LEN,
                })
            }
            Shape::Integer => json!({ "type": "integer" }),
            Shape::Count => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
            Shape::Flag => json!({ "type": "boolean" }),
            Shape::List(inner) => json!({ "type": "array", "items": self.shape(inner) }),
            Shape::Map(inner) => {
                json!({ "type": ["object", "null"], "additionalProperties": self.shape(inner) })
            }
            Shape::Names(inner) => json!({
                "type": ["object", "null"],
                "propertyNames": { "pattern": names_pattern(inner) },
                "additionalProperties": self.shape(inner),
            }),
            Shape::Object(object) => self.object(object),
            // The branches are told apart by their kind, so that a mistake is told of the one that was meant.
            Shape::OrText(inner) => json!({ "if": { "type": "string" }, "else": self.shape(inner) }),
            Shape::OrList(inner) => {
                let one = self.shape(inner);
                json!({ "if": { "type": "array" }, "then": { "items": one.clone() }, "else": one })
            }
            Shape::OrNull(inner) => json!({ "if": { "type": "null" }, "else": self.shape(inner) }),
            Shape::Json => json!({}),
        }
    }
}

/// Built-in words for completion, and the form of all others.
fn type_name() -> Value {
    let words = Scalar::WORDS.join("|");
    let name = format!("({words}|([a-z][a-z0-9_]*[.])?[A-Z][A-Za-z0-9]*)");
    json!({
        "type": "string",
        "anyOf": [{ "enum": Scalar::WORDS }, { "pattern": format!("^ *((list|map) *< *)*{name} *(> *)*$") }],
    })
}

/// The form of free keys that become Rust names.
fn names_pattern(inner: &Shape) -> &'static str {
    let is_type = matches!(inner, Shape::Object(object)
        if matches!(object.id, ObjectId::Id | ObjectId::Enum | ObjectId::Struct));
    if is_type { "^[A-Z][A-Za-z0-9]*$" } else { "^[a-z][a-z0-9_]*$" }
}
