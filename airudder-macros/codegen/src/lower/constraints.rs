//! What the value of a field must satisfy.

use crate::diagnostic::{Diagnostic, at_key, at_value};
use crate::ir::{Constraint, SchemaProfile, Type};
use crate::syntax::node::Node;
use airudder_model::{Limit, LimitOn, Problem, Scalar};

pub(super) fn fits(on: LimitOn, ty: &Type) -> bool {
    match (on, ty) {
        (LimitOn::Phone, ty) => matches!(ty.innermost(), Type::Scalar(Scalar::Phone)),
        (LimitOn::Text, Type::Id(_) | Type::Enum(_)) => true,
        (LimitOn::Text, Type::Scalar(scalar)) => scalar.is_text(),
        (LimitOn::Number, Type::Scalar(scalar)) => scalar.is_number(),
        (LimitOn::List, Type::List(_)) => true,
        (LimitOn::Day, ty) => {
            matches!(ty, Type::Scalar(scalar) if scalar.is_time() && *scalar != Scalar::Time)
        }
        (LimitOn::Text, Type::Struct(_) | Type::List(_) | Type::Map(_))
        | (LimitOn::Number, Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::List(_) | Type::Map(_))
        | (LimitOn::List, Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::Struct(_) | Type::Map(_)) => {
            false
        }
    }
}

pub(super) fn constraints(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for limit in Limit::ALL.iter().copied() {
        let Some(written) = node.get(limit.word()) else { continue };
        let Some(number) = written.integer() else { continue };
        if fits(limit.on(), ty) {
            constraints.push(Constraint::Limit(limit, number));
        } else {
            let diagnostic =
                misfit(node, written, &format!("`{limit}` does not fit the type `{}`", shown_type(node)));
            diagnostics.push(diagnostic.help(for_type(limit, ty)));
        }
    }
    check_order(node, &constraints, diagnostics);
    if fits(LimitOn::Day, ty) {
        check_minutes(node, diagnostics);
    }
    constraints.extend(not_past(node, ty, diagnostics));
    constraints.extend(schema_profile(node, ty, diagnostics));
    if let Some(written) = node.get("one_of") {
        constraints.extend(one_of(node, written, ty, diagnostics));
    }
    constraints
}

/// A length of time is one to another field.
fn check_minutes(node: &Node, diagnostics: &mut Vec<Diagnostic>) {
    let written = |key: &str| node.get(key).filter(|written| !written.is_null());
    let key = Limit::MinMinutesBefore.word();
    if let (Some(minutes), None) = (written(key), written("before"))
        && !node.is_poisoned("before")
    {
        let diagnostic = at_key(minutes, format!("`{key}` says nothing without `before`"));
        diagnostics.push(diagnostic.help("say which field must be so much later: `before: end_time`"));
    }
}

/// Whether the field must not lie in the past.
fn not_past(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Option<Constraint> {
    if !node.flag_at("not_past") {
        return None;
    }
    let written = node.get("not_past")?;
    if fits(LimitOn::Day, ty) {
        return Some(Constraint::NotPast);
    }
    let text = format!("`not_past` does not fit the type `{}`", shown_type(node));
    diagnostics.push(misfit(node, written, &text).help("it is for dates, and times with a day"));
    None
}

/// What a JSON Schema may say.
fn schema_profile(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Option<Constraint> {
    let written = node.get("schema_profile").filter(|written| !written.is_null())?;
    if !matches!(ty.innermost(), Type::Scalar(Scalar::JsonSchema)) {
        let text = format!("`schema_profile` does not fit the type `{}`", shown_type(node));
        diagnostics.push(misfit(node, written, &text).help("it is for `json_schema`"));
        return None;
    }
    let types = written.texts_at("types");
    if types.is_empty() {
        if let Some(types) = written.get("types").filter(|types| types.poisoned.is_empty()) {
            let help = "list the types that a property may have, such as `[string, boolean]`";
            diagnostics.push(at_value(types, "`types` allows no property at all").help(help));
        }
        return None;
    }
    Some(Constraint::Schema(SchemaProfile {
        types,
        max_properties: written.integer_at("max_properties").and_then(|most| u32::try_from(most).ok()),
        closed: written.flag_at("closed"),
        without: written.texts_at("without"),
    }))
}

pub(super) fn one_of(
    node: &Node,
    written: &Node,
    ty: &Type,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Constraint> {
    if !matches!(ty, Type::Scalar(Scalar::String | Scalar::Integer) | Type::Enum(_) | Type::Id(_)) {
        let diagnostic =
            misfit(node, written, &format!("`one_of` does not fit the type `{}`", shown_type(node)));
        diagnostics.push(diagnostic.help("it is for text and whole numbers: string, integer, ids and enums"));
        return None;
    }
    if written.items().is_empty() {
        diagnostics.push(
            at_value(written, "`one_of` allows no value").help("list the values allowed, or leave it out"),
        );
        return None;
    }
    if let (Type::Scalar(Scalar::Integer), Some(text)) =
        (ty, written.items().iter().find(|item| item.integer().is_none()))
    {
        diagnostics.push(
            at_value(text, "this is not a whole number, and the field's type is `integer`")
                .help("write whole numbers without quotes"),
        );
        return None;
    }
    Some(Constraint::OneOf(node.texts_at("one_of")))
}

/// The only value that a field takes.
pub(super) fn fixed(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let written = node.get("fixed").filter(|written| !written.is_null())?;
    let fits = match ty {
        Type::Scalar(Scalar::String) | Type::Id(_) | Type::Enum(_) => true,
        Type::Scalar(Scalar::Integer) => written.scalar().is_some_and(|text| text.parse::<i64>().is_ok()),
        Type::Scalar(Scalar::Boolean) => written.flag().is_some(),
        Type::Scalar(_) | Type::Struct(_) | Type::List(_) | Type::Map(_) => false,
    };
    if !fits {
        let text = format!("`fixed` does not fit the type `{}`", shown_type(node));
        diagnostics
            .push(misfit(node, written, &text).help("it is for one word, whole number, or true or false"));
        return None;
    }
    written.scalar()
}

/// The Rust name of the field by which two entries of a list are the same.
pub(super) fn unique(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) -> Option<String> {
    let written = node.get("unique").filter(|written| !written.is_null())?;
    if !matches!(ty, Type::List(inner) if matches!(**inner, Type::Struct(_))) {
        let text = format!("`unique` does not fit the type `{}`", shown_type(node));
        diagnostics.push(misfit(node, written, &text).help("it is for lists of a struct"));
        return None;
    }
    written.scalar()
}

pub(super) fn shown_type(node: &Node) -> String {
    node.text_at("type").unwrap_or_default()
}

/// What a limit is for, and the limit that was probably meant.
pub(super) fn for_type(limit: Limit, ty: &Type) -> String {
    let for_what = match limit.on() {
        LimitOn::Text => "text: string, url, phone, base64, json_text, ids and enums",
        LimitOn::Phone => "phone numbers",
        LimitOn::Number => "numbers: integer, number, decimal",
        LimitOn::List => "lists",
        LimitOn::Day => "dates, and times with a day",
    };
    let meant =
        [LimitOn::List, LimitOn::Number, LimitOn::Text].into_iter().find(|on| fits(*on, ty)).and_then(|on| {
            let mut same_side =
                Limit::ALL.iter().filter(|l| l.is_lower() == limit.is_lower() && !l.is_exclusive());
            same_side.find(|l| l.on() == on)
        });
    match meant {
        Some(meant) => format!("it is for {for_what}; did you mean `{meant}`?"),
        None => format!("it is for {for_what}"),
    }
}

pub(super) fn check_order(node: &Node, constraints: &[Constraint], diagnostics: &mut Vec<Diagnostic>) {
    let limits: Vec<(Limit, i64)> = constraints
        .iter()
        .filter_map(|constraint| match constraint {
            Constraint::Limit(limit, number) => Some((*limit, *number)),
            Constraint::OneOf(_)
            | Constraint::Before(_)
            | Constraint::SameDay(_)
            | Constraint::NotPast
            | Constraint::Schema(_) => None,
        })
        .collect();
    for (low, least) in limits.iter().filter(|(limit, _)| limit.is_lower()) {
        for (high, most) in limits.iter().filter(|(limit, _)| !limit.is_lower() && limit.on() == low.on()) {
            let exclusive = low.is_exclusive() || high.is_exclusive();
            if least < most || (least == most && !exclusive) {
                continue;
            }
            let (Some(low_node), Some(high_node)) = (node.get(low.word()), node.get(high.word())) else {
                continue;
            };
            // Reported where somebody changed it last.
            let at = if is_of(node, low_node) && !is_of(node, high_node) { high_node } else { low_node };
            let diagnostic = at_value(at, format!("`{low}: {least}` and `{high}: {most}` leave no value"));
            diagnostics.push(diagnostic.help(format!("`{low}` must be below `{high}`")));
            return;
        }
    }
}

/// Reports codes for a way to be wrong in which values of the type never are.
pub(super) fn check_problems(node: &Node, ty: &Type, diagnostics: &mut Vec<Diagnostic>) {
    let Some(codes) = node.get("codes") else { return };
    let inner = ty.innermost();
    for (name, written) in codes.entries() {
        let Some(problem) = Problem::from_word(name) else { continue };
        let (fits, of) = match problem {
            Problem::TooLong | Problem::TooShort => (fits(LimitOn::Text, inner), "text"),
            Problem::OutOfRange => {
                (fits(LimitOn::Number, inner) || inner.is_time(), "numbers, dates and times")
            }
            Problem::TooMany | Problem::TooFew => {
                (matches!(ty, Type::List(_) | Type::Map(_)), "lists and maps")
            }
            Problem::NotBefore | Problem::TooClose | Problem::Past => (inner.is_time(), "dates and times"),
            Problem::OtherDay => (fits(LimitOn::Day, inner), "dates, and times with a day"),
            Problem::RowIncomplete | Problem::RowEmpty => {
                (matches!(ty, Type::List(_)) && !is_single(inner), "lists of a struct")
            }
            Problem::NotOneOf => {
                (matches!(inner, Type::Id(_) | Type::Enum(_)) || is_word(inner), "words and numbers")
            }
            Problem::Missing
            | Problem::WrongType
            | Problem::Invalid
            | Problem::Taken
            | Problem::Unknown
            | Problem::Refused => (true, ""),
        };
        if !fits {
            let text = format!("a value of the type `{}` is never `{problem}`", shown_type(node));
            diagnostics.push(misfit(node, written, &text).help(format!("that is for {of}")));
        }
    }
}

fn is_single(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(scalar) if *scalar != Scalar::Json) || matches!(ty, Type::Id(_) | Type::Enum(_))
}

fn is_word(ty: &Type) -> bool {
    matches!(ty, Type::Scalar(scalar) if scalar.is_text() || scalar.is_number() || *scalar == Scalar::Json)
}

/// Where to report that a key of a field does not fit its type: at the key, or at the type where a derived
/// entry changed the type alone.
pub(super) fn misfit(node: &Node, key: &Node, text: &str) -> Diagnostic {
    match node.get("type") {
        Some(ty) if !is_of(node, ty) && is_of(node, key) => {
            at_value(ty, format!("{text}, which the base has"))
                .help("change that key too, or remove it with `null`")
        }
        _ => at_key(key, text.to_owned()),
    }
}

/// Whether a key's value was written with the field itself, and not in a change.
pub(super) fn is_of(node: &Node, value: &Node) -> bool {
    node.span.contains(&value.span)
}
