//! The format of a column, decided from all of its values.

use std::fmt;

use super::amount::{self, AmountFormat};
use super::date::{self, DateFormat};
use super::error::{Reading, UndecidedColumn};
use super::format::Format;
use super::header::Column;
use super::text;

/// How many lines are named of each kind.
const LINES: usize = 3;

/// What the values of a column say about its format.
#[derive(Debug)]
pub(super) struct Evidence {
    formats: [Format; 2],
    /// Lines of values that only the first format fits, and only the second.
    only: [Vec<u64>; 2],
    both: Vec<u64>,
    examples: [String; 2],
}

impl Evidence {
    pub(super) fn of_dates() -> Self {
        Self::new([Format::Date(DateFormat::DayMonthYear), Format::Date(DateFormat::MonthDayYear)])
    }

    pub(super) fn of_amounts() -> Self {
        Self::new([Format::Amount(AmountFormat::Point), Format::Amount(AmountFormat::Comma)])
    }

    fn new(formats: [Format; 2]) -> Self {
        Self { formats, only: Default::default(), both: Vec::new(), examples: Default::default() }
    }

    /// Looks at a value.
    pub(super) fn add(&mut self, line: u64, cell: &str) {
        if text::trim(cell).is_empty() {
            return;
        }
        match self.formats[0] {
            Format::Date(_) => self.add_date(line, cell),
            Format::Amount(_) => self.add_amount(line, cell),
        }
    }

    fn add_date(&mut self, line: u64, cell: &str) {
        if let Some(readings) = date::Written::read(cell).ok().and_then(date::Written::readings) {
            self.note(line, &readings, || (text::plain(cell), readings));
        }
    }

    fn add_amount(&mut self, line: u64, cell: &str) {
        let read = |cell: &str| amount::Written::read(cell).map(amount::Written::readings);
        if let Ok(readings) = read(cell) {
            self.note(line, &readings, || {
                let sample = amount::sample(cell);
                let readings = read(&sample).unwrap_or_default();
                (sample, readings)
            });
        }
    }

    /// `shown`: a value with its readings, as they may be told.
    fn note<T: PartialEq + fmt::Display>(
        &mut self,
        line: u64,
        readings: &(Option<T>, Option<T>),
        shown: impl FnOnce() -> (String, (Option<T>, Option<T>)),
    ) {
        let lines = match readings {
            (Some(one), Some(other)) if one == other => return,
            (Some(_), Some(_)) => {
                if self.both.is_empty()
                    && let (shown, (Some(one), Some(other))) = shown()
                {
                    self.examples = [format!("{shown} is {one}"), format!("{shown} is {other}")];
                }
                &mut self.both
            }
            (Some(_), None) => &mut self.only[0],
            (None, Some(_)) => &mut self.only[1],
            (None, None) => return,
        };
        if lines.len() < LINES {
            lines.push(line);
        }
    }

    /// The format; `None`: no value needs one.
    pub(super) fn decide(self, column: &Column, field: &str) -> Result<Option<Format>, Box<UndecidedColumn>> {
        match (self.only[0].is_empty(), self.only[1].is_empty(), self.both.is_empty()) {
            (false, true, _) => Ok(Some(self.formats[0])),
            (true, false, _) => Ok(Some(self.formats[1])),
            (true, true, true) => Ok(None),
            (true, true, false) | (false, false, _) => {
                let ([one, other], [only_one, only_other]) = (self.examples, self.only);
                let readings = [
                    Reading { format: self.formats[0], example: one, only: only_one },
                    Reading { format: self.formats[1], example: other, only: only_other },
                ];
                let (column, field) = (column.clone(), field.to_owned());
                Err(Box::new(UndecidedColumn { column, field, readings, lines: self.both }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(values: &[&str]) -> Result<Option<Format>, String> {
        decide(Evidence::of_dates(), values)
    }

    fn amounts(values: &[&str]) -> Result<Option<Format>, String> {
        decide(Evidence::of_amounts(), values)
    }

    fn decide(mut evidence: Evidence, values: &[&str]) -> Result<Option<Format>, String> {
        for (index, value) in values.iter().enumerate() {
            evidence.add(index as u64 + 2, value);
        }
        evidence.decide(&Column::new(2, "Due"), "DueDate").map_err(|undecided| undecided.to_string())
    }

    #[test]
    fn one_value_decides_a_column_of_dates() {
        let (day, month) = (Format::from(DateFormat::DayMonthYear), Format::from(DateFormat::MonthDayYear));
        assert_eq!(dates(&["01/02/2026", "13/02/2026", "x", ""]), Ok(Some(day)));
        assert_eq!(dates(&["01/02/2026", "02.13.2026"]), Ok(Some(month)));
        assert_eq!(dates(&["2026-02-01", "1 Feb 2026", "05/05/2026", "1/2/26", "46054"]), Ok(None));
        assert_eq!(
            dates(&["2026-02-01", "01/02/2026", "03/04/2026"]).unwrap_err(),
            "column Due (C) can be read in two ways, and no value decides: \
             as day/month/year, 01/02/2026 is 2026-02-01; as month/day/year, 01/02/2026 is 2026-01-02 \
             (line 3); name the format of DueDate"
        );
        assert_eq!(
            dates(&["13/02/2026", "01/02/2026", "02/13/2026"]).unwrap_err(),
            "column Due (C) is in two formats: \
             line 2 can only be day/month/year, line 4 only month/day/year; name the format of DueDate"
        );
    }

    #[test]
    fn one_value_decides_a_column_of_amounts() {
        let (point, comma) = (Format::from(AmountFormat::Point), Format::from(AmountFormat::Comma));
        assert_eq!(amounts(&["1.000", "1.000.000"]), Ok(Some(comma)));
        assert_eq!(amounts(&["1.000", "2,50"]), Ok(Some(comma)));
        assert_eq!(amounts(&["1,000", "2.50"]), Ok(Some(point)));
        assert_eq!(amounts(&["1,000", "0.500"]), Ok(Some(point)));
        assert_eq!(amounts(&["1000", "x", ""]), Ok(None));
        let undecided = amounts(&["1000", "Rp 327.850"]).unwrap_err();
        assert!(
            undecided.contains("100.000 is 100.000; as 1.234,56, 100.000 is 100000 (line 3)"),
            "{undecided}"
        );
        assert!(amounts(&["1.5", "1,5"]).unwrap_err().contains("in two formats"));
    }
}
