//! Dates as people write them.

use std::fmt;

use airudder_client::jiff::ToSpan;
use airudder_client::jiff::civil::{Date, date};

use super::row::RefusalCode;
use super::text;

/// In which order a column of dates has day, month and year. Any sign may stand between them.
///
/// With every format but those of a spreadsheet's day numbers, dates that can be read in one way only are
/// taken too: year first (`2026-02-01`, `20260201`), or the month as a word (`1 Feb 2026`; English,
/// Indonesian, Spanish).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DateFormat {
    /// `2026-02-01`.
    YearMonthDay,
    /// `01/02/2026` is 1 February.
    DayMonthYear,
    /// `01/02/2026` is 2 January.
    MonthDayYear,
    /// `26-02-01`: a year of two digits, from 1970 to 2069, as in the two that follow.
    ShortYearMonthDay,
    /// `01/02/26` is 1 February.
    DayMonthShortYear,
    /// `01/02/26` is 2 January.
    MonthDayShortYear,
    /// `46054`: days as a spreadsheet counts them, from 1900 (Excel on Windows, LibreOffice, Google).
    Excel1900,
    /// `44592`: days as a spreadsheet counts them, from 1904 (old Excel on the Mac).
    Excel1904,
}

impl DateFormat {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::YearMonthDay,
        Self::DayMonthYear,
        Self::MonthDayYear,
        Self::ShortYearMonthDay,
        Self::DayMonthShortYear,
        Self::MonthDayShortYear,
        Self::Excel1900,
        Self::Excel1904,
    ];

    /// Its word in a saved mapping.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::YearMonthDay => "year-month-day",
            Self::DayMonthYear => "day/month/year",
            Self::MonthDayYear => "month/day/year",
            Self::ShortYearMonthDay => "yy-month-day",
            Self::DayMonthShortYear => "day/month/yy",
            Self::MonthDayShortYear => "month/day/yy",
            Self::Excel1900 => "excel-1900",
            Self::Excel1904 => "excel-1904",
        }
    }
}

impl fmt::Display for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A cell of a column of dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Written {
    /// It can be read in one way.
    Clear(Date),
    /// Two numbers and a year, in that order.
    Numbers(u32, u32, i16),
    /// Three numbers, one of which is a year of two digits.
    Short(u32, u32, u32),
    /// A day, a month and a year of two digits, in any order that the month's name leaves.
    ShortNamed { day: u32, month: u32, year: u32 },
    /// A spreadsheet's day number.
    Days(i32),
}

impl Written {
    /// Reads a cell.
    pub(super) fn read(cell: &str) -> Result<Self, RefusalCode> {
        let plain = text::plain(cell);
        let plain = plain.trim_start_matches('\'').to_lowercase();
        let day = without_time(&plain)?;
        let tokens = tokens(day).ok_or(RefusalCode::NotADate)?;
        Self::of(&tokens).ok_or(RefusalCode::NotADate)
    }

    fn of(tokens: &[Token]) -> Option<Self> {
        use Token::{Month, Number};
        match *tokens {
            [Number(days, 5)] => i32::try_from(days).ok().map(Self::Days),
            [Number(digits, 8)] => day(year(digits / 10_000), digits / 100 % 100, digits % 100)
                .map(Self::Clear)
                .or_else(|| numbers(digits / 1_000_000, digits / 10_000 % 100, digits % 10_000)),
            [Number(y, 4), Number(m, 1 | 2), Number(d, 1 | 2)] => day(year(y), m, d).map(Self::Clear),
            [Number(one, 1 | 2), Number(two, 1 | 2), Number(y, 4)] => numbers(one, two, y),
            [Number(one, 1 | 2), Number(two, 1 | 2), Number(three, 1 | 2)] => {
                let written = Self::Short(one, two, three);
                let formats = [
                    DateFormat::ShortYearMonthDay,
                    DateFormat::DayMonthShortYear,
                    DateFormat::MonthDayShortYear,
                ];
                formats.iter().any(|format| written.short(*format).is_some()).then_some(written)
            }
            [Number(d, 1 | 2), Month(m), Number(y, 4)]
            | [Month(m), Number(d, 1 | 2), Number(y, 4)]
            | [Number(y, 4), Month(m), Number(d, 1 | 2)] => day(year(y), m, d).map(Self::Clear),
            [Number(d, 1 | 2), Month(m), Number(y, 2)] | [Month(m), Number(d, 1 | 2), Number(y, 2)] => {
                day(full(y), m, d).map(|_| Self::ShortNamed { day: d, month: m, year: y })
            }
            _ => None,
        }
    }

    /// Day first, month first.
    pub(super) fn readings(self) -> Option<(Option<Date>, Option<Date>)> {
        match self {
            Self::Numbers(one, two, year) => Some((day(year, two, one), day(year, one, two))),
            Self::Clear(_) | Self::Short(..) | Self::ShortNamed { .. } | Self::Days(_) => None,
        }
    }

    fn short(self, format: DateFormat) -> Option<Date> {
        match (self, format) {
            (Self::Short(y, m, d), DateFormat::ShortYearMonthDay)
            | (Self::Short(d, m, y), DateFormat::DayMonthShortYear)
            | (Self::Short(m, d, y), DateFormat::MonthDayShortYear)
            | (
                Self::ShortNamed { day: d, month: m, year: y },
                DateFormat::ShortYearMonthDay | DateFormat::DayMonthShortYear | DateFormat::MonthDayShortYear,
            ) => day(full(y), m, d),
            _ => None,
        }
    }

    /// The date in the format of its column; `None`: nothing in the column needs one.
    pub(super) fn date(self, format: Option<DateFormat>) -> Result<Date, RefusalCode> {
        use DateFormat::{
            DayMonthShortYear, DayMonthYear, Excel1900, Excel1904, MonthDayShortYear, MonthDayYear,
            ShortYearMonthDay, YearMonthDay,
        };
        let other = RefusalCode::OtherDateFormat;
        match (self, format) {
            (Self::Clear(date), _) => Ok(date),
            (Self::Numbers(..), Some(DayMonthYear | DayMonthShortYear)) => {
                self.readings().and_then(|(day_first, _)| day_first).ok_or(other)
            }
            (Self::Numbers(..), Some(MonthDayYear | MonthDayShortYear)) => {
                self.readings().and_then(|(_, month_first)| month_first).ok_or(other)
            }
            // 05/05/2026 needs no format.
            (Self::Numbers(..), None) => match self.readings() {
                Some((Some(one), Some(two))) if one == two => Ok(one),
                Some(_) | None => Err(other),
            },
            (Self::Numbers(..), Some(YearMonthDay | ShortYearMonthDay | Excel1900 | Excel1904)) => Err(other),
            (
                Self::Short(..) | Self::ShortNamed { .. },
                Some(format @ (DayMonthShortYear | MonthDayShortYear | ShortYearMonthDay)),
            ) => self.short(format).ok_or(other),
            (
                Self::Short(..) | Self::ShortNamed { .. },
                Some(YearMonthDay | DayMonthYear | MonthDayYear | Excel1900 | Excel1904) | None,
            ) => Err(RefusalCode::TwoDigitYear),
            // There is no 29 February 1900; spreadsheets count it.
            (Self::Days(days), Some(Excel1900)) => after(date(1899, 12, 30), days),
            (Self::Days(days), Some(Excel1904)) => after(date(1904, 1, 1), days),
            (
                Self::Days(_),
                Some(
                    YearMonthDay | DayMonthYear | MonthDayYear | ShortYearMonthDay | DayMonthShortYear
                    | MonthDayShortYear,
                )
                | None,
            ) => Err(RefusalCode::DayNumber),
        }
    }
}

fn after(start: Date, days: i32) -> Result<Date, RefusalCode> {
    start.checked_add(days.days()).map_err(|_| RefusalCode::NotADate)
}

fn numbers(one: u32, two: u32, y: u32) -> Option<Written> {
    let y = year(y);
    (day(y, one, two).is_some() || day(y, two, one).is_some()).then_some(Written::Numbers(one, two, y))
}

fn year(year: u32) -> i16 {
    i16::try_from(year).unwrap_or(0)
}

/// The year of two digits.
fn full(short: u32) -> i16 {
    year(if short < 70 { 2000 + short } else { 1900 + short })
}

/// A day that exists, of a year that makes sense for a loan.
fn day(year: i16, month: u32, day: u32) -> Option<Date> {
    let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    let date = Date::new(year, month, day).ok()?;
    (1900..2200).contains(&year).then_some(date)
}

/// The day, without the time of day behind it. A moment at midnight of no zone or UTC is that day; with
/// another time, a zone makes the day unsure.
fn without_time(text: &str) -> Result<&str, RefusalCode> {
    let Some(colon) = text.find(':') else { return Ok(text) };
    let hours = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let (day, time) = text.split_at(hours.len());
    let day = day.strip_suffix('t').unwrap_or(day).trim_end_matches([' ', ',']);
    let clock = time.trim_end_matches(|c: char| c.is_ascii_alphabetic() || matches!(c, ' ' | '.'));
    let zone = time[clock.len()..].trim();
    if !time.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, ':' | '.' | ' ' | '+' | '-')) {
        return Err(RefusalCode::NotADate);
    }
    let midnight = clock.chars().all(|c| matches!(c, '0' | ':' | '.'));
    let local = matches!(zone, "" | "am" | "pm" | "a.m." | "p.m." | "a.m" | "p.m");
    let has_offset = clock.contains(['+', '-']) || !local;
    let is_utc_midnight = midnight && matches!(zone, "z" | "utc" | "gmt");
    if has_offset && !is_utc_midnight { Err(RefusalCode::DateWithZone) } else { Ok(day) }
}

#[derive(Debug, Clone, Copy)]
enum Token {
    /// Its value, and how many digits it has.
    Number(u32, usize),
    Month(u32),
}

/// The numbers and months of a text; `None` if there is anything else in it.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if matches!(first, '-' | '/' | '.' | ',' | ' ' | '\\' | '_') {
            rest = &rest[1..];
            continue;
        }
        let is_same = |c: char| c.is_ascii_digit() == first.is_ascii_digit() && c.is_alphanumeric();
        let end = rest.find(|c| !is_same(c)).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        rest = behind;
        match token {
            "" => return None,
            "st" | "nd" | "rd" | "th" if matches!(tokens.last(), Some(Token::Number(..))) => {}
            "de" | "del" => {}
            _ if first.is_ascii_digit() && token.len() <= 8 => {
                tokens.push(Token::Number(token.parse().ok()?, token.len()));
            }
            _ => tokens.push(Token::Month(month(token)?)),
        }
    }
    Some(tokens)
}

/// Names of months, in English, Indonesian and Spanish; all but the first three letters may be left out.
const MONTHS: [&[&str]; 12] = [
    &["january", "januari", "enero"],
    &["february", "februari", "febrero", "pebruari"],
    &["march", "maret", "marzo"],
    &["april", "abril"],
    &["may", "mei", "mayo"],
    &["june", "juni", "junio"],
    &["july", "juli", "julio"],
    &["august", "agustus", "agosto", "agt"],
    &["september", "septiembre", "setiembre"],
    &["october", "oktober", "octubre"],
    &["november", "nopember", "noviembre"],
    &["december", "desember", "diciembre"],
];

fn month(word: &str) -> Option<u32> {
    let is = |name: &&str| *name == word || (word.len() >= 3 && name.starts_with(word));
    let index = MONTHS.iter().position(|names| names.iter().any(is))?;
    u32::try_from(index + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_written() {
        let clear = |text| Written::read(text).map(|written| written.date(None));
        for text in [
            "2026-02-01",
            "2026/2/1",
            "2026.02.01",
            "20260201",
            "1 Feb 2026",
            "01-Feb-2026",
            "February 1, 2026",
            "Feb 1st 2026",
            "1 de febrero de 2026",
            "1 Pebruari 2026",
            "2026-02-01 00:00:00",
            "2026-02-01T13:45",
            "2026-02-01T00:00:00Z",
            "'2026-02-01",
            "２０２６－０２－０１",
            "2026-02-01 12:00:00 AM",
            "2026 Feb 1",
        ] {
            assert_eq!(clear(text), Ok(Ok(date(2026, 2, 1))), "{text}");
        }
        for (text, code) in [
            ("", RefusalCode::NotADate),
            ("soon", RefusalCode::NotADate),
            ("2026-02-30", RefusalCode::NotADate),
            ("31/31/2026", RefusalCode::NotADate),
            ("0001-01-01", RefusalCode::NotADate),
            ("2026-02", RefusalCode::NotADate),
            ("1/2/3/4", RefusalCode::NotADate),
            ("99/99/99", RefusalCode::NotADate),
            ("2026-02-01T17:00:00Z", RefusalCode::DateWithZone),
            ("2026-02-01 17:00:00+07:00", RefusalCode::DateWithZone),
        ] {
            assert_eq!(Written::read(text).map(|_| ()), Err(code), "{text}");
        }
    }

    #[test]
    fn the_columns_format_decides() {
        use DateFormat::{
            DayMonthShortYear, DayMonthYear, Excel1900, Excel1904, MonthDayYear, ShortYearMonthDay,
            YearMonthDay,
        };
        let read = |text: &str, format| Written::read(text).and_then(|written| written.date(format));
        assert_eq!(read("01/02/2026", Some(DayMonthYear)), Ok(date(2026, 2, 1)));
        assert_eq!(read("01/02/2026", Some(MonthDayYear)), Ok(date(2026, 1, 2)));
        assert_eq!(read("05/05/2026", None), Ok(date(2026, 5, 5)));
        assert_eq!(read("01022026", Some(DayMonthYear)), Ok(date(2026, 2, 1)));
        assert_eq!(read("13/02/2026", Some(MonthDayYear)), Err(RefusalCode::OtherDateFormat));
        assert_eq!(read("01/02/2026", Some(YearMonthDay)), Err(RefusalCode::OtherDateFormat));
        assert_eq!(read("1/2/26", Some(DayMonthYear)), Err(RefusalCode::TwoDigitYear));
        assert_eq!(read("1/2/26", Some(DayMonthShortYear)), Ok(date(2026, 2, 1)));
        assert_eq!(read("26-2-1", Some(ShortYearMonthDay)), Ok(date(2026, 2, 1)));
        assert_eq!(read("1 Feb 26", Some(DayMonthShortYear)), Ok(date(2026, 2, 1)));
        assert_eq!(read("1-Feb-26", None), Err(RefusalCode::TwoDigitYear));
        assert_eq!(read("46054", None), Err(RefusalCode::DayNumber));
        assert_eq!(read("46054", Some(Excel1900)), Ok(date(2026, 2, 1)));
        assert_eq!(read("44592", Some(Excel1904)), Ok(date(2026, 2, 1)));
    }
}
