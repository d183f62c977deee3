//! Why a request is refused, and with which code.

use airudder_client::catalogue::{Code, Endpoint, FamilyInfo, Field, Problem};
use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::loose_json;

/// Why a request is refused.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) code: Code,
    pub(crate) message: String,
    /// More about it, in families whose refusals have an object for that.
    pub(crate) details: Map<String, Value>,
}

impl Failure {
    /// A business error: HTTP 200 and a code (that it is 200 is assumed).
    pub(crate) fn code(code: impl Into<Code>, message: impl Into<String>) -> Self {
        Self { status: StatusCode::OK, code: code.into(), message: message.into(), details: Map::new() }
    }

    /// The token is absent, wrong or expired.
    pub(crate) fn unauthorized(code: Code) -> Self {
        Self {
            status: StatusCode::UNAUTHORIZED,
            code,
            message: "the token is missing, wrong or has expired".to_owned(),
            details: Map::new(),
        }
    }

    /// A value that is right by itself and yet cannot be used: the field's own code, else the family's.
    pub(crate) fn field(
        endpoint: &Endpoint,
        wire: &str,
        problem: Problem,
        message: impl Into<String>,
    ) -> Self {
        let code = field_code(endpoint.request, wire, problem).unwrap_or_else(|| invalid_code(endpoint));
        Self::code(code, message)
    }
}

/// The code that a field of the request (or of a row of one of its lists) has for a problem.
pub(crate) fn field_code(fields: &'static [Field], wire: &str, problem: Problem) -> Option<Code> {
    let own = fields.iter().find(|field| loose_json::same(field.wire, wire))?;
    own.codes.iter().find(|(known, _)| *known == problem).map(|(_, code)| *code)
}

/// The code for a value that is wrong in a way that has none of its own. 400 where the family has no such
/// code either (made up).
pub(crate) fn invalid_code(endpoint: &Endpoint) -> Code {
    family(endpoint).invalid_code.unwrap_or(Code::Number(400))
}

pub(crate) fn family(endpoint: &Endpoint) -> &'static FamilyInfo {
    endpoint.family.info()
}

/// A code as JSON.
pub(crate) fn code_json(code: Code) -> Value {
    match code {
        Code::Number(number) => number.into(),
        Code::Word(word) => word.as_str().into(),
    }
}
