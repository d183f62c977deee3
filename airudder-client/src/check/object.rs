//! What is known of an object while its keys come in, however they come.

use super::order;
use super::report::{Report, Row, Step};
use super::value::{Given, Target};
use crate::bits::Bits;
use crate::catalogue::{Field, Problem};

/// An object with known fields, between its braces.
pub(super) struct Object {
    fields: &'static [Field],
    /// The list of which it is a row.
    list: Option<&'static Field>,
    present: Bits,
    /// Where to look first. Keys mostly come in the order of the fields.
    next: usize,
    /// How many times of other objects the report holds.
    times: usize,
}

impl Object {
    pub(super) fn begin(fields: &'static [Field], list: Option<&'static Field>, report: &Report) -> Self {
        Self { fields, list, present: Bits::default(), next: 0, times: report.times.len() }
    }

    /// The index of the field that a key stands for.
    #[inline]
    pub(super) fn position(&mut self, name: &str) -> Option<usize> {
        let index = match self.fields.get(self.next) {
            // Where it comes from the table, one look at the address is enough.
            Some(field) if std::ptr::eq(field.wire, name) || field.wire == name => self.next,
            _ => position(self.fields, name)?,
        };
        self.next = index + 1;
        Some(index)
    }

    /// Enters the value of a field.
    #[inline]
    pub(super) fn enter(&self, index: usize, report: &mut Report) -> Target {
        let field = &self.fields[index];
        report.enter(Step::Key(field.wire));
        Target::of(field)
    }

    /// Leaves it with what was found.
    #[inline]
    pub(super) fn leave(&mut self, index: usize, given: Given, report: &mut Report) {
        report.leave();
        if given == Given::Yes {
            self.present.set(index);
        }
    }

    /// Reports what is missing, and times in the wrong order.
    pub(super) fn end(self, report: &mut Report) {
        let Self { fields, list, present, times, .. } = self;
        let row = list.map(|list| Row { list, is_empty: present.is_empty() });
        for (index, field) in fields.iter().enumerate() {
            if field.required && !present.has(index) {
                report.enter(Step::Key(field.wire));
                report.add_in_row(field, row, Problem::Missing, format_args!("is required"));
                report.leave();
            }
        }
        if report.times.len() > times {
            order::compare(times, report);
            report.times.truncate(times);
        }
    }
}

/// The field that a name stands for.
pub(super) fn position(fields: &[Field], name: &str) -> Option<usize> {
    let by_name = fields.iter().position(|field| field.wire == name);
    let is_alias = |field: &Field| field.aliases.contains(&name);
    by_name.or_else(|| fields.iter().position(is_alias))
}
