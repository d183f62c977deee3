//! A list as people have it, and what must become of each of its rows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const COLUMNS: &str = "Nama;No HP;Tgl Pinjam;Jatuh Tempo;Pinjaman;Tunggakan;Ref;Jenis Kelamin;Catatan";

/// A list, and what must become of its rows.
#[derive(Default)]
pub(crate) struct Messy {
    pub(crate) list: String,
    /// The list of those who must not be called.
    pub(crate) do_not_call: String,
    /// Who must be called, by number.
    pub(crate) called: BTreeSet<String>,
    /// Lines that must be refused, and with which codes.
    pub(crate) refused: BTreeMap<u64, String>,
    pub(crate) merged: u64,
    pub(crate) blank: u64,
    line: u64,
}

/// The cells of a row that can be called.
#[derive(Clone)]
struct Cells {
    name: String,
    phone: String,
    loan_date: &'static str,
    due_date: &'static str,
    amount: String,
    arrears: String,
    reference: String,
}

impl Cells {
    fn good(n: usize) -> Self {
        Self {
            name: format!("Debtor {n}"),
            phone: spelled(n, n),
            loan_date: ["01/02/2026", "1/2/2026", "2026-02-01", "01.02.2026", "20260201"][n % 5],
            due_date: ["28/03/2026", "28 Mar 2026", "2026/03/28"][n % 3],
            amount: ["300.000", "Rp 300.000,50", "300000", "\"300.000,-\""][n % 4].to_owned(),
            arrears: format!("Rp {}.500,75", n % 900 + 100),
            reference: format!("R-{n}"),
        }
    }

    fn line(&self) -> String {
        let Self { name, phone, loan_date, due_date, amount, arrears, reference } = self;
        format!("{name};{phone};{loan_date};{due_date};{amount};{arrears};{reference};male;-")
    }
}

fn number(n: usize) -> String {
    format!("+62812{n:08}")
}

/// The number of somebody, in one of the ways in which people write it.
fn spelled(n: usize, way: usize) -> String {
    let digits = format!("812{n:08}");
    let (a, b, c) = (&digits[..3], &digits[3..7], &digits[7..]);
    match way % 9 {
        0 => format!("+62{digits}"),
        1 => format!("0{digits}"),
        2 => format!("62{digits}"),
        3 => format!("'0{a}-{b}-{c}"),
        4 => format!("0062{digits}"),
        5 => digits,
        6 => format!("(0{a}) {b} {c}"),
        7 => format!("\u{202a}+62 {a} {b}{c}"),
        _ => digits.chars().fold("\"=\"\"0".to_owned(), |text, digit| text + &digit.to_string()) + "\"\"\"",
    }
}

impl Messy {
    /// A list of so many rows. The same number gives the same list.
    pub(crate) fn new(rows: usize) -> Self {
        let mut messy = Self { line: 1, ..Self::default() };
        messy.push(&format!("\u{feff}{COLUMNS}"), 0);
        messy.do_not_call.push_str("phone\r\n");
        let mut earlier: Option<(usize, Cells)> = None;
        for n in 0..rows {
            earlier = messy.add(n, earlier);
        }
        messy
    }

    /// Files of several people put together have several ends of lines.
    fn push(&mut self, row: &str, n: usize) {
        self.list.push_str(row);
        self.list.push_str(if n.is_multiple_of(7) { "\n" } else { "\r\n" });
        self.line += 1 + row.matches('\n').count() as u64;
    }

    fn refuse(&mut self, row: &str, n: usize, code: &str) {
        self.refused.insert(self.line, code.to_owned());
        self.push(row, n);
    }

    fn call(&mut self, cells: &Cells, n: usize) {
        self.called.insert(number(n));
        self.push(&cells.line(), n);
    }

    /// Adds a row, of which `earlier` is the last before it that can be called; gives the last now.
    fn add(&mut self, n: usize, earlier: Option<(usize, Cells)>) -> Option<(usize, Cells)> {
        let mut cells = Cells::good(n);
        let refused = |change: fn(&mut Cells)| {
            let mut cells = Cells::good(n);
            change(&mut cells);
            cells.line()
        };
        match (n % 50, earlier.clone()) {
            (1, _) => {
                self.blank += 1;
                self.push("", n);
            }
            (2, _) => {
                self.blank += 1;
                self.push(";; ;;;;;;", n);
            }
            (3 | 33, Some((person, mut known))) => {
                known.phone = spelled(person, n + 1);
                self.merged += 1;
                self.push(&known.line(), n);
            }
            (4, Some((person, mut known))) => {
                known.phone = spelled(person, n + 2);
                known.arrears = "Rp 1,25".to_owned();
                self.refuse(&known.line(), n, "duplicate_differs");
            }
            (5, Some((_, known))) => {
                cells.reference = known.reference;
                self.refuse(&cells.line(), n, "reference_taken");
            }
            (6, _) => self.refuse(&refused(|cells| cells.phone = "0812".to_owned()), n, "phone_too_short"),
            (7, _) => self.refuse(&refused(|cells| cells.phone = "6,28E+12".to_owned()), n, "rounded"),
            (8, _) => self.refuse(&refused(|cells| cells.phone = "#N/A".to_owned()), n, "not_a_phone"),
            (9, _) => self.refuse(&refused(|cells| cells.phone = " ".to_owned()), n, "missing"),
            (10, _) => {
                let row = refused(|cells| cells.phone = "08123456789 / 08133456789".to_owned());
                self.refuse(&row, n, "several_phones");
            }
            (11, _) => self.refuse(&refused(|cells| cells.name.clear()), n, "missing"),
            (12, _) => self.refuse(&refused(|cells| cells.loan_date = "31/02/2026"), n, "not_a_date"),
            (13, _) => self.refuse(&refused(|cells| cells.loan_date = "01/02/26"), n, "two_digit_year"),
            (14, _) => self.refuse(&refused(|cells| cells.loan_date = "29/03/2026"), n, "rule"),
            (15, _) => self.refuse(&refused(|cells| cells.due_date = "46054"), n, "day_number"),
            (16, _) => self.refuse(&refused(|cells| cells.amount = "0".to_owned()), n, "rule"),
            (17, _) => self.refuse(&refused(|cells| cells.amount = "5 jt".to_owned()), n, "not_an_amount"),
            (18, _) => self.refuse(&format!("Debtor {n};{}", number(n)), n, "too_few_cells"),
            (19, _) => self.refuse(&format!("{};too;many", cells.line()), n, "too_many_cells"),
            (20, _) => self.refuse(&format!("\"{}", cells.line()), n, "broken_quotes"),
            (21, _) => {
                let row = refused(|cells| cells.name = "\"Jane\" Doe".to_owned());
                self.refuse(&row, n, "broken_quotes");
            }
            (22, _) => {
                let row = refused(|cells| cells.name = "Ja\u{fffd}ne".to_owned());
                self.refuse(&row, n, "unreadable_text");
            }
            (23, _) => {
                writeln!(self.do_not_call, "{}", spelled(n, n + 3)).unwrap();
                self.refuse(&cells.line(), n, "do_not_call");
            }
            (kind, _) => {
                match kind {
                    24 => cells.reference.clear(),
                    25 => cells.name = format!("\"Doe; \"\"Jane\"\" {n}\""),
                    26 => cells.name = format!("\"Jane\r\nDoe {n}\""),
                    27 => cells.name = format!("王小明 {n}"),
                    28 => cells.name = format!("  Jane {n}\u{a0}"),
                    _ => {}
                }
                self.call(&cells, n);
                return Some((n, cells));
            }
        }
        earlier
    }
}
