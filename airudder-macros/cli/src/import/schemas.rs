//! From a page's schemas to types of the language.

use std::collections::{BTreeSet, HashMap, HashSet};

use airudder_codegen::names;
use airudder_model::Scalar;

use super::document::Node;
use super::draft::{Enum, Side, Struct};
use super::error::ImportError;
use super::flat::{Flat, Schema, is_null};
use super::free_names::TypeNames;
use super::losses::{OF_PARAMETERS, elsewhere, losses, shown};
use super::references::{Target, decoded, look_up};
use super::yaml;

/// How deep schemas may be nested.
const MAX_DEPTH: usize = 24;
/// How deep lists and maps may be nested.
pub(super) const MAX_NESTING: usize = 6;
/// How many references may lead to each other.
const MAX_REFERENCES: usize = 16;
/// How many schemas of one call are read at most: references can multiply them.
const MAX_SCHEMAS: usize = 20_000;

/// What a schema becomes.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub(super) ty: String,
    pub(super) nullable: bool,
    pub(super) notes: Vec<String>,
}

impl Typed {
    pub(super) fn plain(ty: &str) -> Self {
        Self { ty: ty.to_owned(), ..Self::default() }
    }

    pub(super) fn json(note: impl Into<String>) -> Self {
        Self { notes: vec![note.into()], ..Self::plain("json") }
    }
}

/// How far a reference has been read.
pub(super) enum Reference {
    /// It is being read; a struct has its name already.
    Making(Option<String>),
    Made(Typed),
}

/// Where a schema stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    /// The name of the type that it may need.
    pub(super) hint: &'p str,
    pub(super) side: Side,
    /// How many objects are around it.
    pub(super) depth: usize,
    /// How many lists and maps may still be nested.
    pub(super) nested: usize,
    pub(super) in_list: bool,
}

impl<'p> Place<'p> {
    pub(super) fn new(hint: &'p str, side: Side, depth: usize) -> Self {
        Self { hint, side, depth, nested: MAX_NESTING, in_list: false }
    }

    pub(super) fn inside(self, hint: &'p str) -> Self {
        // Only the first level of a body in parts is sent as parts.
        let side = if self.side == Side::Parts { Side::Body } else { self.side };
        Self { hint, side, depth: self.depth + 1, nested: self.nested - 1, in_list: true }
    }
}

/// Reads schemas and collects the named types that they need.
pub(super) struct Reader<'a> {
    root: &'a Node,
    pub(super) names: TypeNames,
    pub(super) references: HashMap<(String, Side), Reference>,
    /// Schemas of the document that references led to.
    pub(super) seen: HashSet<String>,
    read: usize,
    pub(super) exemplified: usize,
    /// Starts the names of types whose own name is taken by a shared type.
    pub(super) prefix: String,
    /// Whether an answer requires fields that are not required here.
    pub(super) lenient: bool,
    /// Whether an answer states limits.
    pub(super) limited: bool,
    /// Whether values of an answer may be null.
    pub(super) nulls: bool,
    /// Whether an answer stands in no envelope.
    pub(super) bare: bool,
    /// Whether a body with required fields may be left out.
    pub(super) optional_body: bool,
    /// Extensions that are not read.
    pub(super) extensions: BTreeSet<String>,
    pub(super) enums: Vec<Enum>,
    pub(super) structs: Vec<Option<Struct>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Node, names: TypeNames) -> Self {
        Self {
            root,
            names,
            references: HashMap::new(),
            seen: HashSet::new(),
            read: 0,
            exemplified: 0,
            prefix: String::new(),
            lenient: false,
            limited: false,
            nulls: false,
            bare: false,
            optional_body: false,
            extensions: BTreeSet::new(),
            enums: Vec::new(),
            structs: Vec::new(),
        }
    }

    /// Begins the next call of a document: what is counted counts anew.
    pub(super) fn begin(&mut self, prefix: String) {
        self.prefix = prefix;
        (self.read, self.exemplified) = (0, 0);
    }

    /// Whether a schema of the document was read.
    pub(super) fn is_read(&self, name: &str) -> bool {
        self.seen.contains(name)
    }

    /// The structs, outer ones first.
    pub(super) fn structs(&self) -> impl Iterator<Item = &Struct> {
        self.structs.iter().flatten()
    }

    /// Follows references. Gives the last one beside what it leads to; `None` where that is another file.
    pub(super) fn resolve(&self, node: &'a Node) -> Result<(Option<&'a Node>, Option<String>), ImportError> {
        let (mut at, mut last) = (node, None);
        for _ in 0..MAX_REFERENCES {
            let Some(written) = at.get("$ref") else { return Ok((Some(at), last)) };
            // A property may have this name.
            let Some(reference) = written.scalar() else { return Ok((Some(at), last)) };
            match look_up(self.root, &reference) {
                Target::Here(target) => at = target,
                Target::Elsewhere => return Ok((None, Some(reference))),
                Target::Nowhere => {
                    return Err(ImportError::new(format!(
                        "`$ref: {}` points to nothing in the fragment",
                        yaml::line(&reference)
                    ))
                    .help("export the page with its schemas: they are needed under `components`"));
                }
            }
            last = Some(reference);
        }
        Err(ImportError::new(format!("`$ref: {}` is circular", yaml::line(&last.unwrap_or_default()))))
    }

    /// A schema with its parts.
    pub(super) fn flat(&mut self, schema: &Schema<'a>) -> Result<Flat<'a>, ImportError> {
        let mut all = Flat::default();
        for node in &schema.0 {
            self.flatten(node, MAX_DEPTH, &mut all)?;
        }
        for (key, _) in all.nodes.iter().flat_map(|node| node.entries()) {
            if key.starts_with("x-") && !READ_EXTENSIONS.contains(&key.as_str()) {
                self.extensions.insert(key.clone());
            }
        }
        Ok(all)
    }

    /// Collects the extensions of a call, apart from those of its schemas.
    pub(super) fn find_extensions(&mut self, node: &Node) {
        for (key, value) in node.entries() {
            if key.starts_with("x-") {
                if !READ_EXTENSIONS.contains(&key.as_str()) {
                    self.extensions.insert(key.clone());
                }
            } else if !["schema", "headers", "example", "examples", "callbacks"].contains(&key.as_str()) {
                self.find_extensions(value);
            }
        }
        node.items().iter().for_each(|item| self.find_extensions(item));
    }

    fn flatten(&mut self, node: &'a Node, depth: usize, into: &mut Flat<'a>) -> Result<(), ImportError> {
        self.count()?;
        let (resolved, reference) = self.resolve(node)?;
        let Some(resolved) = resolved else {
            into.nodes.push(node);
            into.elsewhere.extend(reference);
            return Ok(());
        };
        if let Some(name) = reference.as_deref().and_then(|of| of.strip_prefix("#/components/schemas/")) {
            self.seen.insert(decoded(name));
        }
        // What stands beside a reference counts before what it leads to.
        if !std::ptr::eq(node, resolved) {
            into.nodes.push(node);
        }
        into.nodes.push(resolved);
        if depth == 0 {
            return Err(ImportError::new("`allOf` goes deeper than any page needs, or is circular"));
        }
        let parts = if std::ptr::eq(node, resolved) { vec![resolved] } else { vec![node, resolved] };
        for part in parts {
            for member in part.get("allOf").map(Node::items).unwrap_or_default() {
                self.flatten(member, depth - 1, into)?;
            }
            for choice in ["oneOf", "anyOf"] {
                let members = part.get(choice).map(Node::items).unwrap_or_default();
                let others: Vec<&Node> = members.iter().filter(|member| !is_null(member)).collect();
                into.null |= others.len() < members.len();
                match others[..] {
                    [] => {}
                    [one] => self.flatten(one, depth - 1, into)?,
                    _ => into.choices.push(others),
                }
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), ImportError> {
        self.read += 1;
        if self.read > MAX_SCHEMAS {
            return Err(ImportError::new(format!(
                "the fragment has more than {MAX_SCHEMAS} schemas, counted with its references"
            ))
            .help("cut it to the schemas of one page"));
        }
        Ok(())
    }

    /// Reads something that is not worth giving up for: schemas that are read for it count by themselves.
    pub(super) fn flat_uncounted(&mut self, schema: &Schema<'a>) -> Result<Flat<'a>, ImportError> {
        let read = std::mem::take(&mut self.read);
        let flat = self.flat(schema);
        self.read = read;
        flat
    }

    /// What a schema becomes.
    pub(super) fn typed(&mut self, schema: &Schema<'a>, place: Place<'_>) -> Result<Typed, ImportError> {
        self.count()?;
        if place.depth > MAX_DEPTH {
            return Ok(Typed::json(format!("more than {MAX_DEPTH} nested objects: kept as JSON")));
        }
        let flat = self.flat(schema)?;
        let nullable = flat.is_nullable();
        let mut typed = match self.sole_reference(schema)? {
            // Where single values stand the same schema becomes something else.
            Some((reference, _)) if place.side.of_single_values().is_some() => {
                let own = type_name(&reference);
                let hint = own.as_deref().unwrap_or(place.hint);
                self.typed_here(&flat, Place { hint, ..place }, None)?
            }
            Some((reference, target)) => self.referenced(reference, target, place)?,
            None => self.typed_here(&flat, place, None)?,
        };
        typed.nullable |= nullable;
        Ok(typed)
    }

    /// The reference that a schema is, perhaps with `null` and words of its own beside it.
    fn sole_reference(&self, schema: &Schema<'a>) -> Result<Option<(String, &'a Node)>, ImportError> {
        let mut found: Option<(String, &'a Node)> = None;
        let mut todo: Vec<&'a Node> = schema.0.clone();
        let mut seen = 0;
        while let Some(node) = todo.pop() {
            seen += 1;
            if seen > MAX_REFERENCES {
                return Ok(None);
            }
            for (key, value) in node.entries() {
                match key.as_str() {
                    "$ref" => {
                        let (Some(target), Some(reference)) = self.resolve(node)? else { return Ok(None) };
                        if found.as_ref().is_some_and(|(other, _)| *other != reference) {
                            return Ok(None);
                        }
                        found = Some((reference, target));
                    }
                    "allOf" => todo.extend(value.items()),
                    "oneOf" | "anyOf" => {
                        let others: Vec<&'a Node> =
                            value.items().iter().filter(|member| !is_null(member)).collect();
                        match others[..] {
                            [one] => todo.push(one),
                            _ => return Ok(None),
                        }
                    }
                    "properties" if !value.has_entries() => {}
                    "type" if ["object", "null"].iter().any(|kind| value.text() == Some(kind)) => {}
                    "title" | "description" | "nullable" | "default" | "example" | "examples"
                    | "deprecated" | "readOnly" | "writeOnly" => {}
                    // `required: true` of a parameter, or `required: []`.
                    "required" if value.items().is_empty() => {}
                    _ if OF_PARAMETERS.contains(&key.as_str()) => {}
                    _ if key.starts_with("x-") => {}
                    _ => return Ok(None),
                }
            }
        }
        Ok(found)
    }

    fn referenced(
        &mut self,
        reference: String,
        target: &'a Node,
        place: Place<'_>,
    ) -> Result<Typed, ImportError> {
        let made = (reference.clone(), place.side);
        match self.references.get(&made) {
            Some(Reference::Made(typed)) => return Ok(typed.clone()),
            Some(Reference::Making(Some(name))) if place.in_list => return Ok(Typed::plain(name)),
            Some(Reference::Making(_)) => {
                return Ok(Typed::json(format!(
                    "`{}` contains itself: kept as JSON",
                    yaml::line(&reference)
                )));
            }
            None => {}
        }
        // A schema that is sent and answered becomes two types, where the two differ.
        let own = type_name(&reference).map(|own| match place.side {
            Side::Answer if self.is_made(&reference, &[Side::Body, Side::Parts]) => format!("{own}Answer"),
            Side::Body | Side::Parts if self.is_made(&reference, &[Side::Answer]) => format!("{own}Input"),
            Side::Answer | Side::Body | Side::Parts | Side::Query | Side::Header | Side::Form => own,
        });
        let hint = own.as_deref().unwrap_or(place.hint);
        self.references.insert(made.clone(), Reference::Making(None));
        let flat = self.flat(&target.into())?;
        let mut typed = self.typed_here(&flat, Place { hint, ..place }, Some(&reference))?;
        typed.nullable |= flat.is_nullable();
        self.references.insert(made, Reference::Made(typed.clone()));
        Ok(typed)
    }

    fn is_made(&self, reference: &str, sides: &[Side]) -> bool {
        sides.iter().any(|side| self.references.contains_key(&(reference.to_owned(), *side)))
    }

    fn typed_here(
        &mut self,
        flat: &Flat<'a>,
        place: Place<'_>,
        reference: Option<&str>,
    ) -> Result<Typed, ImportError> {
        if let Some(reference) = flat.elsewhere.first().filter(|_| !flat.has_properties()) {
            return Ok(Typed::json(elsewhere(reference)));
        }
        if !flat.choices.is_empty() && !flat.has_properties() {
            let mut kinds = Vec::new();
            for member in flat.choices.iter().flatten() {
                kinds.push(self.shown(member)?);
            }
            let mut typed = match self.is_scalar(flat)? {
                true => Typed {
                    notes: vec![format!("one of several on the page ({})", kinds.join(", "))],
                    ..Typed::plain(Scalar::AnyScalar.word())
                },
                false => {
                    Typed::json(format!("one of several on the page ({}): kept as JSON", kinds.join(", ")))
                }
            };
            typed.notes.extend(losses(flat, place.side));
            return Ok(self.in_query(typed, place.side));
        }
        let (kinds, null) = flat.kinds();
        let said = flat.get("x-type").and_then(Node::text).and_then(Scalar::from_word);
        let mut typed = match said {
            Some(scalar) if scalar != Scalar::Binary => Typed::plain(scalar.word()),
            Some(_) | None => match kinds.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["string"] => self.string(flat, place),
                ["integer"] => match self.enumeration(flat, place.hint, true) {
                    Some(name) => Typed::plain(&name),
                    None => Self::integer(flat),
                },
                ["number"] if flat.get("format").and_then(Node::text) == Some("decimal") => {
                    Typed::plain("decimal")
                }
                ["number"] | ["integer", "number"] | ["number", "integer"] => Typed::plain("number"),
                ["boolean"] => Typed::plain("boolean"),
                ["file"] => self.file(place.side),
                [kind @ ("array" | "object")] if place.side.of_single_values().is_some() => {
                    let whole = place.side.of_single_values().unwrap_or_default();
                    let mut typed = Typed::plain("string");
                    typed.notes.push(format!(
                        "{kind} on the page: how it is written into {whole} must be found out"
                    ));
                    for key in ["items", "properties", "additionalProperties"] {
                        if let Some(inner) = flat.get(key).filter(|inner| inner.has_entries()) {
                            typed.notes.push(format!("not kept: `{key}: {}`", shown(inner)));
                        }
                    }
                    typed
                }
                ["array"] => self.list(flat, place)?,
                ["object"] => return self.any_object(flat, place, reference),
                [] => Typed::json(if null {
                    "only ever null on the page: kept as JSON"
                } else {
                    "no type on the page: kept as JSON"
                }),
                [..] if kinds.iter().all(|kind| SINGLE.contains(&kind.as_str())) => Typed {
                    notes: vec![format!("of type {} on the page", yaml::short(&kinds.join(" or ")))],
                    ..Typed::plain(Scalar::AnyScalar.word())
                },
                [..] => Typed::json(format!(
                    "of type {} on the page: kept as JSON",
                    yaml::short(&kinds.join(" or "))
                )),
            },
        };
        let is_enum = said.is_some() || self.enums.iter().any(|known| known.name == typed.ty);
        if let Some(values) = flat.get("enum").filter(|_| !is_enum) {
            typed.notes.push(format!("not kept: `enum: {}`", shown(values)));
        }
        typed.notes.extend(losses(flat, place.side));
        Ok(self.in_query(typed, place.side))
    }

    /// Queries and forms hold single values.
    fn in_query(&self, mut typed: Typed, side: Side) -> Typed {
        if side.of_single_values().is_some() && typed.ty == "json" {
            typed.ty = "string".to_owned();
            typed.notes.iter_mut().for_each(|note| *note = note.replace("kept as JSON", "kept as text"));
        }
        typed
    }

    /// How a member of a choice is called in a comment.
    pub(super) fn shown(&mut self, node: &'a Node) -> Result<String, ImportError> {
        let (_, reference) = self.resolve(node)?;
        if let Some(reference) = reference {
            let name = yaml::line(reference.rsplit('/').next().unwrap_or_default());
            return Ok(if reference.starts_with('#') {
                name
            } else {
                format!("{name}, which stands in another file")
            });
        }
        let (kinds, _) = self.flat(&node.into())?.kinds();
        Ok(if kinds.is_empty() { "anything".to_owned() } else { yaml::short(&kinds.join(" or ")) })
    }
}

/// Types of single values.
pub(super) const SINGLE: [&str; 4] = ["string", "integer", "number", "boolean"];

/// Extensions that the import reads.
const READ_EXTENSIONS: &[&str] = &[
    "x-type",
    "x-known-values",
    "x-sensitive",
    "x-open",
    "x-before",
    "x-properties",
    "x-request-body",
    "x-payload",
    "x-fixed",
    "x-max-digits",
    "x-max-days-ahead",
    "x-min-minutes-before",
    "x-same-day-as",
    "x-not-past",
    "x-schema-profile",
    "x-effect",
    "x-apifox-orders",
    "x-apifox-enum",
    "x-apifox",
    "x-enum-varnames",
    "x-enumNames",
    "x-enum-names",
    "x-enum-descriptions",
    "x-enumDescriptions",
    "x-ms-enum",
    "x-nullable",
];

/// The name of a type that a reference gives, if it gives one.
fn type_name(reference: &str) -> Option<String> {
    let last = reference.rsplit('/').next().unwrap_or_default();
    let own = names::pascal(&names::snake(&decoded(last)));
    names::problem_with_type_name(&own).is_none().then_some(own)
}
