//! JSON Schemas, as values of requests and answers.

use std::fmt;

use serde_json::Value;

use crate::__private as __c;
use crate::wire::JsonValue;

/// A JSON Schema: an object that says what another value looks like.
///
/// Made from JSON as it is; or, with the cargo feature `schemars`, from a Rust type by
/// [`of`](Self::of).
///
/// ```
/// use airudder_client::types::JsonSchema;
/// use serde_json::json;
///
/// let schema = JsonSchema::from(json!({
///     "type": "object",
///     "properties": {"suits": {"type": "string", "enum": ["yes", "no", "unknown"]}},
///     "required": ["suits"],
///     "additionalProperties": false,
/// }));
/// assert_eq!(schema.as_value()["required"][0], "suits");
/// ```
#[derive(Clone, PartialEq)]
pub struct JsonSchema(Value);

/// A schema of an object without properties.
impl Default for JsonSchema {
    fn default() -> Self {
        Self(serde_json::json!({"type": "object", "properties": {}, "additionalProperties": false}))
    }
}

impl JsonSchema {
    /// The schema.
    pub fn as_value(&self) -> &Value {
        &self.0
    }

    /// The schema, without a copy.
    pub fn into_value(self) -> Value {
        self.0
    }

    /// The schema of a Rust type, in the plain form that services take which extract data: everything stands
    /// in its place (no `$ref`), objects take no further keys, what may be absent is not required (and not
    /// null), and of the other keywords only the type, the values, the limits of text and lists and the
    /// descriptions are kept. Doc comments become descriptions.
    ///
    /// ```
    /// use airudder_client::types::JsonSchema;
    ///
    /// #[derive(schemars::JsonSchema)]
    /// struct Reply {
    ///     /// Whether the time suits.
    ///     suits: bool,
    ///     guests: Option<u32>,
    /// }
    ///
    /// let schema = JsonSchema::of::<Reply>();
    /// let properties = &schema.as_value()["properties"];
    /// assert_eq!(properties["suits"]["description"], "Whether the time suits.");
    /// assert_eq!(properties["guests"]["type"], "integer");
    /// assert_eq!(schema.as_value()["required"], serde_json::json!(["suits"]));
    /// ```
    #[cfg(feature = "schemars")]
    #[cfg_attr(docsrs, doc(cfg(feature = "schemars")))]
    pub fn of<T: schemars::JsonSchema>() -> Self {
        let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
        let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
        plain(&mut schema);
        Self(schema)
    }
}

/// The keywords that a plain schema keeps.
#[cfg(feature = "schemars")]
const KEPT: &[&str] = &[
    "type",
    "enum",
    "const",
    "description",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "pattern",
    "anyOf",
    "oneOf",
    "$ref",
    "$defs",
];

/// Takes out of a schema what says nothing of the shape of a value, and null.
#[cfg(feature = "schemars")]
fn plain(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else { return };
    one_of_words(object);
    without_null(object);
    object.retain(|key, _| KEPT.contains(&key.as_str()));
    if object.get("type").is_some_and(|kind| kind == "object") && object.contains_key("properties") {
        object.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    for (key, value) in object.iter_mut() {
        match (key.as_str(), value) {
            ("properties" | "$defs", Value::Object(named)) => named.values_mut().for_each(plain),
            ("anyOf" | "oneOf", Value::Array(cases)) => cases.iter_mut().for_each(plain),
            ("items" | "additionalProperties", value) => plain(value),
            _ => {}
        }
    }
}

/// An enumeration whose words have descriptions comes as a list of cases: as one list of words it is plainer.
#[cfg(feature = "schemars")]
fn one_of_words(object: &mut serde_json::Map<String, Value>) {
    let Some(Value::Array(cases)) = object.get("oneOf") else { return };
    let words = |case: &Value| match (case.get("type")?.as_str()?, case.get("const"), case.get("enum")) {
        ("string", Some(word), None) => Some(vec![word.clone()]),
        ("string", None, Some(Value::Array(words))) => Some(words.clone()),
        _ => None,
    };
    let Some(words) = cases.iter().map(words).collect::<Option<Vec<_>>>() else { return };
    object.remove("oneOf");
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), words.concat().into());
}

/// What may be null need not be there: that says the same in fewer words.
#[cfg(feature = "schemars")]
fn without_null(object: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(words)) = object.get_mut("enum") {
        words.retain(|word| !word.is_null());
    }
    if let Some(Value::Array(cases)) = object.get_mut("anyOf") {
        cases.retain(|case| case.get("type").is_none_or(|kind| kind != "null"));
        if let [Value::Object(only)] = cases.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
            one_of_words(object);
        }
    }
}

impl From<Value> for JsonSchema {
    fn from(schema: Value) -> Self {
        Self(schema)
    }
}

impl From<&Value> for JsonSchema {
    fn from(schema: &Value) -> Self {
        Self(schema.clone())
    }
}

impl From<&JsonSchema> for JsonSchema {
    fn from(schema: &JsonSchema) -> Self {
        schema.clone()
    }
}

/// Shows no more than that it is one: its texts may be about a person.
impl fmt::Debug for JsonSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JsonSchema(<redacted>)")
    }
}

impl JsonValue for JsonSchema {
    fn from_value(value: Value) -> Self {
        Self(value)
    }

    fn as_value(&self) -> &Value {
        &self.0
    }
}

crate::__impl_serde_by_codec!(__c JsonSchema, crate::wire::JsonObject<JsonSchema>);

#[cfg(all(test, feature = "schemars"))]
mod tests {
    use serde_json::json;

    use super::*;

    /// What was agreed.
    #[derive(schemars::JsonSchema)]
    #[allow(dead_code, reason = "its schema is what is looked at")]
    struct Agreement {
        /// The answer.
        answer: Answer,
        fallback: Option<Answer>,
        amount: Option<f64>,
        guests: u8,
        names: Vec<String>,
    }

    #[derive(schemars::JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[allow(dead_code, reason = "its schema is what is looked at")]
    enum Answer {
        /// They agree.
        Yes,
        No,
        NotAsked,
    }

    #[test]
    fn schemas_of_types_are_plain() {
        let words = json!(["no", "not_asked", "yes"]);
        let mut schema = JsonSchema::of::<Agreement>().into_value();
        for field in ["answer", "fallback"] {
            let listed = schema["properties"][field]["enum"].as_array_mut().unwrap();
            listed.sort_by_key(ToString::to_string);
        }
        assert_eq!(
            schema,
            json!({
                "type": "object",
                "description": "What was agreed.",
                "additionalProperties": false,
                "required": ["answer", "guests", "names"],
                "properties": {
                    "answer": {"type": "string", "enum": words, "description": "The answer."},
                    "fallback": {"type": "string", "enum": words},
                    "amount": {"type": "number"},
                    "guests": {"type": "integer"},
                    "names": {"type": "array", "items": {"type": "string"}},
                },
            })
        );
    }
}
