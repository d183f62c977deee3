//! What services that extract data take of JSON Schema.

use core::fmt;

/// What a JSON Schema that is a value may say: an object whose properties have one of these types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaProfile<'a> {
    /// The types that a property may have; each has one of them.
    pub types: &'a [&'a str],
    /// How many properties there may be.
    pub max_properties: Option<u32>,
    /// Whether it must say that there are no others, `additionalProperties: false`.
    pub closed: bool,
    /// Keywords that neither it nor one of its properties may have.
    pub without: &'a [&'a str],
}

/// A JSON value by reference, as far as the rule needs it: the spec's values are not the client's.
pub trait JsonView<'s>: Copy {
    /// Its text, if it is one.
    fn text(self) -> Option<&'s str>;
    /// Whether it is `false`.
    fn is_false(self) -> bool;
    /// Its members in their order; `None` where it is no object.
    fn members(self) -> Option<impl Iterator<Item = (&'s str, Self)>>;

    /// The member of a name.
    fn member(self, name: &str) -> Option<Self> {
        self.members()?.find(|(own, _)| *own == name).map(|(_, value)| value)
    }
}

/// Why a schema is outside of a profile; `Display` says what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SchemaProblem<'s, 'p> {
    /// The property that it is about; `None`: the whole.
    pub property: Option<&'s str>,
    fault: Fault<'p>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault<'p> {
    NoObject,
    OtherType,
    Open,
    Keyword(&'p str),
    OtherProperties,
    TooMany(u32),
    PropertyType(&'p [&'p str]),
}

impl fmt::Display for SchemaProblem<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fault {
            Fault::NoObject => f.write_str("must be an object, a JSON Schema"),
            Fault::OtherType => f.write_str("must have `type: object`"),
            Fault::Open => f.write_str("must have `additionalProperties: false`"),
            Fault::Keyword(keyword) => write!(f, "must not have `{keyword}`"),
            Fault::OtherProperties => f.write_str("must have an object as `properties`"),
            Fault::TooMany(most) => write!(f, "must have at most {most} properties"),
            Fault::PropertyType(types) => {
                f.write_str("must have one `type` of ")?;
                for (at, word) in types.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    f.write_str(word)?;
                }
                Ok(())
            }
        }
    }
}

impl<'p> SchemaProfile<'p> {
    /// Why a schema is outside of it, if it is.
    pub fn problem<'s>(&self, schema: impl JsonView<'s>) -> Option<SchemaProblem<'s, 'p>> {
        let whole = |fault| Some(SchemaProblem { property: None, fault });
        if schema.members().is_none() {
            return whole(Fault::NoObject);
        }
        if schema.member("type").and_then(JsonView::text) != Some("object") {
            return whole(Fault::OtherType);
        }
        if self.closed && !schema.member("additionalProperties").is_some_and(JsonView::is_false) {
            return whole(Fault::Open);
        }
        if let Some(keyword) = self.refused(schema) {
            return whole(Fault::Keyword(keyword));
        }
        let properties = schema.member("properties")?;
        if properties.members().is_none() {
            return whole(Fault::OtherProperties);
        }
        let count = || properties.members().map_or(0, Iterator::count);
        if let Some(most) = self.max_properties.filter(|most| count() > *most as usize) {
            return whole(Fault::TooMany(most));
        }
        properties.members()?.find_map(|(name, property)| {
            let about = |fault| Some(SchemaProblem { property: Some(name), fault });
            if let Some(keyword) = self.refused(property) {
                return about(Fault::Keyword(keyword));
            }
            let kind = property.member("type").and_then(JsonView::text);
            match kind.is_some_and(|kind| self.types.contains(&kind)) {
                true => None,
                false => about(Fault::PropertyType(self.types)),
            }
        })
    }

    fn refused<'s>(&self, schema: impl JsonView<'s>) -> Option<&'p str> {
        self.without.iter().copied().find(|keyword| schema.member(keyword).is_some())
    }
}
