//! JSON Schemas in requests, of which the service may take a profile only.

use airudder_model::JsonView;
use serde_json::Value;

use super::report::Report;
use crate::catalogue::{Constraint, Field, Problem, SchemaProfile};

/// The profile that a field's schemas must keep to.
pub(super) fn profile(field: &'static Field) -> Option<&'static SchemaProfile<'static>> {
    field.constraints.iter().find_map(|constraint| match constraint {
        Constraint::Schema(profile) => Some(*profile),
        Constraint::Limit(..)
        | Constraint::OneOf(_)
        | Constraint::Before(_)
        | Constraint::SameDay(_)
        | Constraint::NotPast => None,
    })
}

/// Checks a schema by the profile of its field.
pub(super) fn check(report: &mut Report, field: &'static Field, profile: &SchemaProfile<'_>, schema: &Value) {
    let Some(problem) = profile.problem(View(schema)) else { return };
    if let Some(name) = problem.property {
        report.enter_free(name.to_owned());
    }
    report.add(field, Problem::Invalid, format_args!("{problem}"));
    if problem.property.is_some() {
        report.leave();
    }
}

/// What a profile looks at.
#[derive(Clone, Copy)]
struct View<'s>(&'s Value);

impl<'s> JsonView<'s> for View<'s> {
    fn text(self) -> Option<&'s str> {
        self.0.as_str()
    }

    fn is_false(self) -> bool {
        *self.0 == Value::Bool(false)
    }

    fn members(self) -> Option<impl Iterator<Item = (&'s str, Self)>> {
        Some(self.0.as_object()?.iter().map(|(name, value)| (name.as_str(), View(value))))
    }
}
