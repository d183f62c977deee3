//! The types that fields need: text in its forms, lists, maps and structs.

use super::document::{Node, Value};
use super::draft::{Field, Side, Struct};
use super::error::ImportError;
use super::flat::{Flat, example_here};
use super::limits::lost_limits;
use super::losses::{is_phone_pattern, losses, states_limits};
use super::schemas::{MAX_NESTING, Place, Reader, Reference, SINGLE, Typed};
use super::times;

impl<'a> Reader<'a> {
    pub(super) fn string(&mut self, flat: &Flat<'a>, place: Place<'_>) -> Typed {
        if let Some(name) = self.enumeration(flat, place.hint, false) {
            return Typed::plain(&name);
        }
        let example = example_here(flat);
        let fits = |word: &str| example.and_then(Node::text).is_some_and(|text| times::has_form(text, word));
        let timed = |candidates: &[&str], wanted: &str| {
            if let Some(word) = candidates.iter().find(|word| fits(word)) {
                return Typed::plain(word);
            }
            let note = match example {
                Some(_) => {
                    "a time on the page, but its example has none of the forms of the language".to_owned()
                }
                None => format!("a time without an example on the page: `{wanted}` is a guess"),
            };
            Typed { notes: vec![note], ..Typed::plain(if example.is_some() { "string" } else { wanted }) }
        };
        if flat.get("pattern").and_then(Node::text).is_some_and(is_phone_pattern) {
            return Typed::plain("phone");
        }
        match flat.get("format").and_then(Node::text).unwrap_or_default() {
            "date" if example.is_none() => Typed::plain("date"),
            "date" => timed(&["date"], "date"),
            "date-time" => timed(&["instant", "local_datetime", "instant_offset"], "instant"),
            "time" => timed(&["time"], "time"),
            "uri" | "url" => Typed::plain("url"),
            "byte" if ![Side::Query, Side::Header].contains(&place.side) => Typed::plain("base64"),
            "binary" => self.file(place.side),
            "decimal" => Typed::plain("decimal"),
            _ => Typed::plain("string"),
        }
    }

    pub(super) fn integer(flat: &Flat<'a>) -> Typed {
        let mut typed = Typed::plain("integer");
        if flat.get("format").and_then(Node::text) == Some("uint64") {
            typed.notes.push(
                "`format: uint64` on the page: values above 9223372036854775807 cannot be held".to_owned(),
            );
        }
        typed
    }

    /// A file: only a body of parts holds one.
    pub(super) fn file(&self, side: Side) -> Typed {
        if side == Side::Parts {
            return Typed::plain("binary");
        }
        let note = "bytes on the page, outside a multipart body: kept as text".to_owned();
        Typed { notes: vec![note], ..Typed::plain("string") }
    }

    pub(super) fn list(&mut self, flat: &Flat<'a>, place: Place<'_>) -> Result<Typed, ImportError> {
        let Some(items) = flat.get("items").filter(|items| items.has_entries()) else {
            return Ok(Typed {
                notes: vec!["the page does not say what the list contains".to_owned()],
                ..Typed::plain("list<json>")
            });
        };
        if place.nested == 0 {
            return Ok(Typed::json(format!("more than {MAX_NESTING} nested lists: kept as JSON")));
        }
        let own = self.flat(&items.into())?;
        let is_file = own.kinds().0 == ["file"] || own.get("format").and_then(Node::text) == Some("binary");
        if place.side == Side::Parts && is_file {
            let note = "several files on the page: the language sends one of a name".to_owned();
            return Ok(Typed { notes: vec![note], ..Typed::plain("binary") });
        }
        let inner = self.typed(&items.into(), place.inside(&singular(place.hint)))?;
        Ok(Typed { ty: format!("list<{}>", inner.ty), ..self.held(&own, inner, place.side, "entries") })
    }

    /// The notes of what a list or map holds.
    fn held(&mut self, own: &Flat<'a>, inner: Typed, side: Side, what: &str) -> Typed {
        let mut notes = inner.notes;
        let is_named =
            self.structs().any(|of| of.name == inner.ty) || self.enums.iter().any(|of| of.name == inner.ty);
        if !is_named && !own.doc().is_empty() {
            notes.push(own.doc());
        }
        if inner.nullable {
            notes.push("may be null on the page".to_owned());
        }
        if own.flag("deprecated") {
            notes.push("deprecated on the page".to_owned());
        }
        if side == Side::Answer {
            self.limited |= states_limits(own);
        } else {
            notes.extend(lost_limits(own));
        }
        Typed { notes: notes.into_iter().map(|note| format!("{what}: {note}")).collect(), ..Typed::default() }
    }

    /// Whether each member of each choice is text, a number, or true or false.
    pub(super) fn is_scalar(&mut self, flat: &Flat<'a>) -> Result<bool, ImportError> {
        let seen = self.seen.clone();
        for member in flat.choices.iter().flatten() {
            let own = self.flat_uncounted(&(*member).into())?;
            let kinds = own.kinds().0;
            let single = kinds.iter().all(|kind| SINGLE.contains(&kind.as_str()));
            if kinds.is_empty() || !single || !own.choices.is_empty() || !own.elsewhere.is_empty() {
                // What was only looked at is not read: it is told as a schema that no call needs.
                self.seen = seen;
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a type has a doc of its own.
    pub(super) fn is_named(&self, ty: &str) -> bool {
        self.structs().any(|of| of.name == ty) || self.enums.iter().any(|of| of.name == ty)
    }

    pub(super) fn any_object(
        &mut self,
        flat: &Flat<'a>,
        place: Place<'_>,
        reference: Option<&str>,
    ) -> Result<Typed, ImportError> {
        if flat.properties().iter().all(|(wire, _)| wire.is_empty()) && flat.choices.is_empty() {
            let values = flat
                .get("additionalProperties")
                .filter(|more| matches!(&more.value, Value::Map(entries) if !entries.is_empty()));
            let mut typed = match values {
                Some(values) if place.nested > 0 => {
                    let own = self.flat(&values.into())?;
                    let inner = self.typed(&values.into(), place.inside(&singular(place.hint)))?;
                    Typed { ty: format!("map<{}>", inner.ty), ..self.held(&own, inner, place.side, "values") }
                }
                _ => Typed::json("an object whose keys the page does not list: kept as JSON"),
            };
            typed.notes.extend(losses(flat, place.side));
            return Ok(typed);
        }
        let name = self.free_type_name(place.hint);
        if let Some(reference) = reference {
            let made = (reference.to_owned(), place.side);
            self.references.insert(made, Reference::Making(Some(name.clone())));
        }
        let at = self.structs.len();
        self.structs.push(None);
        let side = if place.side == Side::Parts { Side::Body } else { place.side };
        let mut all = self.fields(flat, &name, side, place.depth + 1)?;
        if flat.is_doc_cut() {
            all.notes.push("the page says more of it".to_owned());
        }
        if all.fields.is_empty() {
            // Everything in it was left out.
            return Ok(Typed { notes: all.notes, ..Typed::plain("json") });
        }
        let made = Struct { name, doc: flat.doc(), open: all.open, fields: all.fields, notes: all.notes };
        let twin = self.structs().find(|known| is_twin(known, &made)).map(|twin| twin.name.clone());
        if let Some(twin) = twin {
            self.names.release(&made.name);
            return Ok(Typed::plain(&twin));
        }
        let name = made.name.clone();
        self.structs[at] = Some(made);
        Ok(Typed::plain(&name))
    }
}

/// Whether two structs are one but for their names.
fn is_twin(known: &Struct, made: &Struct) -> bool {
    let same = |one: &Field, two: &Field| {
        let ty = two.ty.split_inclusive(['<', '>']).map(|part| match part.strip_prefix(&made.name) {
            Some(rest @ ("" | ">")) => format!("{}{rest}", known.name),
            _ => part.to_owned(),
        });
        *one == Field { ty: ty.collect(), ..two.clone() }
    };
    known.doc == made.doc
        && known.open == made.open
        && known.notes == made.notes
        && known.fields.len() == made.fields.len()
        && known.fields.iter().zip(&made.fields).all(|(one, two)| same(one, two))
}

/// `CreatePlanDetails` -> `CreatePlanDetail`.
fn singular(name: &str) -> String {
    let name = name.strip_suffix("List").filter(|rest| !rest.is_empty()).unwrap_or(name);
    if let Some(stem) = name.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match name.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) && stem.len() > 2 => stem.to_owned(),
        _ => name.to_owned(),
    }
}
