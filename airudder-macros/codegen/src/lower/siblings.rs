//! Keys by which a field names another one beside it. The spec has its Rust name, the model its wire name.

use std::collections::HashMap;

use airudder_model::LimitOn;

use super::Context;
use super::constraints::{fits, is_of};
use crate::diagnostic::{Diagnostic, at_value, did_you_mean};
use crate::ir::{Constraint, Field};
use crate::syntax::node::Node;

/// What a field says of another one.
#[derive(Clone, Copy)]
enum Link {
    Before,
    SameDayAs,
    Mirror,
}

impl Link {
    const ALL: [Self; 3] = [Self::Before, Self::SameDayAs, Self::Mirror];

    fn key(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::SameDayAs => "same_day_as",
            Self::Mirror => "mirror",
        }
    }

    /// Says it with the wire name; `None` takes it away.
    fn set(self, field: &mut Field, wire: Option<String>) {
        match self {
            Self::Before => {
                field.constraints.retain(|constraint| !matches!(constraint, Constraint::Before(_)));
                field.constraints.extend(wire.map(Constraint::Before));
            }
            Self::SameDayAs => {
                field.constraints.retain(|constraint| !matches!(constraint, Constraint::SameDay(_)));
                field.constraints.extend(wire.map(Constraint::SameDay));
            }
            Self::Mirror => field.mirror = wire,
        }
    }

    fn fits(self, field: &Field, sibling: &Field) -> bool {
        match self {
            Self::Before => field.ty.is_time() && sibling.ty.is_time(),
            Self::SameDayAs => fits(LimitOn::Day, &field.ty) && fits(LimitOn::Day, &sibling.ty),
            Self::Mirror => field.ty == sibling.ty,
        }
    }

    /// What is wrong where two fields do not fit, and the remedy.
    fn misfit(self) -> (&'static str, &'static str) {
        match self {
            Self::Before => {
                ("compares what is not a date or time", "both fields must be of a date or time type")
            }
            Self::SameDayAs => ("compares what has no day", "both fields must be dates, or times with a day"),
            Self::Mirror => ("takes over a value of another type", "both fields must be of one type"),
        }
    }

    fn remedy_of_itself(self) -> &'static str {
        match self {
            Self::Before => "name the later field",
            Self::SameDayAs | Self::Mirror => "name the other field",
        }
    }
}

/// Finds the fields that others name. Reported where a field was dropped, if it was.
pub(super) fn resolve_siblings(fields: &mut [Field], dropped: Option<&Node>, context: &mut Context<'_>) {
    let named = |field: &Field| Link::ALL.iter().any(|link| field.node.get(link.key()).is_some());
    if !fields.iter().any(named) {
        return;
    }
    let siblings: HashMap<String, Field> = fields.iter().map(|f| (f.name.clone(), f.clone())).collect();
    for field in fields.iter_mut() {
        let mut reported = Vec::new();
        for link in Link::ALL {
            let name = field.node.text_at(link.key());
            let diagnostic = resolve(link, field, &siblings, dropped);
            // One cause, one report: a name that is no field's may be said twice.
            if !name.as_ref().is_some_and(|name| reported.contains(name)) {
                reported.extend(name.filter(|name| diagnostic.is_some() && !siblings.contains_key(name)));
                context.diagnostics.extend(diagnostic);
            }
        }
    }
}

fn resolve(
    link: Link,
    field: &mut Field,
    siblings: &HashMap<String, Field>,
    dropped: Option<&Node>,
) -> Option<Diagnostic> {
    let key = link.key();
    let written = field.node.get(key)?.clone();
    link.set(field, None);
    if written.is_null() {
        return None;
    }
    let name = written.scalar().unwrap_or_default();
    let Some(sibling) = siblings.get(&name) else {
        return Some(names_nothing(link, &written, &name, siblings, dropped));
    };
    if sibling.name == field.name {
        let diagnostic = at_value(&written, format!("`{key}: {name}` names the field itself"));
        return Some(diagnostic.help(link.remedy_of_itself()));
    }
    if link.fits(field, sibling) {
        link.set(field, Some(sibling.wire.clone()));
        return None;
    }
    // A type that is not known may well fit.
    if !(sibling.valid && field.valid) {
        return None;
    }
    let changed =
        [&*field, sibling].into_iter().find_map(|f| f.node.get("type").filter(|ty| !is_of(&f.node, ty)));
    let place = if is_of(&field.node, &written) { changed.unwrap_or(&written) } else { &written };
    let (problem, remedy) = link.misfit();
    Some(at_value(place, format!("`{key}: {name}` {problem}")).help(remedy))
}

fn names_nothing(
    link: Link,
    written: &Node,
    name: &str,
    siblings: &HashMap<String, Field>,
    dropped: Option<&Node>,
) -> Diagnostic {
    let key = link.key();
    let items = dropped.map(Node::items).unwrap_or_default();
    if let Some(item) = items.iter().find(|item| item.scalar().as_deref() == Some(name)) {
        let text = format!("`{name}` is dropped, and another field of the base says `{key}: {name}`");
        let help = format!("remove that too: `change: {{request: {{the_field: {{{key}: null}}}}}}`");
        return at_value(item, text).help(help);
    }
    let mut known: Vec<&str> = siblings.keys().map(String::as_str).collect();
    known.sort_unstable();
    let text = format!("`{key}: {name}` does not name a field beside this one");
    did_you_mean(at_value(written, text), name, &known)
}
