//! Text of cells: what is not seen, digits of other scripts, guards against formulas.

/// Whether a character is there without being seen: marks of direction, joiners, byte order marks.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
    )
}

/// Whether a character is blank or not seen.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// The text without blanks around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The text in plain characters: digits of other scripts and signs of full width as ASCII, any blank as a
/// space, any dash as `-`; what is not seen is left out.
pub(super) fn plain(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !is_invisible(*c)).map(plain_char).collect();
    plain.trim().to_owned()
}

fn plain_char(c: char) -> char {
    if c.is_ascii() {
        return if c == '\t' || c == '\n' || c == '\r' { ' ' } else { c };
    }
    if let Some(digit) = digit(c) {
        return digit;
    }
    match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '\u{b4}' | '\u{ff07}' => '\'',
        // Full width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}

/// Digit zero of the scripts whose digits stand in lists of phone numbers.
const ZEROS: [char; 12] = [
    '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{a66}', '\u{ae6}', '\u{be6}', '\u{c66}', '\u{e50}',
    '\u{1040}', '\u{17e0}', '\u{ff10}',
];

fn digit(c: char) -> Option<char> {
    let value =
        ZEROS.iter().find_map(|zero| u32::from(c).checked_sub(u32::from(*zero)).filter(|v| *v < 10))?;
    char::from_digit(value, 10)
}

/// Whether it is a number with an exponent, as spreadsheets show long ones: `6.28E+12`, `6,28E+12`.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let mantissa = mantissa.trim_start_matches(['+', '-']);
    let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    digits(whole) && digits(decimals) && digits(exponent.trim_start_matches(['+', '-']))
}

/// Whether a spreadsheet would change a cell: take it for a formula, cut its leading zeros, round its digits.
fn is_changed_by_spreadsheets(text: &str) -> bool {
    let core = text.trim_start_matches('\'');
    let number = core.len() >= 2 && core.bytes().all(|b| b.is_ascii_digit());
    core.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
        || (number && (core.starts_with('0') || core.len() > 11))
}

/// The cell as it goes into a file that people open with a spreadsheet: with an apostrophe in front where the
/// spreadsheet would change it.
pub(super) fn guard(text: &str) -> String {
    if is_changed_by_spreadsheets(text) { format!("'{text}") } else { text.to_owned() }
}

/// The cell that was guarded.
pub(super) fn unguard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_changed_by_spreadsheets(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_ascii_digits_and_nothing_unseen() {
        assert_eq!(plain("\u{202a}＋６２\u{a0}812\u{2011}٣٤\u{202c}"), "+62 812-34");
        assert_eq!(plain("\u{feff} ’0812"), "'0812");
    }

    #[test]
    fn what_a_spreadsheet_would_change_is_guarded_and_comes_back() {
        for text in ["=1+1", "+62812", "-5", "@x", "0812", "628123456789", "'=x", "''0812", "＝1", "\tx"] {
            assert_eq!(guard(text), format!("'{text}"));
            assert_eq!(unguard(&guard(text)), text);
        }
        for text in ["", "0", "5", "Jane", "'Abd", "2026-01-01", "12345678901", "a=b"] {
            assert_eq!((guard(text).as_str(), unguard(text)), (text, text));
        }
    }
}
