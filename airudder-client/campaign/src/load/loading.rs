//! The rows of an opened list, one by one.

use std::fmt;
use std::iter::FusedIterator;
use std::marker::PhantomData;
use std::slice;

use airudder_client::catalogue::Problem;
use airudder_client::check;
use airudder_client::error::{Severity, Violation};
use airudder_client::types::Phone;

use super::contact::{Contact, Shape};
use super::do_not_call::DoNotCall;
use super::error::LoadError;
use super::header::{Column, Header};
use super::mapping::Mapping;
use super::pass::Opened;
use super::phone::{self, PhoneReader};
use super::plan::Plan;
use super::progress::Watch;
use super::records::Record;
use super::report::Report;
use super::row::{Accepted, Cells, Fault, Merged, RefusalCode, Refused, Row};
use super::seen::{self, Seen};
use super::source::Source;
use super::text;
use super::value::{self, Value};

/// The rows of an opened list: an iterator of what has become of each. See the [module](super).
pub struct Loading<C> {
    pass: Opened,
    shape: Shape,
    header: Header,
    mapping: Mapping,
    plan: Plan,
    phones: PhoneReader,
    do_not_call: DoNotCall,
    seen: Seen,
    watch: Option<Box<dyn Watch>>,
    report: Report,
    record: Record,
    /// The row as JSON, used again for each.
    json: String,
    ended: bool,
    /// The file lives as long as it is read.
    _source: Source,
    contact: PhantomData<fn() -> C>,
}

impl<C: Contact> Loading<C> {
    #[allow(clippy::too_many_arguments, reason = "called in one place")]
    pub(super) fn new(
        source: Source,
        pass: Opened,
        shape: Shape,
        header: Header,
        mapping: Mapping,
        plan: Plan,
        phones: PhoneReader,
        do_not_call: DoNotCall,
        watch: Option<Box<dyn Watch>>,
    ) -> Self {
        let columns = plan.columns.iter().map(|planned| (planned.name.clone(), planned.column.clone()));
        let formats = plan.columns.iter().filter_map(|planned| Some((planned.name.clone(), planned.format?)));
        let report = Report {
            rows: 0,
            accepted: 0,
            refused: 0,
            merged: 0,
            blank: 0,
            codes: Default::default(),
            delimiter: pass.delimiter(),
            columns: columns.collect(),
            formats: formats.collect(),
            unused: plan.unused.clone(),
        };
        let seen = Seen::new(plan.columns.len());
        Self {
            pass,
            shape,
            header,
            mapping,
            plan,
            phones,
            do_not_call,
            seen,
            watch,
            report,
            record: Record::default(),
            json: String::new(),
            ended: false,
            _source: source,
            contact: PhantomData,
        }
    }

    /// The mapping in use, with the formats that were decided: saved, it reads the next file of this kind in
    /// one pass.
    pub fn mapping(&self) -> Mapping {
        let formats = self.report.formats.iter();
        formats.fold(self.mapping.clone(), |mapping, (field, format)| mapping.format(field.clone(), *format))
    }

    /// What has become of the rows so far. Before the first one it tells which columns are read, and how.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Reads the rest, and tells what has become of all.
    ///
    /// # Errors
    /// [`LoadError::Io`].
    pub fn finish(mut self) -> Result<Report, LoadError> {
        for row in self.by_ref() {
            row?;
        }
        Ok(self.report)
    }

    /// The names of the file's columns, without those that say why a row was refused.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let own = self.header.columns.iter().filter(|column| !self.plan.reasons.contains(&column.index));
        own.map(|column| column.name.as_str())
    }

    fn judge(&mut self) -> Row<C> {
        let line = self.record.line;
        let (read, phone) = match self.shape_fault() {
            Some(fault) => (Err(vec![fault]), None),
            None => self.values(),
        };
        match (read, phone) {
            (Ok((contact, digests)), Some(phone)) => self.accept(line, phone, contact, &digests),
            (Ok(_), None) => self.refuse(vec![Fault::of_row(RefusalCode::Missing, "has no phone number")]),
            (Err(faults), _) => self.refuse(faults),
        }
    }

    fn cell(&self, index: usize) -> &str {
        self.plan.bare(self.record.cell(index))
    }

    /// What is wrong with the row as a whole.
    fn shape_fault(&self) -> Option<Fault> {
        if let Some(broken) = self.record.broken {
            let code = RefusalCode::from(broken);
            return Some(Fault::of_row(code, code.reason()));
        }
        let (cells, width) = (self.record.len(), self.plan.width);
        if let Some(column) = self.header.columns.get(cells) {
            let code = RefusalCode::TooFewCells;
            return Some(Fault::of_column(column, code, code.reason()));
        }
        let beyond = (width..cells).find(|index| !text::trim(self.cell(*index)).is_empty())?;
        let code = RefusalCode::TooManyCells;
        Some(Fault::of_column(&Column::new(beyond, ""), code, code.reason()))
    }

    /// Reads all cells that are used.
    #[allow(clippy::type_complexity, reason = "used in one place")]
    fn values(&mut self) -> (Result<(C, Vec<seen::Digest>), Vec<Fault>>, Option<Phone>) {
        let list = self.shape.list;
        self.json.clear();
        self.json.push_str(&format!("{{{:?}:[{{", list.wire));
        let start = self.json.len() - 1;
        let (mut faults, mut phone) = (Vec::new(), None);
        let mut digests = Vec::with_capacity(self.plan.columns.len());
        for (at, planned) in self.plan.columns.iter().enumerate() {
            let cell = self.plan.bare(self.record.cell(planned.column.index));
            if text::trim(cell).is_empty() {
                digests.push(0);
                continue;
            }
            let value = if is_unreadable(cell) {
                Err(RefusalCode::UnreadableText)
            } else {
                value::read(planned.holds, planned.format, &mut self.phones, cell)
            };
            let value = value.unwrap_or_else(|code| {
                faults.push((at, Fault::of_column(&planned.column, code, code.reason())));
                // No field but one of text takes it, and so the check below says the vendor's code.
                Value::Text("?".to_owned())
            });
            if let (Value::Phone(value), true) = (&value, at == self.plan.phone) {
                phone = Some(value.clone());
            }
            value::push(&mut self.json, &planned.name, &value);
            digests.push(seen::digest(value.meaning()));
        }
        self.json.push_str(&self.plan.constants);
        if self.json.ends_with(',') {
            self.json.pop();
        }
        self.json.push('}');
        let end = self.json.len();
        self.json.push_str("]}");
        let violations = check::check(slice::from_ref(list), self.shape.family, self.json.as_bytes());
        self.add_violations(&mut faults, violations);
        faults.sort_by_key(|(at, _)| *at);
        let faults: Vec<Fault> = faults.into_iter().map(|(_, fault)| fault).collect();
        if !faults.is_empty() {
            return (Err(faults), None);
        }
        match serde_json::from_str(&self.json[start..end]) {
            Ok(contact) => (Ok((contact, digests)), phone),
            Err(_) => (Err(vec![Fault::of_row(RefusalCode::Rule, "is no contact")]), None),
        }
    }

    /// Adds what the vendor would refuse: its code to what is known already, and what is not.
    fn add_violations(&self, faults: &mut Vec<(usize, Fault)>, violations: Vec<Violation>) {
        for violation in violations.into_iter().filter(|violation| violation.severity == Severity::Error) {
            let at = self.plan.columns.iter().position(|planned| planned.name == violation.name());
            let known = faults.iter_mut().find(|(of, _)| Some(*of) == at);
            if let Some((_, fault)) = known {
                fault.vendor_code = violation.code;
                continue;
            }
            let is_missing = violation.problem == Problem::Missing;
            let code = if is_missing { RefusalCode::Missing } else { RefusalCode::Rule };
            let fault = match at.map(|at| &self.plan.columns[at].column) {
                Some(column) => Fault::of_column(column, code, violation.message),
                None => Fault::of_row(code, format!("{} {}", violation.name(), violation.message)),
            };
            faults.push((at.unwrap_or(usize::MAX), Fault { vendor_code: violation.code, ..fault }));
        }
    }

    fn accept(&mut self, line: u64, phone: Phone, contact: C, digests: &[seen::Digest]) -> Row<C> {
        let column = |at: usize| &self.plan.columns[at].column;
        if self.do_not_call.contains(&phone) {
            let code = RefusalCode::DoNotCall;
            let fault = Fault::of_column(column(self.plan.phone), code, code.reason());
            return self.refuse(vec![fault]);
        }
        match self.seen.add(phone::number(&phone), line, digests) {
            None => {
                self.report.accepted += 1;
                Row::Accepted(Accepted { line, phone, contact, cells: self.own_cells() })
            }
            Some(earlier) if earlier.differs.is_empty() => {
                self.report.merged += 1;
                Row::Merged(Merged { line, first_line: earlier.line })
            }
            Some(earlier) => {
                let reason =
                    format!("differs from line {}, which has the same number and is called", earlier.line);
                let fault = |at| Fault::of_column(column(at), RefusalCode::DuplicateDiffers, reason.clone());
                let faults = earlier.differs.into_iter().map(fault).collect();
                self.refuse(faults)
            }
        }
    }

    fn refuse(&mut self, faults: Vec<Fault>) -> Row<C> {
        self.report.refused += 1;
        let mut codes: Vec<RefusalCode> = faults.iter().map(|fault| fault.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *self.report.codes.entry(code).or_default() += 1;
        }
        Row::Refused(Refused { line: self.record.line, faults, cells: self.own_cells().0 })
    }

    /// The row as it stands in the file, without what says why it was refused.
    fn own_cells(&self) -> Cells {
        let reasons = &self.plan.reasons;
        let own = (0..self.record.len()).filter(|index| !reasons.contains(index));
        Cells(own.map(|index| self.cell(index).to_owned()).collect())
    }
}

impl<C: Contact> Iterator for Loading<C> {
    type Item = Result<Row<C>, LoadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let read = self.pass.read(&mut self.record, &mut self.watch);
        self.report.blank = self.pass.blank();
        match read {
            Ok(true) => {
                self.report.rows += 1;
                Some(Ok(self.judge()))
            }
            Ok(false) => {
                self.ended = true;
                None
            }
            Err(error) => {
                self.ended = true;
                Some(Err(LoadError::Io(error)))
            }
        }
    }
}

impl<C: Contact> FusedIterator for Loading<C> {}

/// Shows what has become of the rows so far.
impl<C> fmt::Debug for Loading<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loading").field("report", &self.report).finish_non_exhaustive()
    }
}

/// Whether a cell holds what its encoding has no character for, or what is no text.
fn is_unreadable(cell: &str) -> bool {
    cell.contains(|c: char| c == '\u{fffd}' || (c.is_control() && !matches!(c, '\t' | '\n' | '\r')))
}
