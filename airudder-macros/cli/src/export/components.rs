//! Schemas that are used by name: one for each id, enum, struct, request and answer that is reached.

use std::collections::HashSet;

use airudder_codegen::ir::{Enum, Field, Spec, Struct, Type, TypeRef};
use airudder_codegen::names::snake;
use airudder_model::EnumForm;

use super::names::{ComponentNames, Named};
use super::scalars::{self, Side};
use super::value::{Map, Value};
use super::{Version, fields};

/// Makes schemas, and keeps those that have a name.
pub(super) struct Components<'a> {
    pub(super) spec: &'a Spec,
    pub(super) version: Version,
    names: ComponentNames,
    sent: HashSet<TypeRef>,
    /// Under way or made.
    begun: HashSet<Named>,
    schemas: Map,
    notes: Vec<String>,
}

impl<'a> Components<'a> {
    pub(super) fn new(spec: &'a Spec, version: Version) -> Self {
        Self {
            spec,
            version,
            names: ComponentNames::new(spec),
            sent: spec.sent_structs(),
            begun: HashSet::new(),
            schemas: Map::new(),
            notes: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, note: String) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    pub(super) fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    /// A reference to a component, which is made where it is not there yet.
    pub(super) fn named(&mut self, named: Named, make: impl FnOnce(&mut Self) -> Map) -> Map {
        let name = self.names.name(&named);
        if self.begun.insert(named) {
            let schema = make(self);
            self.schemas.put(&name, schema);
        }
        Map::new().with("$ref", format!("#/components/schemas/{name}"))
    }

    /// The schema of a type.
    pub(super) fn of_type(&mut self, ty: &Type, side: Side) -> Map {
        match ty {
            Type::Scalar(scalar) => scalars::schema(*scalar, side, self.version),
            Type::List(inner) => {
                let list = Map::new().with("type", "array").with("items", self.of_type(inner, side));
                match self.value_of_entry(inner).filter(|_| side == Side::Received) {
                    Some(value) => {
                        let values = self.of_type(&value, side);
                        let object = Map::new().with("type", "object").with("additionalProperties", values);
                        Map::new().with("anyOf", vec![list, object])
                    }
                    None => list,
                }
            }
            Type::Map(inner) => {
                Map::new().with("type", "object").with("additionalProperties", self.of_type(inner, side))
            }
            Type::Id(at) => {
                let types = self.spec.types(at);
                let id = types.and_then(|types| types.ids.iter().find(|id| id.name == at.name));
                self.named(Named::Type(at.clone()), |_| {
                    let doc = id.map(|id| id.doc.as_str()).unwrap_or_default();
                    let evidence = id.and_then(|id| id.evidence).map(airudder_model::Evidence::word);
                    Map::new()
                        .with("type", "string")
                        .text("description", doc)
                        .with("x-type", "id")
                        .maybe("x-evidence", evidence)
                })
            }
            Type::Enum(at) => match self.spec.find_enum(at) {
                Some(of) => self.named(Named::Type(at.clone()), |_| enumeration(of)),
                None => Map::new().with("type", "string"),
            },
            Type::Struct(at) => match self.spec.find_struct(at) {
                Some(of) => self.named(Named::Type(at.clone()), |components| {
                    let side = if components.sent.contains(at) { Side::Sent } else { Side::Received };
                    components.structure(of, side)
                }),
                None => Map::new().with("type", "object"),
            },
        }
    }

    /// The type of the values where a list of a struct may be an object instead.
    fn value_of_entry(&self, inner: &Type) -> Option<Type> {
        let Type::Struct(at) = inner else { return None };
        let of = self.spec.find_struct(at)?;
        let (_, value) = of.entry.as_ref()?;
        of.fields.iter().find(|field| field.wire == *value).map(|field| field.ty.clone())
    }

    fn structure(&mut self, of: &Struct, side: Side) -> Map {
        let entry = of.entry.as_ref().map(|(key, value)| Map::new().with("key", key).with("value", value));
        let mut map = Map::new().with("type", "object").text("description", &of.doc);
        map = map.and(self.object(&of.fields, side));
        if let Some(doc) = &of.open {
            map.put("additionalProperties", true);
            map = map.text("x-open", doc);
        }
        map.maybe("x-entry", entry).with("x-evidence", of.evidence.word())
    }

    /// The schema of a field.
    pub(super) fn property(&mut self, field: &Field, side: Side) -> Map {
        let of_type = self.of_type(&field.ty, side);
        fields::property(self.spec, self.version, of_type, field, side)
    }

    /// `properties` and `required` of fields.
    pub(super) fn object(&mut self, all: &[Field], side: Side) -> Map {
        let mut properties = Map::new();
        let mut others = Map::new();
        let mut required: Vec<Value> = Vec::new();
        let mut names: Vec<String> = Vec::new();
        for field in all {
            let schema = self.property(field, side);
            let name = snake(&field.wire);
            // progenitor makes one name of two, and code that does not compile.
            if self.version == Version::V3_0 && names.contains(&name) {
                self.note(format!(
                    "`{}` differs from another key in capitals or underscores only: it stands under \
                     `x-properties`",
                    field.wire
                ));
                others.put(&field.wire, schema);
                continue;
            }
            names.push(name);
            properties.put(&field.wire, schema);
            if field.required || (side == Side::Sent && field.fixed.is_some()) {
                required.push((&field.wire).into());
            }
        }
        Map::new().list("required", required).map("properties", properties).map("x-properties", others)
    }

    /// All schemas that have a name.
    pub(super) fn finish(mut self) -> Map {
        self.schemas.sort();
        self.schemas
    }
}

/// Any value may come: the known ones are named, and none is demanded.
fn enumeration(of: &Enum) -> Map {
    let kind = match of.form {
        EnumForm::String => "string",
        EnumForm::Integer => "integer",
    };
    let value = |wire: &String| match (of.form, wire.parse::<i64>()) {
        (EnumForm::Integer, Ok(number)) => Value::from(number),
        (EnumForm::Integer | EnumForm::String, _) => Value::from(wire),
    };
    let mut doc = of.doc.clone();
    if !of.values.is_empty() {
        let values: Vec<String> = of.values.iter().map(|value| format!("`{}`", value.wire)).collect();
        doc.push_str(&format!(" Known values: {}; others may come.", values.join(", ")));
    }
    let has = |of_value: fn(&airudder_codegen::ir::EnumValue) -> bool| of.values.iter().any(of_value);
    let docs = of.values.iter().map(|value| Value::from(&value.doc)).collect();
    let aliases = of.values.iter().filter(|value| !value.aliases.is_empty());
    let aliases = aliases
        .fold(Map::new(), |map, value| map.with(&value.wire, value.aliases.iter().collect::<Vec<_>>()));
    Map::new()
        .with("type", kind)
        .text("description", &doc)
        .with("x-known-values", of.values.iter().map(|of| value(&of.wire)).collect::<Vec<_>>())
        .list("x-enum-descriptions", if has(|value| !value.doc.is_empty()) { docs } else { Vec::new() })
        .list("x-enum-varnames", of.values.iter().map(|value| Value::from(&value.rust)).collect())
        .map("x-aliases", aliases)
        .with("x-evidence", of.evidence.word())
}
