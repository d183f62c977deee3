//! The checked model: what a spec says, in the types that the generator reads.

mod entry;
mod family;
mod types;

use std::collections::{HashMap, HashSet};

pub use entry::{
    Endpoint, Entry, FindBy, Idempotency, NextCursor, Page, Payload, PollUntil, Response, Section, ThenPoll,
    Webhook,
};
pub use family::{Auth, CredentialVariables, Envelope, ErrorRow, ErrorTable, Family, RefusalForm};
pub use types::{Constraint, Enum, EnumValue, Field, Id, SchemaProfile, Struct, Type, TypeRef, Types};

/// A whole spec.
#[derive(Debug, Default)]
pub struct Spec {
    /// Families.
    pub families: Vec<Family>,
    /// The host of all families that have none of their own, with its variable and credentials.
    pub base_url: String,
    pub base_url_variable: Option<String>,
    pub credentials: CredentialVariables,
    /// Time-out classes, in seconds.
    pub timeouts: Vec<(String, u32)>,
    /// Error tables, one per family.
    pub errors: Vec<ErrorTable>,
    /// `types.yaml`.
    pub shared: Types,
    /// Sections, by name.
    pub sections: Vec<Section>,
    /// Where things are, by name.
    index: Index,
}

/// Where things are in their lists: a spec of thousands of entries looks names up thousands of times.
#[derive(Debug, Default)]
struct Index {
    sections: HashMap<String, usize>,
    shared: TypeIndex,
    own: Vec<SectionIndex>,
}

#[derive(Debug, Default)]
struct SectionIndex {
    types: TypeIndex,
    endpoints: HashMap<String, usize>,
    webhooks: HashMap<String, usize>,
}

#[derive(Debug, Default)]
struct TypeIndex {
    enums: HashMap<String, usize>,
    structs: HashMap<String, usize>,
}

impl TypeIndex {
    fn of(types: &Types) -> Self {
        Self {
            enums: places(types.enums.iter().map(|e| &e.name)),
            structs: places(types.structs.iter().map(|s| &s.name)),
        }
    }
}

fn places<'a>(names: impl Iterator<Item = &'a String>) -> HashMap<String, usize> {
    // The first of a name counts, as in a search.
    let mut places = HashMap::new();
    for (place, name) in names.enumerate() {
        places.entry(name.clone()).or_insert(place);
    }
    places
}

impl Spec {
    /// Brings the look-ups up to date; to be called after lists were changed.
    pub fn reindex(&mut self) {
        self.index = Index {
            sections: places(self.sections.iter().map(|s| &s.name)),
            shared: TypeIndex::of(&self.shared),
            own: self.sections.iter().map(SectionIndex::of).collect(),
        };
    }

    /// A section by name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.get(*self.index.sections.get(name)?)
    }

    /// An endpoint by key.
    pub fn endpoint(&self, key: &str) -> Option<&Endpoint> {
        let (section, name) = key.split_once('.')?;
        let place = *self.index.sections.get(section)?;
        self.sections.get(place)?.endpoints.get(*self.index.own.get(place)?.endpoints.get(name)?)
    }

    /// A webhook by key.
    pub fn webhook(&self, key: &str) -> Option<&Webhook> {
        let (section, name) = key.split_once('.')?;
        let place = *self.index.sections.get(section)?;
        self.sections.get(place)?.webhooks.get(*self.index.own.get(place)?.webhooks.get(name)?)
    }

    /// A struct.
    pub fn find_struct(&self, at: &TypeRef) -> Option<&Struct> {
        let (types, index) = self.types_with_index(at)?;
        types.structs.get(*index.structs.get(&at.name)?)
    }

    /// An enum.
    pub fn find_enum(&self, at: &TypeRef) -> Option<&Enum> {
        let (types, index) = self.types_with_index(at)?;
        types.enums.get(*index.enums.get(&at.name)?)
    }

    fn types_with_index(&self, at: &TypeRef) -> Option<(&Types, &TypeIndex)> {
        let Some(section) = &at.section else { return Some((&self.shared, &self.index.shared)) };
        let place = *self.index.sections.get(section)?;
        Some((&self.sections.get(place)?.types, &self.index.own.get(place)?.types))
    }

    /// The field by which two entries of a list are the same.
    pub fn unique_field(&self, field: &Field) -> Option<&Field> {
        let Type::Struct(at) = field.ty.innermost() else { return None };
        let name = field.unique.as_ref()?;
        self.find_struct(at)?.fields.iter().find(|f| f.name == *name)
    }

    /// The structs that requests are made of: they get builders.
    pub fn sent_structs(&self) -> HashSet<TypeRef> {
        let struct_of = |ty: &Type| match ty.innermost() {
            Type::Struct(at) => Some(at.clone()),
            Type::Scalar(_) | Type::Id(_) | Type::Enum(_) | Type::List(_) | Type::Map(_) => None,
        };
        let mut sent = HashSet::new();
        let requests = self.sections.iter().flat_map(|s| &s.endpoints).flat_map(|e| &e.request);
        let mut todo: Vec<TypeRef> = requests.filter_map(|f| struct_of(&f.ty)).collect();
        while let Some(at) = todo.pop() {
            if sent.insert(at.clone())
                && let Some(object) = self.find_struct(&at)
            {
                todo.extend(object.fields.iter().filter_map(|f| struct_of(&f.ty)));
            }
        }
        sent
    }

    /// The endpoints that give the tokens of families, each once.
    pub fn token_endpoints(&self) -> Vec<&Endpoint> {
        let mut endpoints: Vec<&Endpoint> = Vec::new();
        for family in &self.families {
            if let Auth::Token { endpoint, .. } = &family.auth
                && let Some(endpoint) = self.endpoint(endpoint)
                && !endpoints.iter().any(|known| known.entry.key == endpoint.entry.key)
            {
                endpoints.push(endpoint);
            }
        }
        endpoints
    }

    /// The types beside a name.
    pub fn types(&self, at: &TypeRef) -> Option<&Types> {
        self.types_with_index(at).map(|(types, _)| types)
    }

    /// A family by name.
    pub fn family(&self, name: &str) -> Option<&Family> {
        self.families.iter().find(|f| f.name == name)
    }
}

impl SectionIndex {
    fn of(section: &Section) -> Self {
        Self {
            types: TypeIndex::of(&section.types),
            endpoints: places(section.endpoints.iter().map(|e| &e.entry.name)),
            webhooks: places(section.webhooks.iter().map(|w| &w.entry.name)),
        }
    }
}
