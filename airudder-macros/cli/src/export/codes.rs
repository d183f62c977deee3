//! Error codes as values.

use airudder_codegen::ir::ErrorRow;
use airudder_model::{Code, CodeForm};

use super::value::{Map, Value};

/// A code as it stands in an answer.
pub(super) fn value(code: Code) -> Value {
    match code {
        Code::Number(number) => number.into(),
        Code::Word(word) => word.as_str().into(),
    }
}

/// The schema of a code.
pub(super) fn schema(form: CodeForm) -> Map {
    match form {
        CodeForm::Number => Map::new().with("type", "integer").with("format", "int64"),
        CodeForm::Word => Map::new().with("type", "string"),
    }
}

/// A table of codes.
pub(super) fn table<'r>(rows: impl IntoIterator<Item = &'r ErrorRow>) -> Map {
    rows.into_iter().fold(Map::new(), |map, row| {
        let facts = Map::new()
            .with("name", &row.name)
            .with("meaning", &row.meaning)
            .list("meanings", row.meanings.iter().map(Value::from).collect())
            .maybe("field", row.field.as_ref())
            .maybe("limit", row.limit.as_ref())
            .maybe("group", row.group.as_ref())
            .maybe("note", row.note.as_ref())
            .maybe("status", row.status.map(i64::from))
            .maybe("same-meaning-as", row.same_meaning_as.map(value))
            .with("x-evidence", row.evidence.word());
        map.with(&row.code.to_string(), facts)
    })
}
