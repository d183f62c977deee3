//! From a page's schemas to the types of the language.

use std::collections::{HashMap, HashSet};

use serde_json::Value as Json;

use super::{ImportError, yaml};
use crate::names;
use crate::spec::sample;
use crate::syntax::node::Node;

/// How deep schemas may stand inside each other.
const DEEPEST: usize = 24;
/// How many lists and maps may stand inside each other.
const NESTED: usize = 6;
/// How many references may lead to each other.
const CHAIN: usize = 16;
/// How many schemas are read at most: references can multiply them.
const MOST: usize = 20_000;
/// How many schemas are asked for an example.
const MOST_EXAMPLES: usize = 2_000;

/// Where a value travels.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// In the path or the query string: single values only.
    Query,
    /// In a request's body.
    Body,
    /// In an answer.
    Answer,
}

/// A field, ready to be written.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) wire: String,
    pub(super) ty: String,
    pub(super) required: bool,
    pub(super) limits: Vec<(&'static str, i64)>,
    pub(super) doc: String,
    pub(super) notes: Vec<String>,
}

/// A struct, ready to be written.
pub(super) struct Struct {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) open: bool,
    pub(super) fields: Vec<Field>,
}

/// An enum, ready to be written.
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) integer: bool,
    pub(super) values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(PartialEq, Eq)]
pub(super) struct EnumValue {
    pub(super) wire: String,
    pub(super) rust: Option<String>,
    /// Whether neither the value nor the page gives a name.
    pub(super) nameless: bool,
    pub(super) doc: String,
}

/// What a schema becomes.
#[derive(Clone, Default)]
pub(super) struct Typed {
    pub(super) ty: String,
    pub(super) nullable: bool,
    pub(super) notes: Vec<String>,
}

impl Typed {
    fn plain(ty: &str) -> Self {
        Self { ty: ty.to_owned(), ..Self::default() }
    }

    fn json(note: impl Into<String>) -> Self {
        Self { notes: vec![note.into()], ..Self::plain("json") }
    }
}

/// A schema with the members of its `allOf`.
pub(super) struct Flat<'a>(Vec<&'a Node>);

impl<'a> Flat<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.0.iter().find_map(|node| node.get(key))
    }

    fn flag(&self, key: &str) -> bool {
        self.0.iter().any(|node| node.flag_at(key))
    }

    /// The JSON types that it names, and whether `null` is one of them.
    fn kinds(&self) -> (Vec<String>, bool) {
        let mut kinds: Vec<String> = match self.get("type") {
            Some(node) => std::iter::once(node).chain(node.items()).filter_map(Node::scalar).collect(),
            None => Vec::new(),
        };
        let all = kinds.len();
        kinds.retain(|kind| kind != "null");
        let null = kinds.len() < all;
        if kinds.is_empty() && !null {
            let guess = [
                ("properties", "object"),
                ("additionalProperties", "object"),
                ("items", "array"),
                ("enum", "string"),
            ];
            kinds.extend(
                guess.iter().find(|(key, _)| self.get(key).is_some()).map(|(_, kind)| (*kind).to_owned()),
            );
            if kinds == ["string"]
                && self
                    .get("enum")
                    .is_some_and(|e| !e.items().is_empty() && e.items().iter().all(|v| v.integer().is_some()))
            {
                kinds = vec!["integer".to_owned()];
            }
        }
        (kinds, null)
    }

    /// The members of a choice without `null`, and whether `null` was one.
    fn choice(&self) -> Option<(Vec<&'a Node>, bool)> {
        let members = ["oneOf", "anyOf"]
            .iter()
            .find_map(|key| self.get(key).map(Node::items).filter(|items| !items.is_empty()))?;
        let is_null = |node: &&Node| node.text_at("type").as_deref() == Some("null") || node.is_null();
        let others: Vec<&Node> = members.iter().filter(|node| !is_null(node)).collect();
        let null = others.len() < members.len();
        Some((others, null))
    }

    /// The properties, in the order of `x-apifox-orders` where there is one. The first of a name counts.
    pub(super) fn properties(&self) -> Vec<(&'a str, &'a Node)> {
        let mut seen = HashSet::new();
        let written = self.0.iter().filter_map(|node| node.get("properties")).flat_map(Node::entries);
        let mut all: Vec<(&str, &Node)> = written
            .map(|(name, node)| (name.as_str(), node))
            .filter(|(name, _)| seen.insert((*name).to_owned()))
            .collect();
        let orders: Vec<String> = self.0.iter().flat_map(|node| node.texts_at("x-apifox-orders")).collect();
        let place: HashMap<&str, usize> =
            orders.iter().enumerate().rev().map(|(at, name)| (name.as_str(), at)).collect();
        all.sort_by_key(|(name, _)| place.get(name).copied().unwrap_or(usize::MAX));
        all
    }

    fn requires(&self, wire: &str) -> bool {
        self.0.iter().any(|node| {
            node.get("required").is_some_and(|r| r.items().iter().any(|item| item.text() == Some(wire)))
        })
    }

    pub(super) fn is_open(&self) -> bool {
        self.0
            .iter()
            .filter_map(|node| node.get("additionalProperties"))
            .any(|more| more.flag() == Some(true) || more.is_map())
    }

    pub(super) fn doc(&self) -> String {
        doc_of(self.get("title"), self.get("description"))
    }
}

/// Title and description in one short line.
fn doc_of(title: Option<&Node>, description: Option<&Node>) -> String {
    let [title, description] = [title, description]
        .map(|node| node.and_then(Node::scalar).map(|text| yaml::short(&text)).unwrap_or_default());
    match (title.is_empty(), description.is_empty()) {
        (true, _) => description,
        (_, true) => title,
        _ if description.starts_with(&title) => description,
        _ => yaml::short(&format!("{title}: {description}")),
    }
}

/// How far a reference has been read.
enum Reference {
    /// It is being read; a struct has its name already.
    Making(Option<String>),
    Made(Typed),
}

/// Reads schemas and collects the named types that they need.
pub(super) struct Reader<'a> {
    root: &'a Node,
    taken: HashSet<String>,
    references: HashMap<String, Reference>,
    read: usize,
    exemplified: usize,
    /// Whether an answer requires fields that are not required here.
    pub(super) lenient: bool,
    pub(super) enums: Vec<Enum>,
    structs: Vec<Option<Struct>>,
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
        for _ in 0..CHAIN {
            let Some(written) = at.get("$ref") else { return Ok((at, last)) };
            let reference = written.scalar().unwrap_or_default();
            at = self.look_up(&reference).ok_or_else(|| {
                ImportError::new(format!(
                    "`$ref: {}` leads to nothing in the fragment",
                    yaml::line(&reference)
                ))
                .help("export the page with its schemas: they are needed under `components`")
            })?;
            last = Some(reference);
        }
        Err(ImportError::new(format!("`$ref: {}` leads in a circle", yaml::line(&last.unwrap_or_default()))))
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
        self.flatten(node, DEEPEST, &mut all)?;
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
            return Err(ImportError::new("`allOf` goes deeper than any page needs, or in a circle"));
        }
        for member in resolved.get("allOf").map(Node::items).unwrap_or_default() {
            self.flatten(member, depth - 1, into)?;
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), ImportError> {
        self.read += 1;
        if self.read > MOST {
            return Err(ImportError::new(format!(
                "the fragment has more than {MOST} schemas, counted with its references"
            ))
            .help("cut it to the schemas of one page"));
        }
        Ok(())
    }

    /// The schema as an object, if it is one: a choice between it and `null` counts.
    pub(super) fn object(&mut self, node: &'a Node) -> Result<Option<Flat<'a>>, ImportError> {
        let mut node = node;
        for _ in 0..CHAIN {
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
            self.typed(node, &format!("{parent}{}", names::pascal(&name)), side, depth, NESTED, false)?;
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
        if depth > DEEPEST {
            return Ok(Typed::json(format!("more than {DEEPEST} objects inside each other: kept as JSON")));
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
                return Ok(Typed::json(format!("`{}` holds itself: kept as JSON", yaml::line(&reference))));
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

    fn string(&mut self, flat: &Flat<'a>, hint: &str, side: Side) -> Typed {
        if let Some(name) = self.enumeration(flat, hint, false) {
            return Typed::plain(&name);
        }
        let example = example_here(flat);
        let fits = |word: &str| {
            example.is_some_and(|e| {
                e.text() != Some("")
                    && airudder_model::Scalar::from_word(word)
                        .is_some_and(|s| sample::scalar_problem(s, e).is_none())
            })
        };
        let timed = |candidates: &[&str], wanted: &str| {
            if let Some(word) = candidates.iter().find(|word| fits(word)) {
                return Typed::plain(word);
            }
            let note = match example {
                Some(_) => {
                    "a time on the page, but its example is of no form that the language has".to_owned()
                }
                None => format!("a time without an example on the page: `{wanted}` is a guess"),
            };
            Typed { notes: vec![note], ..Typed::plain(if example.is_some() { "string" } else { wanted }) }
        };
        match flat.get("format").and_then(Node::text).unwrap_or_default() {
            "date" if example.is_none() => Typed::plain("date"),
            "date" => timed(&["date"], "date"),
            "date-time" => timed(&["instant", "local_datetime", "instant_offset"], "instant"),
            "time" => timed(&["time"], "time"),
            "uri" | "url" => Typed::plain("url"),
            "byte" if side != Side::Query => Typed::plain("base64"),
            "binary" if side != Side::Query => Typed::plain("binary"),
            "decimal" => Typed::plain("decimal"),
            _ => Typed::plain("string"),
        }
    }

    fn list(
        &mut self,
        flat: &Flat<'a>,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
    ) -> Result<Typed, ImportError> {
        let Some(items) = flat.get("items") else {
            return Ok(Typed {
                notes: vec!["a list of what, the page does not say".to_owned()],
                ..Typed::plain("list<json>")
            });
        };
        if nested == 0 {
            return Ok(Typed::json(format!("more than {NESTED} lists inside each other: kept as JSON")));
        }
        let inner = self.typed(items, &singular(hint), side, depth + 1, nested - 1, true)?;
        let ty = if inner.ty == "binary" { "json" } else { &inner.ty };
        Ok(Typed { ty: format!("list<{ty}>"), nullable: false, notes: inner.notes })
    }

    fn any_object(
        &mut self,
        flat: &Flat<'a>,
        hint: &str,
        side: Side,
        depth: usize,
        nested: usize,
        reference: Option<&str>,
    ) -> Result<Typed, ImportError> {
        if flat.properties().iter().all(|(wire, _)| wire.is_empty()) {
            let values = flat.get("additionalProperties").filter(|more| !more.entries().is_empty());
            return Ok(match values {
                Some(values) if nested > 0 => {
                    let inner = self.typed(values, &singular(hint), side, depth + 1, nested - 1, true)?;
                    Typed { ty: format!("map<{}>", inner.ty), nullable: false, notes: inner.notes }
                }
                _ => Typed::json("an object whose keys the page does not tell: kept as JSON"),
            });
        }
        let name = self.free_type_name(hint);
        if let Some(reference) = reference {
            self.references.insert(reference.to_owned(), Reference::Making(Some(name.clone())));
        }
        let at = self.structs.len();
        self.structs.push(None);
        let fields = self.fields(flat, &name, side, depth + 1)?;
        self.structs[at] = Some(Struct { name: name.clone(), doc: flat.doc(), open: flat.is_open(), fields });
        Ok(Typed::plain(&name))
    }

    /// The name of an enum with the values of a schema, if it lists any.
    fn enumeration(&mut self, flat: &Flat<'a>, hint: &str, integer: bool) -> Option<String> {
        let mut wires: Vec<String> = Vec::new();
        for node in flat.get("enum")?.items() {
            if node.is_null() {
                continue;
            }
            if integer && node.integer().is_none() {
                return None;
            }
            let wire = node.scalar()?;
            if !wires.contains(&wire) {
                wires.push(wire);
            }
        }
        if wires.is_empty() {
            return None;
        }
        let told: &[Node] = flat.get("x-apifox-enum").map(Node::items).unwrap_or_default();
        let mut taken = HashSet::new();
        let mut values = Vec::new();
        for (number, wire) in wires.into_iter().enumerate() {
            let row = told.iter().find(|row| row.get("value").and_then(Node::scalar).as_ref() == Some(&wire));
            let row_name = row.and_then(|row| row.text_at("name"));
            let candidates = [
                names::variant(&wire),
                row_name.as_deref().map(names::variant).unwrap_or_default(),
                numbered(&wire, number),
            ];
            let good = |rust: &&String| names::problem_with_variant(rust).is_none() && !taken.contains(*rust);
            let rust = candidates.iter().find(good).cloned().unwrap_or_else(|| format!("Unnamed{number}"));
            taken.insert(rust.clone());
            let doc = row.map(|row| doc_of(row.get("name"), row.get("description"))).unwrap_or_default();
            let nameless = !candidates[..2].contains(&rust);
            values.push(EnumValue {
                nameless,
                rust: (rust != names::variant(&wire)).then_some(rust),
                wire,
                doc,
            });
        }
        if let Some(same) = self.enums.iter().find(|known| known.integer == integer && known.values == values)
        {
            return Some(same.name.clone());
        }
        let name = self.free_type_name(hint);
        self.enums.push(Enum { name: name.clone(), doc: flat.doc(), integer, values });
        Some(name)
    }

    fn free_type_name(&mut self, hint: &str) -> String {
        let hint = if names::problem_with_type_name(hint).is_none() { hint } else { "Imported" };
        let mut name = hint.to_owned();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{hint}{number}");
            number += 1;
        }
        name
    }

    /// The example of a schema, or one made of those of its properties.
    pub(super) fn example(&mut self, node: &'a Node, depth: usize) -> Result<Option<Json>, ImportError> {
        // An example is not worth giving up for: schemas that are read for it count by themselves.
        self.exemplified += 1;
        if depth > 8 || self.exemplified > MOST_EXAMPLES {
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

/// The example that stands in a schema itself.
fn example_here<'a>(flat: &Flat<'a>) -> Option<&'a Node> {
    flat.get("example")
        .or_else(|| flat.get("examples").and_then(|list| list.items().first()))
        .filter(|node| !node.is_null())
}

/// A variant for a value that gives no name.
fn numbered(wire: &str, number: usize) -> String {
    match wire.parse::<i64>() {
        _ if wire.is_empty() => "Empty".to_owned(),
        Ok(n) if n < 0 => format!("Minus{}", n.unsigned_abs()),
        Ok(n) => format!("Value{n}"),
        Err(_) => format!("Unnamed{number}"),
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

/// The limits of a schema that the type can have.
fn limits(flat: &Flat<'_>, ty: &str, enums: &[Enum], notes: &mut Vec<String>) -> Vec<(&'static str, i64)> {
    let whole = |key: &str| flat.get(key).and_then(whole_number);
    let mut limits = Vec::new();
    let mut pair = |low: (&'static str, Option<i64>), high: (&'static str, Option<i64>), least: i64| {
        let counts = |n: &i64| least < 0 || (0..=i64::from(u32::MAX)).contains(n);
        let (low, high) =
            ((low.0, low.1.filter(counts).filter(|n| least < 0 || *n > 0)), (high.0, high.1.filter(counts)));
        if let (Some(least), Some(most)) = (low.1, high.1)
            && (least > most || (least == most && (low.0 == "greater_than" || high.0 == "less_than")))
        {
            notes.push(format!("the limits of the page leave no value: {least} and {most}"));
            return;
        }
        limits.extend([low, high].into_iter().filter_map(|(key, n)| Some((key, n?))));
    };
    let is_text =
        matches!(ty, "string" | "url" | "base64") || enums.iter().any(|e| e.name == ty && !e.integer);
    match ty {
        _ if is_text => pair(("min_chars", whole("minLength")), ("max_chars", whole("maxLength")), 0),
        _ if ty.starts_with("list<") => {
            pair(("min_items", whole("minItems")), ("max_items", whole("maxItems")), 0)
        }
        "integer" | "number" | "decimal" => {
            let bound = |key: &str, exclusive: &str, open: &'static str, closed: &'static str| {
                // 3.0: a flag beside the limit; 3.1: a limit of its own.
                match flat.get(exclusive) {
                    Some(node) if node.flag() == Some(true) => (open, whole(key)),
                    Some(node) if node.is_number() => (open, whole(exclusive)),
                    Some(_) | None => (closed, whole(key)),
                }
            };
            pair(
                bound("minimum", "exclusiveMinimum", "greater_than", "min"),
                bound("maximum", "exclusiveMaximum", "less_than", "max"),
                -1,
            );
        }
        _ => {}
    }
    limits
}

fn whole_number(node: &Node) -> Option<i64> {
    let written = || node.scalar().filter(|_| node.is_number())?.parse::<f64>().ok();
    let float = || written().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64);
    node.integer().or_else(float)
}
