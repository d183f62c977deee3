//! Phone numbers as people write them.

mod assigned;
mod cell;

use std::fmt;

use airudder_client::types::Phone;
use phonenumber::Metadata;
use phonenumber::metadata::DATABASE;

use self::assigned::{Assigned, Fit};
use self::cell::Digits;
use super::error::LoadError;
use super::row::RefusalCode;

/// Reads phone numbers as people write them, into the international form.
///
/// A number with a plus or two zeros in front has its country code. Any other is one of the reader's region:
/// with the country code (`62812...`), with the national prefix (`0812...`) or without it (`812...`, where a
/// spreadsheet has cut the zero). A number without national prefix that is both a right number of the region
/// and begins with its country code is taken as with country code.
///
/// Which numbers a country assigns is known from the plan of Google's `libphonenumber`, as of the crate
/// `phonenumber`. A number written with plus or zeros must have a length that numbers of its country have.
/// Any other must be of a range that is assigned, for what it is completed with is only as sure as that; so
/// premium-rate numbers, pagers and mailboxes are refused there. [`ranges`](Self::ranges) makes it stricter
/// or laxer: plans grow, and a new range may be missing.
///
/// ```
/// use airudder_campaign::load::{PhoneReader, RefusalCode};
///
/// let mut phones = PhoneReader::new("ID")?;
/// for text in [
///     "+62 812-3456-789", "62812 3456 789", "0062812.3456.789", "(0812) 3456789", "'08123456789",
///     "８１２３４５６７８９",
/// ] {
///     assert_eq!(phones.read(text).unwrap(), "+628123456789");
/// }
/// assert_eq!(phones.read("+44 7400 123456").unwrap(), "+447400123456");
/// assert_eq!(phones.read("6.28E+12"), Err(RefusalCode::Rounded));
/// assert_eq!(phones.read("0812 3456 789 / 0813 3456 789"), Err(RefusalCode::SeveralPhones));
/// # Ok::<(), airudder_campaign::load::LoadError>(())
/// ```
pub struct PhoneReader {
    region: Option<Region>,
    ranges: Ranges,
    assigned: Assigned,
}

/// Which numbers must be of a range that their country assigns. All must have a length that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Ranges {
    /// All.
    Assigned,
    /// Those that are written without plus or two zeros, and so completed.
    #[default]
    AssignedIfCompleted,
    /// None.
    Any,
}

#[derive(Clone, Copy)]
struct Region {
    metadata: &'static Metadata,
    code: u16,
    /// The prefix of national calls: 0 in most countries.
    trunk: Option<&'static str>,
}

impl PhoneReader {
    /// For numbers of a region, named by its two letters (ISO 3166-1): `ID`, `MX`.
    ///
    /// # Errors
    /// [`LoadError::UnknownRegion`] if there is none of that name.
    pub fn new(region: &str) -> Result<Self, LoadError> {
        let unknown = || LoadError::UnknownRegion(region.to_owned());
        let name = region.trim().to_ascii_uppercase();
        let metadata = DATABASE.by_id(&name).filter(|_| name != "001").ok_or_else(unknown)?;
        let (code, trunk) = (metadata.country_code(), metadata.national_prefix());
        Ok(Self { region: Some(Region { metadata, code, trunk }), ..Self::international() })
    }

    /// For numbers that have their country code. All others are refused.
    pub fn international() -> Self {
        Self { region: None, ranges: Ranges::default(), assigned: Assigned::default() }
    }

    /// Which numbers must be of a range that is assigned.
    #[must_use]
    pub fn ranges(mut self, ranges: Ranges) -> Self {
        self.ranges = ranges;
        self
    }

    /// Reads a cell.
    ///
    /// # Errors
    /// Why it is no number that can be called: one of the codes about phones, or [`RefusalCode::Rounded`].
    pub fn read(&mut self, cell: &str) -> Result<Phone, RefusalCode> {
        match Digits::read(cell)? {
            Digits::International(digits) => {
                self.international_number(&digits, self.ranges == Ranges::Assigned)
            }
            Digits::National(digits) => self.national_number(&digits),
        }
    }

    fn national_number(&mut self, digits: &str) -> Result<Phone, RefusalCode> {
        let Some(Region { metadata, code, trunk }) = self.region else { return Err(RefusalCode::NoCountry) };
        let has_trunk = trunk.is_some_and(|trunk| digits.starts_with(trunk) && trunk != code.to_string());
        if digits.starts_with(&code.to_string())
            && !has_trunk
            && let Ok(phone) = self.international_number(digits, true)
        {
            return Ok(phone);
        }
        let forms: Vec<String> =
            without_trunk(metadata, digits).into_iter().chain([digits.to_owned()]).collect();
        self.first_right(code, &forms, self.ranges != Ranges::Any)
    }

    /// Digits that begin with a country code.
    fn international_number(&mut self, digits: &str, must_be_assigned: bool) -> Result<Phone, RefusalCode> {
        let codes = (1..=3).filter_map(|len| Some((len, digits.get(..len)?.parse::<u16>().ok()?)));
        let found = codes.into_iter().find(|(_, code)| DATABASE.by_code(code).is_some());
        let Some((len, code)) = found.filter(|_| !digits.starts_with('0')) else {
            return Err(RefusalCode::PhoneNotInUse);
        };
        let national = &digits[len..];
        // Some write the prefix of national calls behind the country code. Nothing else is changed here:
        // rules that complete local calls would make another number of it.
        let regions = DATABASE.by_code(&code).unwrap_or_default();
        let prefixes = regions.into_iter().filter_map(Metadata::national_prefix);
        let without = prefixes.filter_map(|prefix| national.strip_prefix(prefix)).map(str::to_owned);
        let forms: Vec<String> = std::iter::once(national.to_owned()).chain(without).collect();
        self.first_right(code, &forms, must_be_assigned)
    }

    /// The first form of a national number that is right, in international form.
    fn first_right(
        &mut self,
        code: u16,
        forms: &[String],
        must_be_assigned: bool,
    ) -> Result<Phone, RefusalCode> {
        let fits: Vec<Fit> = forms.iter().map(|form| self.assigned.fit(code, form)).collect();
        let first = |wanted: Fit| fits.iter().position(|fit| *fit == wanted);
        let right = first(Fit::Assigned).or_else(|| first(Fit::Length).filter(|_| !must_be_assigned));
        if let Some(national) = right.and_then(|at| forms.get(at)) {
            return Ok(Phone::from(format!("+{code}{national}")));
        }
        Err(match fits.first() {
            Some(Fit::TooShort) => RefusalCode::PhoneTooShort,
            Some(Fit::TooLong) => RefusalCode::PhoneTooLong,
            Some(Fit::Length | Fit::Assigned) | None => RefusalCode::PhoneNotInUse,
        })
    }
}

/// The number without the prefix of national calls and the code of a carrier; `None`: it has none.
///
/// The crate's own `parse` does this too, and more: it takes `9198765432`, a number of India, for one with
/// country code in front.
fn without_trunk(metadata: &Metadata, national: &str) -> Option<String> {
    let Some(prefix) = metadata.national_prefix_for_parsing() else {
        return national.strip_prefix(metadata.national_prefix()?).map(str::to_owned);
    };
    let found = prefix.captures(national)?;
    let (whole, last) = (found.get(0)?, found.get(found.len() - 1));
    if whole.start() != 0 || whole.end() == 0 {
        return None;
    }
    match metadata.national_prefix_transform_rule() {
        Some(rule) if found.len() > 1 && last.is_some() => Some(prefix.replace(national, rule).into_owned()),
        Some(_) | None => Some(national[whole.end()..].to_owned()),
    }
}

impl fmt::Debug for PhoneReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let region = self.region.map(|region| region.metadata.id());
        f.debug_struct("PhoneReader").field("region", &region).finish_non_exhaustive()
    }
}

/// The number as one, for sets of them.
pub(super) fn number(phone: &Phone) -> u64 {
    phone.as_str().trim_start_matches('+').parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(region: &str, text: &str) -> Result<String, RefusalCode> {
        PhoneReader::new(region).unwrap().read(text).map(Phone::into_string)
    }

    #[test]
    fn numbers_of_a_region() {
        for (region, text, number) in [
            ("ID", "0812 3456 7890", "+6281234567890"),
            ("ID", "81234567890", "+6281234567890"),
            ("ID", "6281234567890", "+6281234567890"),
            ("ID", "62812345678", "+62812345678"),
            ("ID", "+62 0812 3456 7890", "+6281234567890"),
            ("ID", "006281234567890", "+6281234567890"),
            ("ID", "+006281234567890", "+6281234567890"),
            ("ID", "021-5551234", "+62215551234"),
            ("ID", "=\"081234567890\"", "+6281234567890"),
            ("ID", "tel:+6281234567890", "+6281234567890"),
            ("ID", "81234567890.0", "+6281234567890"),
            ("ID", "\u{202a}+62 812‑3456‑7890\u{202c}", "+6281234567890"),
            ("ID", "+٦٢٨١٢٣٤٥٦٧٨٩٠", "+6281234567890"),
            ("GB", "+44 (0)20 7946 0958", "+442079460958"),
            ("GB", "07400 123456", "+447400123456"),
            ("US", "(212) 555-0123", "+12125550123"),
            ("US", "1 212 555 0123", "+12125550123"),
            ("MX", "55 1234 5678", "+525512345678"),
            ("MX", "+52 55 1234 5678", "+525512345678"),
            ("IN", "9198765432", "+919198765432"),
            ("IN", "919876543210", "+919876543210"),
            ("SG", "65123456", "+6565123456"),
            ("IT", "02 3661 8300", "+390236618300"),
            ("RU", "8 912 345-67-89", "+79123456789"),
            ("PH", "0917 123 4567", "+639171234567"),
            ("VN", "091 234 56 78", "+84912345678"),
            ("BR", "(11) 96123-4567", "+5511961234567"),
            ("BR", "0 15 11 96123-4567", "+5511961234567"),
            ("AR", "011 15 2345-6789", "+5491123456789"),
            ("KZ", "8 701 234 56 78", "+77012345678"),
            ("DE", "+49 (0)1512 3456789", "+4915123456789"),
            ("NG", "0803 123 4567", "+2348031234567"),
            ("DE", "02151/123456", "+492151123456"),
            ("ID", "812,345,678,90", "+6281234567890"),
        ] {
            assert_eq!(read(region, text).as_deref(), Ok(number), "{region} {text}");
        }
    }

    #[test]
    fn what_is_no_number_to_call() {
        use RefusalCode::{
            Extension, NoCountry, NotAPhone, PhoneNotInUse, PhoneTooLong, PhoneTooShort, Rounded,
            SeveralPhones,
        };
        for (text, code) in [
            ("", NotAPhone),
            ("-", NotAPhone),
            ("n/a", NotAPhone),
            ("0812-CALL-ME", NotAPhone),
            ("0812*3456789", NotAPhone),
            ("0812+3456789", NotAPhone),
            ("6.28E+12", Rounded),
            ("6,28123E+12", Rounded),
            ("628E10", Rounded),
            ("021 5551234 ext. 12", Extension),
            ("021 5551234x12", Extension),
            ("021 5551234 #12", Extension),
            ("08123456789/08133456789", SeveralPhones),
            ("0812 3456 789 / 90", SeveralPhones),
            ("08123456789, 08133456789", SeveralPhones),
            ("+628123456789;ext=12", Extension),
            ("08123456789 atau 08133456789", SeveralPhones),
            ("08123456789 08133456789", SeveralPhones),
            ("08123456789\n08133456789", SeveralPhones),
            ("+628123456789+628133456789", SeveralPhones),
            ("0812", PhoneTooShort),
            ("12", PhoneTooShort),
            ("+62 812", PhoneTooShort),
            ("08123456789012345", PhoneTooLong),
            ("0812345678901234567890", PhoneTooLong),
            ("+628123456789012345", PhoneTooLong),
            ("+999 812345678", PhoneNotInUse),
            ("+0812345678", PhoneNotInUse),
            ("+44 7400 12", PhoneTooShort),
            ("0099912345", PhoneNotInUse),
            ("62999", PhoneTooShort),
            ("0512345", PhoneTooShort),
            ("6299912345678", PhoneNotInUse),
        ] {
            assert_eq!(read("ID", text), Err(code), "{text}");
        }
        assert_eq!(PhoneReader::international().read("0812 3456 789"), Err(NoCountry));
        assert!(PhoneReader::international().read("+62 812 3456 789").is_ok());
    }

    #[test]
    fn how_sure_a_number_must_be_is_a_choice() {
        use RefusalCode::{PhoneNotInUse, PhoneTooShort};
        // Ofcom keeps this range for plays.
        for (ranges, written, completed) in [
            (Ranges::Assigned, false, false),
            (Ranges::AssignedIfCompleted, true, false),
            (Ranges::Any, true, true),
        ] {
            let mut phones = PhoneReader::new("GB").unwrap().ranges(ranges);
            let wanted = |is: bool| if is { Ok("+447700900123".into()) } else { Err(PhoneNotInUse) };
            assert_eq!(phones.read("+44 7700 900123"), wanted(written), "{ranges:?}");
            assert_eq!(phones.read("0044 7700 900123"), wanted(written), "{ranges:?}");
            assert_eq!(phones.read("07700 900123"), wanted(completed), "{ranges:?}");
            assert_eq!(phones.read("+44 7700 9"), Err(PhoneTooShort), "{ranges:?}");
        }
    }

    #[test]
    fn regions_are_named_by_two_letters() {
        assert!(PhoneReader::new("id").is_ok());
        assert!(matches!(PhoneReader::new("Indonesia"), Err(LoadError::UnknownRegion(_))));
        assert!(PhoneReader::new("").is_err());
    }
}
