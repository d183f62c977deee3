//! Values that are not what a type of the caller's says.

use std::error::Error as StdError;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value of an answer that is not what a type of the caller's says.
///
/// It tells which key is missing or not known, and quotes no value: those may be personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeMismatch {
    field: &'static str,
    type_name: &'static str,
    problem: String,
}

impl TypeMismatch {
    /// Wire name of the field.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// What is wrong.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    #[doc(hidden)]
    pub fn __read<T: DeserializeOwned>(field: &'static str, value: Option<&Value>) -> Result<T, Self> {
        let value = value.unwrap_or(&Value::Null);
        T::deserialize(value).map_err(|error| {
            let text = error.to_string();
            // Those name keys, the others may hold the value.
            let problem = match text.starts_with("missing field") || text.starts_with("duplicate field") {
                true => text,
                false if value.is_null() => "there is none".to_owned(),
                false => "a value is of another type or not one of those allowed".to_owned(),
            };
            Self { field, type_name: std::any::type_name::<T>(), problem }
        })
    }
}

impl fmt::Display for TypeMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not what {} says: {}", self.field, self.type_name, self.problem)
    }
}

impl StdError for TypeMismatch {}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    struct Reply {
        guests: u8,
    }

    #[test]
    fn values_are_read_and_never_quoted() {
        let read = |value: Option<Value>| TypeMismatch::__read::<Reply>("result", value.as_ref());
        assert_eq!(read(Some(json!({"guests": 2}))), Ok(Reply { guests: 2 }));
        assert_eq!(TypeMismatch::__read::<Option<Reply>>("result", None), Ok(None));
        assert!(read(Some(json!({}))).unwrap_err().problem().contains("missing field `guests`"));
        assert_eq!(read(None).unwrap_err().problem(), "there is none");
        let error = read(Some(json!({"guests": "Jane Doe"}))).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("Jane"), "{error}");
        assert_eq!(error.field(), "result");
    }
}
