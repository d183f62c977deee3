//! The mapping, laid upon the header of a file.

use std::collections::HashSet;

use airudder_client::catalogue::Field;

use super::contact::Shape;
use super::error::{LoadError, MappingFault};
use super::evidence::Evidence;
use super::format::Format;
use super::guess;
use super::header::{Column, Header};
use super::mapping::Mapping;
use super::text;
use super::value::{self, Holds};

/// A column that is used.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) column: Column,
    /// The field's name on the wire, or the variable's.
    pub(super) name: String,
    pub(super) holds: Holds,
    pub(super) format: Option<Format>,
}

/// What is read of each row.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the order of the file.
    pub(super) columns: Vec<Planned>,
    /// The fields that are the same in all rows, as JSON, with a comma behind each.
    pub(super) constants: String,
    /// Where the number stands.
    pub(super) phone: usize,
    /// Columns of the file that are not used.
    pub(super) unused: Vec<Column>,
    /// Columns of an earlier file of refused rows, which say why.
    pub(super) reasons: Vec<usize>,
    pub(super) width: usize,
}

impl Plan {
    pub(super) fn new(shape: &Shape, mapping: &Mapping, header: &Header) -> Result<Self, LoadError> {
        let mut draft = Draft { shape, mapping, header, columns: Vec::new(), faults: Vec::new() };
        draft.fields();
        draft.variables();
        let constants = draft.constants();
        draft.required();
        draft.formats();
        let Draft { mut columns, faults, .. } = draft;
        columns.sort_by_key(|planned| planned.column.index);
        let phone = columns.iter().position(|planned| planned.name == shape.phone.wire);
        let Some(phone) = phone.filter(|_| faults.is_empty()) else { return Err(LoadError::Mapping(faults)) };
        let reasons = header.reasons();
        let used: HashSet<usize> = columns.iter().map(|planned| planned.column.index).collect();
        let is_unused = |column: &&Column| {
            !used.contains(&column.index) && !reasons.contains(&column.index) && !column.name.is_empty()
        };
        let unused = header.columns.iter().filter(is_unused).cloned().collect();
        Ok(Self { columns, constants, phone, unused, reasons, width: header.columns.len() })
    }

    /// A cell without the guard that a file of refused rows has.
    pub(super) fn bare<'c>(&self, cell: &'c str) -> &'c str {
        if self.reasons.is_empty() { cell } else { text::unguard(cell) }
    }

    /// The columns whose format is to be decided, and what will be known of them.
    pub(super) fn undecided(&self) -> Vec<(usize, Evidence)> {
        let evidence = |planned: &Planned| match planned.holds {
            _ if planned.format.is_some() => None,
            Holds::Date => Some(Evidence::of_dates()),
            Holds::Amount | Holds::Whole => Some(Evidence::of_amounts()),
            Holds::Text | Holds::Phone | Holds::Boolean | Holds::Word(_) => None,
        };
        self.columns.iter().enumerate().filter_map(|(at, planned)| Some((at, evidence(planned)?))).collect()
    }
}

struct Draft<'m> {
    shape: &'m Shape,
    mapping: &'m Mapping,
    header: &'m Header,
    columns: Vec<Planned>,
    faults: Vec<MappingFault>,
}

impl Draft<'_> {
    /// The field of a name, with what a cell of it holds.
    fn field(&mut self, name: &str) -> Option<(&'static Field, Holds)> {
        let found = self.shape.field(name).and_then(|field| Some((field, Holds::of(field)?)));
        if found.is_none() {
            let likeness = |field: &&Field| strsim::jaro_winkler(field.wire, name);
            let best =
                self.shape.fields.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
            let nearest = best.filter(|field| likeness(field) > 0.7).map(|field| field.wire.to_owned());
            self.faults.push(MappingFault::UnknownField { field: name.to_owned(), nearest });
        }
        found
    }

    fn fields(&mut self) {
        for (name, header) in &self.mapping.columns {
            if let Some((field, holds)) = self.field(name) {
                self.column(field.wire, header, holds);
            }
        }
    }

    fn variables(&mut self) {
        for (name, header) in &self.mapping.variables {
            if self.shape.open && self.shape.field(name).is_none() && !name.is_empty() {
                self.column(name, header, Holds::Text);
            } else {
                self.faults.push(MappingFault::Variable { name: name.clone() });
            }
        }
    }

    fn column(&mut self, name: &str, header: &str, holds: Holds) {
        let fault = match self.header.find(header).as_slice() {
            [column] if self.columns.iter().any(|planned| planned.name == name) => {
                MappingFault::DoubledColumn { field: name.to_owned(), columns: vec![(*column).clone()] }
            }
            [column] => {
                let (column, name) = ((*column).clone(), name.to_owned());
                self.columns.push(Planned { column, name, holds, format: None });
                return;
            }
            [] => MappingFault::MissingColumn {
                field: name.to_owned(),
                header: header.to_owned(),
                nearest: self.header.nearest(header),
                columns: self.names(),
            },
            several => MappingFault::DoubledColumn {
                field: name.to_owned(),
                columns: several.iter().map(|column| (*column).clone()).collect(),
            },
        };
        self.faults.push(fault);
    }

    fn names(&self) -> Vec<String> {
        let named = self.header.columns.iter().filter(|column| !column.name.is_empty());
        named.map(|column| column.name.clone()).collect()
    }

    fn constants(&mut self) -> String {
        let mut json = String::new();
        for (name, text) in &self.mapping.constants {
            let (wire, holds) = match self.shape.field(name) {
                None if self.shape.open && !name.is_empty() => (name.as_str(), Holds::Text),
                _ => match self.field(name) {
                    Some((field, holds)) => (field.wire, holds),
                    None => continue,
                },
            };
            let reason = if self.columns.iter().any(|planned| planned.name == wire) {
                "is one and has a column too".to_owned()
            } else {
                match value::constant(holds, text) {
                    Ok(value) => {
                        value::push(&mut json, wire, &value);
                        continue;
                    }
                    Err(code) => code.reason().to_owned(),
                }
            };
            self.faults.push(MappingFault::Constant { field: wire.to_owned(), reason });
        }
        json
    }

    fn required(&mut self) {
        for field in self.shape.fields {
            let names = [field.wire, field.name];
            let mut mapped = self.mapping.columns.keys().chain(self.mapping.constants.keys());
            let is_mapped = mapped.any(|name| names.contains(&name.as_str()));
            let is_phone = std::ptr::eq(field, self.shape.phone);
            let phone_is_constant =
                is_phone && !self.mapping.columns.keys().any(|name| names.contains(&name.as_str()));
            if (field.required || is_phone) && (!is_mapped || phone_is_constant) {
                let candidates = guess::candidates(field, self.header).into_iter().cloned().collect();
                let (field, columns) = (field.wire.to_owned(), self.names());
                self.faults.push(MappingFault::Required { field, candidates, columns });
            }
        }
    }

    fn formats(&mut self) {
        for (name, format) in &self.mapping.formats {
            let wire = self.shape.field(name).map_or(name.as_str(), |field| field.wire);
            let planned = self.columns.iter_mut().find(|planned| planned.name == wire);
            match planned.map(|planned| (planned.holds, &mut planned.format)) {
                Some((Holds::Date, slot)) if matches!(format, Format::Date(_)) => *slot = Some(*format),
                Some((Holds::Amount | Holds::Whole, slot)) if matches!(format, Format::Amount(_)) => {
                    *slot = Some(*format);
                }
                Some(_) | None => {
                    self.faults.push(MappingFault::Format { field: wire.to_owned(), format: *format });
                }
            }
        }
    }
}
