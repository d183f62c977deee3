//! Amounts as people write them.

use std::fmt;
use std::str::FromStr as _;

use airudder_client::Decimal;

use super::row::RefusalCode;
use super::text;

/// Which sign a column of amounts has before the decimals. The other one separates thousands; spaces and
/// apostrophes do in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AmountFormat {
    /// `1,234.56`, `12,34,567.89`.
    Point,
    /// `1.234,56`.
    Comma,
}

impl AmountFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Point, Self::Comma];

    /// Its word in a saved mapping.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Point => "1,234.56",
            Self::Comma => "1.234,56",
        }
    }

    const fn signs(self) -> (char, char) {
        match self {
            Self::Point => (',', '.'),
            Self::Comma => ('.', ','),
        }
    }
}

impl fmt::Display for AmountFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A cell of a column of amounts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    point: Option<Decimal>,
    comma: Option<Decimal>,
}

impl Written {
    /// Reads a cell.
    pub(super) fn read(cell: &str) -> Result<Self, RefusalCode> {
        let plain = text::plain(cell);
        let (negative, body) = bare(&plain);
        if text::is_scientific(body) {
            return Err(RefusalCode::Rounded);
        }
        let body = without_spaces(body).ok_or(RefusalCode::NotAnAmount)?;
        let read = |format| {
            let number = parse(&body, format)?;
            Some(if negative { -number } else { number })
        };
        let (point, comma) = (read(AmountFormat::Point), read(AmountFormat::Comma));
        if point.is_none() && comma.is_none() {
            return Err(RefusalCode::NotAnAmount);
        }
        Ok(Self { point, comma })
    }

    /// With a point before the decimals, with a comma.
    pub(super) fn readings(self) -> (Option<Decimal>, Option<Decimal>) {
        (self.point, self.comma)
    }

    /// The amount in the format of its column; `None`: nothing in the column needs one.
    pub(super) fn amount(self, format: Option<AmountFormat>) -> Result<Decimal, RefusalCode> {
        let amount = match (format, self.point, self.comma) {
            (Some(AmountFormat::Point), amount, _) | (Some(AmountFormat::Comma), _, amount) => amount,
            (None, Some(one), Some(other)) if one == other => Some(one),
            (None, _, _) => None,
        };
        amount.ok_or(RefusalCode::OtherAmountFormat)
    }
}

/// Words of currencies that stand beside an amount. Others are not left out: 5 k, 5 jt and 5 mio are not 5.
const CURRENCIES: [&str; 44] = [
    "rp", "idr", "usd", "eur", "gbp", "sgd", "myr", "rm", "php", "thb", "vnd", "vnđ", "inr", "rs", "pkr",
    "lkr", "bdt", "mxn", "mx$", "cop", "pen", "s/", "clp", "ars", "brl", "r$", "us$", "s$", "a$", "aud",
    "ngn", "kes", "ksh", "zar", "r", "egp", "aed", "sar", "jpy", "cny", "rmb", "hkd", "hk$", "twd",
];

const SIGNS: [char; 12] = ['$', '€', '£', '¥', '₹', '₱', '₫', '฿', '₦', '₨', '₩', '₪'];

/// Whether it is negative, and the digits with their signs, without currency.
fn bare(text: &str) -> (bool, &str) {
    let mut body = text.trim_start_matches('\'').trim();
    let mut negative = false;
    if let Some(inside) = body.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        (negative, body) = (true, inside);
    }
    // "100.000,-" and "100.-" are whole amounts.
    for suffix in [",-", ".-", ",--", ".--"] {
        body = body.strip_suffix(suffix).unwrap_or(body);
    }
    loop {
        let before = body;
        body = body.trim_matches(|c| c == ' ' || SIGNS.contains(&c));
        if let Some(rest) = body.strip_prefix('-') {
            (negative, body) = (true, rest);
        }
        if let Some(rest) = body.strip_prefix('+') {
            body = rest;
        }
        body = without_currency(body);
        if body == before {
            return (negative, body);
        }
    }
}

fn without_currency(body: &str) -> &str {
    let is_word = |c: char| !c.is_ascii_digit() && !matches!(c, ' ' | '.' | ',' | '-' | '\'');
    let front = body.find(|c| !is_word(c)).unwrap_or(body.len());
    let (word, rest) = body.split_at(front);
    if is_currency(word) {
        return rest.strip_prefix('.').unwrap_or(rest);
    }
    let back = body.trim_end_matches('.').trim_end_matches(is_word);
    if is_currency(body[back.len()..].trim_end_matches('.')) { back } else { body }
}

fn is_currency(word: &str) -> bool {
    CURRENCIES.contains(&word.to_lowercase().as_str())
}

/// Takes out spaces and apostrophes, which must separate thousands.
fn without_spaces(body: &str) -> Option<String> {
    let is_space = |c: char| c == ' ' || c == '\'';
    if !body.contains(is_space) {
        return Some(body.to_owned());
    }
    let whole = body.find(['.', ',']).unwrap_or(body.len());
    let groups: Vec<&str> = body[..whole].split(is_space).collect();
    are_groups(&groups).then(|| body.replace(is_space, ""))
}

/// Whether these are groups of thousands, or of lakhs.
fn are_groups(groups: &[&str]) -> bool {
    let [first, middle @ .., last] = groups else { return false };
    let digits = |group: &&str| group.bytes().all(|b| b.is_ascii_digit());
    let begins = (1..=3).contains(&first.len()) && !first.starts_with('0');
    let thousands = middle.iter().all(|group| group.len() == 3);
    let lakhs = middle.iter().all(|group| group.len() == 2) && first.len() <= 2;
    groups.iter().all(digits) && begins && last.len() == 3 && (thousands || lakhs)
}

/// The number, if it is written in this format.
fn parse(body: &str, format: AmountFormat) -> Option<Decimal> {
    let (separator, mark) = format.signs();
    let (whole, decimals) = body.split_once(mark).unwrap_or((body, ""));
    let groups: Vec<&str> = whole.split(separator).collect();
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let good = match groups.as_slice() {
        [whole] => digits(whole) && (!whole.is_empty() || !decimals.is_empty()),
        groups => are_groups(groups),
    };
    if !good || !digits(decimals) || (body.contains(mark) && decimals.is_empty()) {
        return None;
    }
    let whole = groups.concat();
    let text = if decimals.is_empty() { whole } else { format!("{whole}.{decimals}") };
    // What does not fit exactly would be rounded.
    if text.trim_start_matches('0').len() > 28 {
        return None;
    }
    Decimal::from_str(&text).ok()
}

/// An amount of the same form, with digits that are nobody's.
pub(super) fn sample(cell: &str) -> String {
    let plain = text::plain(cell);
    let (_, body) = bare(&plain);
    let mut seen = false;
    let digit = |c: char| {
        let first = c.is_ascii_digit() && !std::mem::replace(&mut seen, true);
        if first {
            '1'
        } else if c.is_ascii_digit() {
            '0'
        } else {
            c
        }
    };
    body.chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(text: &str) -> Result<(Option<String>, Option<String>), RefusalCode> {
        let text_of = |number: Option<Decimal>| number.map(|number| number.to_string());
        Written::read(text).map(|written| (text_of(written.point), text_of(written.comma)))
    }

    #[test]
    fn amounts_are_read_in_both_formats() {
        for (text, point, comma) in [
            ("1000", "1000", "1000"),
            ("1.000", "1.000", "1000"),
            ("1,000", "1000", "1.000"),
            ("1,234.56", "1234.56", ""),
            ("1.234,56", "", "1234.56"),
            ("1.234.567", "", "1234567"),
            ("12,34,567", "1234567", ""),
            ("0.500", "0.500", ""),
            ("1234.567", "1234.567", ""),
            ("1.5", "1.5", ""),
            ("1 234 567,89", "", "1234567.89"),
            ("1'000", "1000", "1000"),
            ("Rp 300.000", "300.000", "300000"),
            ("Rp. 300.000,-", "300.000", "300000"),
            ("IDR1,500,000.00", "1500000.00", ""),
            ("$ 12.50", "12.50", ""),
            ("12,50 €", "", "12.50"),
            ("-5", "-5", "-5"),
            ("(5)", "-5", "-5"),
            ("３００", "300", "300"),
            ("'300", "300", "300"),
            (".5", "0.5", ""),
        ] {
            let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
            assert_eq!(readings(text), Ok((some(point), some(comma))), "{text}");
        }
        for (text, code) in [
            ("", RefusalCode::NotAnAmount),
            ("abc", RefusalCode::NotAnAmount),
            ("5 k", RefusalCode::NotAnAmount),
            ("5jt", RefusalCode::NotAnAmount),
            ("12 34", RefusalCode::NotAnAmount),
            ("1.2.3", RefusalCode::NotAnAmount),
            ("1,2,3.4.5", RefusalCode::NotAnAmount),
            ("5%", RefusalCode::NotAnAmount),
            ("99999999999999999999999999999999", RefusalCode::NotAnAmount),
            ("1.5E+06", RefusalCode::Rounded),
        ] {
            assert_eq!(readings(text), Err(code), "{text}");
        }
    }

    #[test]
    fn a_sample_holds_nobodys_digits() {
        assert_eq!(sample("Rp 327.850"), "100.000");
    }
}
