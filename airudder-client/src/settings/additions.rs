//! What goes into a request beside that which its caller has set: values of the account, a prefix of names,
//! a value under a second name. It happens where requests are written, so that all that is done with one
//! (checking, sending, looking for what it has made) sees the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::catalogue::{Endpoint, Field, Problem};
use crate::json::Fields;

/// What the client's user wants in all requests.
#[derive(Default)]
pub(crate) struct Additions {
    /// Goes before names that must be unique; empty: nothing.
    pub(crate) name_prefix: String,
    /// Values by wire name, for fields that are not set.
    pub(crate) defaults: BTreeMap<String, Value>,
}

impl Additions {
    /// Whether anything can be added to the requests of an endpoint.
    pub(super) fn concern(&self, endpoint: &Endpoint) -> bool {
        endpoint.request.iter().any(|field| {
            field.mirror.is_some()
                || (!self.name_prefix.is_empty() && is_unique(field))
                || self.defaults.contains_key(field.wire)
        })
    }

    /// The request's JSON with all that is to be added to it. Nothing is read where nothing can be.
    pub(super) fn add(&self, endpoint: &Endpoint, json: Vec<u8>) -> Result<Vec<u8>, serde_json::Error> {
        if !self.concern(endpoint) {
            return Ok(json);
        }
        let mut fields: Fields<'_> = serde_json::from_slice(&json)?;
        for field in endpoint.request {
            if let Some(value) = self.defaults.get(field.wire)
                && !is_set(&fields, field.wire)
            {
                fields.set(field.wire, value.to_string());
            }
        }
        for field in endpoint.request {
            if let Some(other) = field.mirror
                && !is_set(&fields, field.wire)
                && let Some(value) = exact(&fields, other).map(|value| value.get().to_owned())
            {
                fields.set(field.wire, value);
            }
        }
        for field in endpoint.request.iter().filter(|field| is_unique(field)) {
            let name = exact(&fields, field.wire).and_then(|value| serde_json::from_str(value.get()).ok());
            if let Some(Value::String(name)) = name
                && let Cow::Owned(named) = self.named(field, &name)
            {
                fields.set(field.wire, Value::from(named).to_string());
            }
        }
        Ok(fields.json())
    }

    /// A name as it goes into a field.
    pub(crate) fn named<'n>(&self, field: &Field, name: &'n str) -> Cow<'n, str> {
        // A prefix alone is no name: what is missing is to be told.
        let bare = name.trim().is_empty() || name.starts_with(&self.name_prefix);
        match bare || !is_unique(field) {
            true => Cow::Borrowed(name),
            false => Cow::Owned(format!("{}{name}", self.name_prefix)),
        }
    }
}

/// Whether the vendor refuses a value that something else has: a name that must be unique.
fn is_unique(field: &Field) -> bool {
    field.codes.iter().any(|(problem, _)| *problem == Problem::Taken)
}

fn exact<'f>(fields: &'f Fields<'_>, wire: &str) -> Option<&'f RawValue> {
    fields.0.iter().find(|(name, _)| name == wire).map(|(_, value)| &**value)
}

/// Whether a field has a value: empty text is as good as none.
fn is_set(fields: &Fields<'_>, wire: &str) -> bool {
    exact(fields, wire).is_some_and(|value| !matches!(value.get(), "null" | "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Code, Kind, Scalar};
    use crate::test_server::READ;

    const TEXT: Field = Field { kind: Kind::Scalar(Scalar::String), ..Field::EMPTY };
    const ENDPOINT: Endpoint = Endpoint {
        request: &[
            Field { wire: "Name", codes: &[(Problem::Taken, Code::Number(3))], ..TEXT },
            Field { wire: "Line", ..TEXT },
            Field { wire: "qa", mirror: Some("QA"), ..TEXT },
            Field { wire: "QA", mirror: Some("qa"), ..TEXT },
        ],
        ..READ
    };

    fn added(additions: &Additions, json: &str) -> String {
        String::from_utf8(additions.add(&ENDPOINT, json.into()).unwrap()).unwrap()
    }

    #[test]
    fn a_name_gets_its_prefix_once() {
        let additions = Additions { name_prefix: "staging_".to_owned(), ..Additions::default() };
        for (given, sent) in [
            (r#"{"Name":"march","Line":"x"}"#, r#"{"Name":"staging_march","Line":"x"}"#),
            (r#"{"Name":"staging_march"}"#, r#"{"Name":"staging_march"}"#),
            (r#"{"Name":"m\"é"}"#, r#"{"Name":"staging_m\"é"}"#),
            (r#"{"Name":""}"#, r#"{"Name":""}"#),
            (r#"{"Name":null}"#, r#"{"Name":null}"#),
            ("{}", "{}"),
        ] {
            assert_eq!(added(&additions, given), sent);
        }
    }

    #[test]
    fn what_is_not_set_is_added() {
        let defaults = [("Line".to_owned(), Value::from("ACME")), ("Elsewhere".to_owned(), Value::from(1))];
        let additions = Additions { defaults: defaults.into(), ..Additions::default() };
        for (given, sent) in [
            ("{}", r#"{"Line":"ACME"}"#),
            (r#"{"Line":""}"#, r#"{"Line":"ACME"}"#),
            (r#"{"Line":null,"n":0.10}"#, r#"{"Line":"ACME","n":0.10}"#),
            (r#"{"Line":"own"}"#, r#"{"Line":"own"}"#),
        ] {
            assert_eq!(added(&additions, given), sent);
        }
    }

    #[test]
    fn a_mirror_takes_the_value_of_the_other_field() {
        let none = Additions::default();
        for (given, sent) in [
            (r#"{"qa":"Y"}"#, r#"{"qa":"Y","QA":"Y"}"#),
            (r#"{"QA":"N"}"#, r#"{"QA":"N","qa":"N"}"#),
            (r#"{"qa":"Y","QA":"N"}"#, r#"{"qa":"Y","QA":"N"}"#),
            ("{}", "{}"),
        ] {
            assert_eq!(added(&none, given), sent);
        }
    }
}
