//! Examples of the page, and what is made up where one lacks a required value.

use serde_json::{Map, Value as Json};

use super::document::Node;
use super::draft::{Enum, Field, Sample};
use super::error::ImportError;
use super::flat::{Schema, example_here};
use super::schemas::Reader;

/// How many schemas of a call are asked for an example.
const MAX_EXAMPLES: usize = 2_000;

impl<'a> Reader<'a> {
    /// The example of a schema, or one made of those of its properties.
    pub(super) fn example(&mut self, schema: &Schema<'a>, depth: usize) -> Result<Option<Json>, ImportError> {
        self.exemplified += 1;
        if depth > 8 || self.exemplified > MAX_EXAMPLES {
            return Ok(None);
        }
        let flat = self.flat_uncounted(schema)?;
        if let Some(example) = example_here(&flat) {
            return Ok(Some(example.to_json()));
        }
        if !flat.choices.is_empty() {
            return Ok(None);
        }
        if let Some(items) = flat.get("items") {
            return Ok(self.example(&items.into(), depth + 1)?.map(|item| Json::Array(vec![item])));
        }
        let mut map = Map::new();
        for (wire, schema) in flat.properties() {
            if let Some(example) = self.example(&schema, depth + 1)? {
                map.insert(wire.to_owned(), example);
            }
        }
        Ok((!map.is_empty()).then_some(Json::Object(map)))
    }

    /// The example of a media type or parameter, or the first of several, and how many it gives.
    pub(super) fn given(&self, node: &'a Node) -> Result<(Option<Json>, usize), ImportError> {
        let named = node.get("examples");
        let count = named.map_or(0, |examples| examples.entries().len().max(examples.items().len()));
        if let Some(example) = node.get("example") {
            return Ok((Some(example.to_json()), count + 1));
        }
        let first = named.and_then(|examples| {
            examples.entries().first().map(|(_, example)| example).or_else(|| examples.items().first())
        });
        let Some(first) = first else { return Ok((None, count)) };
        // One that stands in another file is none.
        let value = self.resolve(first)?.0.filter(|first| first.get("externalValue").is_none());
        Ok((value.map(|first| first.get("value").unwrap_or(first).to_json()), count))
    }
}

/// Gives a sample the required values that the page has no example of.
pub(super) fn complete(sample: &mut Sample, fields: &[Field], enums: &[Enum]) {
    let Json::Object(map) = &mut sample.value else { return };
    for field in fields.iter().filter(|field| field.ty == "boolean") {
        // Examples of forms are text.
        if let Some(value) = map.get_mut(&field.wire)
            && let Some(flag) = value.as_str().and_then(|text| text.to_lowercase().parse::<bool>().ok())
        {
            *value = flag.into();
        }
    }
    let is_fixed = |field: &&Field| field.limits.iter().any(|(key, _)| *key == "fixed");
    for field in fields.iter().filter(|field| field.required && !is_fixed(field)) {
        if map.get(&field.wire).is_none_or(|value| value.is_null() || value.as_str() == Some(""))
            && let Some(value) = invented(field, enums)
        {
            map.insert(field.wire.clone(), value);
            sample.invented.push(field.wire.clone());
        }
    }
}

fn invented(field: &Field, enums: &[Enum]) -> Option<Json> {
    let limit = |keys: [&str; 2]| {
        keys.iter().find_map(|key| field.limits.iter().find(|(name, _)| name == key)?.1.parse::<i64>().ok())
    };
    if let Some((_, values)) = field.limits.iter().find(|(key, _)| *key == "one_of") {
        let first = values.trim_matches(['[', ']']).split(", ").next()?.trim_matches('"');
        return Some(match (field.ty.as_str(), first.parse::<i64>()) {
            ("integer", Ok(number)) => number.into(),
            _ => first.into(),
        });
    }
    if let Some(of) = enums.iter().find(|of| of.name == field.ty) {
        let first = &of.values.first()?.wire;
        return Some(match first.parse::<i64>() {
            Ok(number) if of.integer => number.into(),
            _ => first.as_str().into(),
        });
    }
    Some(match field.ty.as_str() {
        "string" => {
            let least = usize::try_from(limit(["min_chars", "min_chars"]).unwrap_or(1)).ok()?;
            "1".repeat(least.clamp(1, 64)).into()
        }
        "integer" | "number" | "decimal" => {
            let low = limit(["min", "greater_than"]).map(|low| low + 1);
            low.or_else(|| limit(["max", "less_than"]).map(|high| (high - 1).min(1))).unwrap_or(1).into()
        }
        "boolean" => true.into(),
        "date" => "2024-01-01".into(),
        "time" => "08:00:00".into(),
        "local_datetime" => "2024-01-01 08:00:00".into(),
        "instant" => "2024-01-01T00:00:00Z".into(),
        "instant_offset" => "2024-01-01 08:00:00+00:00".into(),
        "url" => "https://example.com/".into(),
        _ => return None,
    })
}
