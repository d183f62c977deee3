//! From the properties of an object to fields.

use airudder_codegen::names;

use super::document::Node;
use super::draft::{Field, Side};
use super::error::ImportError;
use super::flat::{Flat, Schema, doc_of};
use super::free_names;
use super::limits::limits;
use super::losses::{losses, shown, states_limits};
use super::schemas::{Place, Reader};
use super::yaml;

/// The fields of an object.
pub(super) struct Fields {
    pub(super) fields: Vec<Field>,
    /// Whether it may have others.
    pub(super) open: bool,
    pub(super) notes: Vec<String>,
}

impl<'a> Reader<'a> {
    /// The fields of an object. `parent` starts the names of the types that they need.
    pub(super) fn fields(
        &mut self,
        flat: &Flat<'a>,
        parent: &str,
        side: Side,
        depth: usize,
    ) -> Result<Fields, ImportError> {
        let mut all = Fields { fields: Vec::new(), open: flat.is_open(), notes: losses(flat, side) };
        if let Some(values) =
            flat.get("additionalProperties").filter(|more| more.has_entries() && flat.has_properties())
        {
            all.notes.push(format!("other keys have values of `{}` on the page", shown(values)));
        }
        let properties = flat.properties();
        for (wire, schema) in &properties {
            let own = self.flat(schema)?;
            let (left_out, why) = match side {
                Side::Answer => (own.flag("writeOnly"), "only in requests"),
                Side::Body | Side::Parts | Side::Query | Side::Header | Side::Form => {
                    (own.flag("readOnly"), "only in answers")
                }
            };
            if left_out {
                all.notes.push(format!("`{}` is {why} on the page: left out", yaml::short(wire)));
                continue;
            }
            if wire.is_empty() {
                all.notes.push("a property of the page has no name: left out".to_owned());
                continue;
            }
            let required = flat.requires(wire) || schema.0.iter().any(|node| node.flag_at("required"));
            let field = self.field(&all.fields, wire, schema, parent, required, side, depth)?;
            all.fields.push(field);
        }
        for choice in &flat.choices {
            self.choice(&mut all, choice, parent, side, depth)?;
        }
        let mut strange: Vec<&str> = flat.required().into_iter().collect();
        strange.retain(|wire| {
            properties.iter().all(|(name, _)| name != wire)
                && all.fields.iter().all(|field| field.wire != *wire)
        });
        strange.sort_unstable();
        for wire in strange {
            all.notes.push(format!("`{}` is required on the page, and not described", yaml::short(wire)));
        }
        Ok(all)
    }

    /// Adds the fields of all members of a choice: none of them must be there that some members lack.
    fn choice(
        &mut self,
        all: &mut Fields,
        members: &[&'a Node],
        parent: &str,
        side: Side,
        depth: usize,
    ) -> Result<(), ImportError> {
        let mut shown = Vec::new();
        let mut variants: Vec<Vec<Field>> = Vec::new();
        for member in members {
            let schema = Schema::from(*member);
            let flat = self.flat(&schema)?;
            let lists: Vec<&str> = flat.required().into_iter().collect();
            shown.push(match (self.shown(member)?, &lists[..]) {
                (kind, []) => kind,
                (kind, _) if kind == "anything" || kind == "object" => {
                    let mut lists = lists;
                    lists.sort_unstable();
                    yaml::short(&format!("one with {}", lists.join(" and ")))
                }
                (kind, _) => kind,
            });
            if flat.has_properties() || !flat.choices.is_empty() {
                let own = self.fields(&flat, parent, side, depth)?;
                for note in own.notes {
                    if !all.notes.contains(&note) && !note.contains("is required on the page") {
                        all.notes.push(note);
                    }
                }
                all.open |= own.open;
                variants.push(own.fields);
            } else {
                let kinds = flat.kinds().0;
                // Another type than an object cannot stand here; an object without properties may hold
                // anything.
                all.open |= kinds == ["object"] && lists_nothing(&flat);
                variants.push(Vec::new());
            }
        }
        let everywhere = |wire: &str| {
            variants.iter().all(|fields| fields.iter().any(|field| field.wire == wire && field.required))
        };
        let mut added: Vec<Field> = Vec::new();
        for field in variants.iter().flatten() {
            if let Some(there) = all.fields.iter_mut().find(|there| there.wire == field.wire) {
                if there.ty != field.ty {
                    there.notes.push(format!("in one of the choices of the page it is `{}`", field.ty));
                }
                continue;
            }
            match added.iter_mut().find(|there| there.wire == field.wire) {
                None => {
                    let mut field = field.clone();
                    field.required = everywhere(&field.wire);
                    added.push(field);
                }
                Some(there) if there.ty == field.ty && there.limits == field.limits => {}
                Some(there) => {
                    self.unite(there, field);
                }
            }
        }
        for mut field in added {
            // Other members of the choice go without it.
            if !field.required
                && let [limit @ ("fixed", _)] = &mut field.limits[..]
            {
                *limit = ("one_of", format!("[{}]", limit.1));
            }
            field.name = free_names::field_name(&field.wire, &all.fields);
            all.fields.push(field);
        }
        let shown = shown.join(", ");
        all.notes.push(if variants.iter().all(Vec::is_empty) {
            format!("one of several must be so on the page ({shown}), which is not checked")
        } else {
            format!("one of several on the page ({shown}): its fields are those of all of them")
        });
        Ok(())
    }

    /// Makes a field hold what another of its name holds in another member of a choice.
    fn unite(&self, field: &mut Field, other: &Field) {
        let is_text = |ty: &str| ty == "string" || self.enums.iter().any(|e| e.name == ty && !e.integer);
        if let (Some(mut values), Some(more)) = (self.values(field), self.values(other)) {
            for value in more {
                if !values.contains(&value) {
                    values.push(value);
                }
            }
            field.ty = "string".to_owned();
            field.limits = vec![("one_of", format!("[{}]", values.join(", ")))];
            return;
        }
        if field.ty == other.ty {
            field.notes.push("its limits differ between the choices of the page".to_owned());
        } else {
            field
                .notes
                .push(format!("differs between the choices of the page: `{}` and `{}`", field.ty, other.ty));
            field.ty = if is_text(&field.ty) && is_text(&other.ty) { "string" } else { "json" }.to_owned();
        }
        field.limits.clear();
    }

    /// The only values that a field of text may have, as they are written.
    fn values(&self, field: &Field) -> Option<Vec<String>> {
        if let Some(of) = self.enums.iter().find(|of| of.name == field.ty && !of.integer) {
            return Some(of.values.iter().map(|value| yaml::text(&value.wire)).collect());
        }
        match &field.limits[..] {
            [("one_of", list)] if field.ty == "string" => Some(vec![list[1..list.len() - 1].to_owned()]),
            [("fixed", value)] if field.ty == "string" => Some(vec![value.clone()]),
            _ => None,
        }
    }

    /// One field, with a Rust name that no other has.
    #[allow(clippy::too_many_arguments, reason = "each is one fact about the field")]
    pub(super) fn field(
        &mut self,
        others: &[Field],
        wire: &str,
        schema: &Schema<'a>,
        parent: &str,
        required: bool,
        side: Side,
        depth: usize,
    ) -> Result<Field, ImportError> {
        let name = free_names::field_name(wire, others);
        let hint = format!("{parent}{}", names::pascal(&name));
        let typed = self.typed(schema, Place::new(&hint, side, depth))?;
        let flat = self.flat(schema)?;
        let mut notes = typed.notes;
        let kinds = flat.kinds().0;
        if let (Side::Parts, [kind @ ("array" | "object")]) =
            (side, &kinds.iter().map(String::as_str).collect::<Vec<_>>()[..])
            && typed.ty != "binary"
        {
            notes.push(format!("{kind} on the page: it goes as JSON text in one part, which must be tried"));
        }
        if typed.nullable {
            match side {
                Side::Query | Side::Header | Side::Form | Side::Body | Side::Parts if required => {
                    notes.push("required on the page, and may be null: left out here for null".to_owned());
                }
                Side::Answer | Side::Query | Side::Header | Side::Form | Side::Body | Side::Parts => {
                    self.nulls = true;
                }
            }
        }
        let mut doc = schema
            .0
            .first()
            .map_or_else(String::new, |node| doc_of(node.get("title"), node.get("description")));
        if doc.is_empty() {
            doc = flat.doc();
        }
        let is_named = self.is_named(&typed.ty);
        for more in flat.nodes.iter().filter_map(|node| node.text_at("description")).filter(|_| !is_named) {
            let more = yaml::short(&more);
            if !more.is_empty() && !doc.contains(&more) && !notes.contains(&more) {
                notes.push(more);
            }
        }
        let limits = if side == Side::Answer {
            self.limited |= states_limits(&flat);
            if let Some(value) = flat.get("const").filter(|value| !value.is_null()) {
                doc = with_sentence(&doc, &format!("Always {}.", shown(value)));
            }
            Vec::new()
        } else {
            limits(&flat, &typed.ty, &self.enums, required && !typed.nullable, &mut notes)
        };
        let sensitive = flat.flag("x-sensitive").then(|| ("sensitive", "true".to_owned()));
        match flat.get("default") {
            Some(default) if default.scalar().is_some_and(|text| !text.is_empty()) => {
                doc = with_sentence(
                    &doc,
                    &format!("Default: {}.", yaml::plain(&default.scalar().unwrap_or_default())),
                );
            }
            Some(default) if default.has_entries() || !default.items().is_empty() => {
                notes.push(format!("default on the page: `{}`", shown(default)));
            }
            _ => {}
        }
        if flat.is_doc_cut() {
            notes.push("the page says more of it".to_owned());
        }
        if flat.flag("deprecated") {
            notes.push("deprecated on the page".to_owned());
        }
        self.lenient |= required && side == Side::Answer;
        // Answers are read leniently: only what makes no sense without a field is refused.
        let required = required && !typed.nullable && side != Side::Answer;
        let limits = limits.into_iter().chain(sensitive).collect();
        Ok(Field { name, wire: wire.to_owned(), ty: typed.ty, required, limits, doc, notes })
    }
}

fn lists_nothing(flat: &Flat<'_>) -> bool {
    flat.required().is_empty()
}

fn with_sentence(doc: &str, sentence: &str) -> String {
    let stop = if doc.is_empty() || doc.ends_with(['.', '。', '!', '?', '！', '？']) { "" } else { "." };
    format!("{doc}{stop} {sentence}").trim_start().to_owned()
}
