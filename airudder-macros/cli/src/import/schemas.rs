//! From a page's schemas to fields of the language.

use std::collections::{HashMap, HashSet};

use airudder_codegen::names;
use serde_json::Value as Json;

use super::document::Node;
use super::draft::{Enum, Field, Side, Struct};
use super::error::ImportError;
use super::flat::{Flat, doc_of, example_here};
use super::limits::limits;
use super::yaml;

/// How deep schemas may be nested.
const MAX_DEPTH: usize = 24;
/// How deep lists and maps may be nested.
pub(super) const MAX_NESTING: usize = 6;
/// How many references may lead to each other.
const MAX_REFERENCES: usize = 16;
/// How many schemas are read at most: references can multiply them.
const MAX_SCHEMAS: usize = 20_000;
/// How many schemas are asked for an example.
const MAX_EXAMPLES: usize = 2_000;

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

/// Reads schemas and collects the named types that they need.
pub(super) struct Reader<'a> {
    root: &'a Node,
    pub(super) taken: HashSet<String>,
    pub(super) references: HashMap<String, Reference>,
    read: usize,
    exemplified: usize,
    /// Whether an answer requires fields that are not required here.
    pub(super) lenient: bool,
    pub(super) enums: Vec<Enum>,
    pub(super) structs: Vec<Option<Struct>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(root: &'a Node, mut taken: HashSet<String>) -> Self {
        // Names that no type may have: see the check of types.
        taken.extend(["String", "Vec", "Option", "Box", "Result", "Default", "Self"].map(str::to_owned));
        Self {
            root,
            taken,
            references: HashMap::new(),
            read: 0,
            exemplified: 0,
            lenient: false,
            enums: Vec::new(),
            structs: Vec::new(),
        }
    }

    /// The structs, outer ones first.
    pub(super) fn structs(&self) -> impl Iterator<Item = &Struct> {
        self.structs.iter().flatten()
    }

    /// Follows references. Gives the last one beside what it leads to.
    pub(super) fn resolve(&self, node: &'a Node) -> Result<(&'a Node, Option<String>), ImportError> {
        let (mut at, mut last) = (node, None);
        for _ in 0..MAX_REFERENCES {
            let Some(written) = at.get("$ref") else { return Ok((at, last)) };
            let reference = written.scalar().unwrap_or_default();
            at = self.look_up(&reference).ok_or_else(|| {
                ImportError::new(format!(
                    "`$ref: {}` points to nothing in the fragment",
                    yaml::line(&reference)
                ))
                .help("export the page with its schemas: they are needed under `components`")
            })?;
            last = Some(reference);
        }
        Err(ImportError::new(format!("`$ref: {}` is circular", yaml::line(&last.unwrap_or_default()))))
    }

    fn look_up(&self, reference: &str) -> Option<&'a Node> {
        let mut at = self.root;
        for step in reference.strip_prefix("#/")?.split('/') {
            let key = step.replace("~1", "/").replace("~0", "~");
            at = at.get(&key).or_else(|| at.get(&percent_decoded(&key)))?;
        }
        Some(at)
    }

    /// A schema with its parts.
    pub(super) fn flat(&mut self, node: &'a Node) -> Result<Flat<'a>, ImportError> {
        let mut all = Vec::new();
        self.flatten(node, MAX_DEPTH, &mut all)?;
        Ok(Flat(all))
    }

    fn flatten(&mut self, node: &'a Node, depth: usize, into: &mut Vec<&'a Node>) -> Result<(), ImportError> {
        self.count()?;
        let (resolved, _) = self.resolve(node)?;
        // What stands beside a reference counts before what it leads to.
        if !std::ptr::eq(node, resolved) {
            into.push(node);
        }
        into.push(resolved);
        if depth == 0 {
            return Err(ImportError::new("`allOf` goes deeper than any page needs, or is circular"));
        }
        for member in resolved.get("allOf").map(Node::items).unwrap_or_default() {
            self.flatten(member, depth - 1, into)?;
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

    /// The schema as an object, if it is one: a choice between it and `null` counts.
    pub(super) fn object(&mut self, node: &'a Node) -> Result<Option<Flat<'a>>, ImportError> {
        let mut node = node;
        for _ in 0..MAX_REFERENCES {
            let flat = self.flat(node)?;
            match flat.choice() {
                Some((others, _)) if others.len() == 1 && flat.get("properties").is_none() => {
                    node = others[0]
                }
                Some(_) if flat.get("properties").is_none() => return Ok(None),
                _ => return Ok((flat.kinds().0 == ["object"]).then_some(flat)),
            }
        }
        Ok(None)
    }

    /// The fields of an object. `parent` starts the names of the types that they need.
    pub(super) fn fields(
        &mut self,
        flat: &Flat<'a>,
        parent: &str,
        side: Side,
        depth: usize,
    ) -> Result<Vec<Field>, ImportError> {
        let mut fields = Vec::new();
        for (wire, node) in flat.properties() {
            let required = flat.requires(wire) || node.flag_at("required");
            self.field(&mut fields, wire, node, parent, required, side, depth)?;
        }
        Ok(fields)
    }

    /// Adds a field, with a Rust name that no other has.
    #[allow(clippy::too_many_arguments, reason = "each is one fact about the field")]
    pub(super) fn field(
        &mut self,
        fields: &mut Vec<Field>,
        wire: &str,
        node: &'a Node,
        parent: &str,
        required: bool,
        side: Side,
        depth: usize,
    ) -> Result<(), ImportError> {
        if wire.is_empty() || fields.iter().any(|f| f.wire == wire) {
            return Ok(());
        }
        let name = free_field_name(wire, fields);
        let typed =
            self.typed(node, &format!("{parent}{}", names::pascal(&name)), side, depth, MAX_NESTING, false)?;
        let flat = self.flat(node)?;
        let mut notes = typed.notes;
        if typed.nullable {
            notes.push(if required && side != Side::Answer {
                "required on the page, and may be null: left out here for null".to_owned()
            } else {
                "may be null: read as absent".to_owned()
            });
        }
        let limits =
            if side == Side::Answer { Vec::new() } else { limits(&flat, &typed.ty, &self.enums, &mut notes) };
        let mut doc = doc_of(node.get("title"), node.get("description"));
        if doc.is_empty() {
            doc = flat.doc();
        }
        if let Some(default) =
            flat.get("default").and_then(Node::scalar).filter(|default| !default.is_empty())
        {
            let default = yaml::short(&default);
            let stop = if doc.is_empty() || doc.ends_with(['.', '。', '!', '?']) { "" } else { "." };
            doc = format!("{doc}{stop} Default: {default}.").trim_start().to_owned();
        }
        if flat.flag("deprecated") {
            notes.push("deprecated on the page".to_owned());
        }
        self.lenient |= required && side == Side::Answer;
        // Answers are read leniently: only what makes no sense without a field is refused.
        let required = required && !typed.nullable && side != Side::Answer;
        fields.push(Field { name, wire: wire.to_owned(), ty: typed.ty, required, limits, doc, notes });
        Ok(())
    }

    /// What a schema becomes. `hint` is the name of the type that it may need.
    pub(super) fn typed(
        &mut self,
        node: &'a Node,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
        in_list: bool,
    ) -> Result<Typed, ImportError> {
        self.count()?;
        if depth > MAX_DEPTH {
            return Ok(Typed::json(format!("more than {MAX_DEPTH} nested objects: kept as JSON")));
        }
        let (resolved, reference) = self.resolve(node)?;
        // In a query the same schema becomes something else.
        let Some(reference) = reference.filter(|_| side != Side::Query) else {
            return self.typed_here(resolved, hint, side, depth, nested, None);
        };
        match self.references.get(&reference) {
            Some(Reference::Made(typed)) => return Ok(typed.clone()),
            Some(Reference::Making(Some(name))) if in_list => return Ok(Typed::plain(name)),
            Some(Reference::Making(_)) => {
                return Ok(Typed::json(format!(
                    "`{}` contains itself: kept as JSON",
                    yaml::line(&reference)
                )));
            }
            None => {}
        }
        let last = reference.rsplit('/').next().unwrap_or_default();
        let own = names::pascal(&names::snake(&percent_decoded(last)));
        let hint = if names::problem_with_type_name(&own).is_none() { own } else { hint.to_owned() };
        self.references.insert(reference.clone(), Reference::Making(None));
        let typed = self.typed_here(resolved, &hint, side, depth, nested, Some(&reference))?;
        self.references.insert(reference, Reference::Made(typed.clone()));
        Ok(typed)
    }

    fn typed_here(
        &mut self,
        node: &'a Node,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
        reference: Option<&str>,
    ) -> Result<Typed, ImportError> {
        let flat = self.flat(node)?;
        if let Some((others, null)) = flat.choice().filter(|_| flat.get("properties").is_none()) {
            let nullable = null || flat.flag("nullable");
            return match others[..] {
                [one] => {
                    let typed = self.typed(one, hint, side, depth + 1, nested, false)?;
                    Ok(Typed { nullable: typed.nullable || nullable, ..typed })
                }
                _ => {
                    let kinds =
                        others.iter().map(|member| self.shown(member)).collect::<Result<Vec<_>, _>>()?;
                    Ok(Typed {
                        nullable,
                        ..Typed::json(format!(
                            "one of several on the page ({}): kept as JSON",
                            kinds.join(", ")
                        ))
                    })
                }
            };
        }
        let (kinds, null) = flat.kinds();
        let mut typed = match kinds.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["string"] => self.string(&flat, hint, side),
            ["integer"] => match self.enumeration(&flat, hint, true) {
                Some(name) => Typed::plain(&name),
                None => Typed::plain("integer"),
            },
            ["number"] if flat.get("format").and_then(Node::text) == Some("decimal") => {
                Typed::plain("decimal")
            }
            ["number"] | ["integer", "number"] | ["number", "integer"] => Typed::plain("number"),
            ["boolean"] => Typed::plain("boolean"),
            ["file"] => Typed::plain("binary"),
            ["array"] | ["object"] if side == Side::Query => {
                let mut typed = Typed::plain("string");
                typed.notes.push(format!(
                    "{} on the page: how it is written into the query string must be found out",
                    kinds[0]
                ));
                typed
            }
            ["array"] => self.list(&flat, hint, side, depth, nested)?,
            ["object"] => self.any_object(&flat, hint, side, depth, nested, reference)?,
            [] => Typed::json(if null {
                "only ever null on the page: kept as JSON"
            } else {
                "no type on the page: kept as JSON"
            }),
            _ => {
                Typed::json(format!("of type {} on the page: kept as JSON", yaml::short(&kinds.join(" or "))))
            }
        };
        typed.nullable |= null || flat.flag("nullable");
        if side == Side::Query && typed.ty == "json" {
            typed.ty = "string".to_owned();
        }
        Ok(typed)
    }

    /// How a member of a choice is called in a comment.
    fn shown(&mut self, node: &'a Node) -> Result<String, ImportError> {
        let (_, reference) = self.resolve(node)?;
        if let Some(reference) = reference {
            return Ok(yaml::line(reference.rsplit('/').next().unwrap_or_default()));
        }
        let (kinds, _) = self.flat(node)?.kinds();
        Ok(if kinds.is_empty() { "anything".to_owned() } else { yaml::short(&kinds.join(" or ")) })
    }

    /// The example of a schema, or one made of those of its properties.
    pub(super) fn example(&mut self, node: &'a Node, depth: usize) -> Result<Option<Json>, ImportError> {
        // An example is not worth giving up for: schemas that are read for it count by themselves.
        self.exemplified += 1;
        if depth > 8 || self.exemplified > MAX_EXAMPLES {
            return Ok(None);
        }
        let read = std::mem::take(&mut self.read);
        let flat = self.flat(node);
        self.read = read;
        let flat = flat?;
        if let Some(example) = example_here(&flat) {
            return Ok(Some(example.to_json()));
        }
        if let Some((others, _)) = flat.choice() {
            return if let [one] = others[..] { self.example(one, depth + 1) } else { Ok(None) };
        }
        if let Some(items) = flat.get("items") {
            return Ok(self.example(items, depth + 1)?.map(|item| Json::Array(vec![item])));
        }
        let mut map = serde_json::Map::new();
        for (wire, node) in flat.properties() {
            if let Some(example) = self.example(node, depth + 1)? {
                map.insert(wire.to_owned(), example);
            }
        }
        Ok((!map.is_empty()).then_some(Json::Object(map)))
    }
}

fn free_field_name(wire: &str, fields: &[Field]) -> String {
    let snake = names::snake(wire);
    let snake =
        if snake.starts_with(|c: char| c.is_ascii_digit()) { format!("field_{snake}") } else { snake };
    let good = match names::problem_with_setter(&snake) {
        None => snake,
        Some(_) if snake.is_empty() => "field".to_owned(),
        Some(_) => names::other_name(&snake),
    };
    let mut name = good.clone();
    let mut number = 2;
    while fields.iter().any(|f| f.name == name) {
        name = format!("{good}_{number}");
        number += 1;
    }
    name
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex.filter(|_| bytes[at] == b'%') {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
