//! Cells as values of their fields, in JSON.

use airudder_client::catalogue::{EnumForm, EnumInfo, Field, Kind, Scalar};
use airudder_client::types::Phone;

use super::amount;
use super::amount::AmountFormat;
use super::date;
use super::date::DateFormat;
use super::format::Format;
use super::phone::PhoneReader;
use super::row::RefusalCode;
use super::text;

/// What a cell should hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Holds {
    Text,
    Phone,
    Date,
    Amount,
    Whole,
    Boolean,
    Word(&'static EnumInfo),
}

impl Holds {
    /// `None`: no cell can hold it.
    pub(super) fn of(field: &Field) -> Option<Self> {
        Some(match field.kind {
            Kind::Scalar(Scalar::Phone) => Self::Phone,
            Kind::Scalar(Scalar::Date) => Self::Date,
            Kind::Scalar(Scalar::Decimal | Scalar::Number) => Self::Amount,
            Kind::Scalar(Scalar::Integer | Scalar::EpochMs | Scalar::EpochS) => Self::Whole,
            Kind::Scalar(Scalar::Boolean) => Self::Boolean,
            Kind::Scalar(
                Scalar::String
                | Scalar::Time
                | Scalar::LocalDateTime
                | Scalar::Instant
                | Scalar::InstantOffset
                | Scalar::Url
                | Scalar::Base64
                | Scalar::JsonText,
            )
            | Kind::Id(_) => Self::Text,
            Kind::Enum(info) => match info.form {
                EnumForm::String => Self::Word(info),
                EnumForm::Integer => Self::Whole,
            },
            Kind::Scalar(Scalar::Binary | Scalar::Json | Scalar::JsonSchema | Scalar::AnyScalar)
            | Kind::Struct(_)
            | Kind::List(_)
            | Kind::Map(_) => return None,
        })
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Phone(Phone),
    /// A number, true or false, as JSON has it.
    Plain(String),
}

impl Value {
    /// The same text for values that mean the same: 300 and 300.00.
    pub(super) fn meaning(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Phone(phone) => phone.as_str(),
            Self::Plain(plain) if plain.contains('.') => plain.trim_end_matches('0').trim_end_matches('.'),
            Self::Plain(plain) => plain,
        }
    }
}

/// Adds a key to the inside of a JSON object, with a comma behind it.
pub(super) fn push(json: &mut String, key: &str, value: &Value) {
    json.push_str(&quoted(key));
    json.push(':');
    match value {
        Value::Text(text) => json.push_str(&quoted(text)),
        Value::Phone(phone) => json.push_str(&quoted(phone.as_str())),
        Value::Plain(plain) => json.push_str(plain),
    }
    json.push(',');
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Reads a cell that is not blank.
pub(super) fn read(
    holds: Holds,
    format: Option<Format>,
    phones: &mut PhoneReader,
    cell: &str,
) -> Result<Value, RefusalCode> {
    let of_dates = match format {
        Some(Format::Date(format)) => Some(format),
        Some(Format::Amount(_)) | None => None,
    };
    let of_amounts = match format {
        Some(Format::Amount(format)) => Some(format),
        Some(Format::Date(_)) | None => None,
    };
    Ok(match holds {
        Holds::Text => Value::Text(text::trim(cell).to_owned()),
        Holds::Phone => Value::Phone(phones.read(cell)?),
        Holds::Date => Value::Text(date::Written::read(cell)?.date(of_dates)?.to_string()),
        Holds::Amount => Value::Plain(amount::Written::read(cell)?.amount(of_amounts)?.to_string()),
        Holds::Whole => {
            let amount = amount::Written::read(cell)?.amount(of_amounts)?.normalize();
            if amount.scale() > 0 {
                return Err(RefusalCode::NotAWholeNumber);
            }
            Value::Plain(amount.to_string())
        }
        Holds::Boolean => Value::Plain(truth(cell).ok_or(RefusalCode::NotABoolean)?.to_string()),
        Holds::Word(info) => {
            let word = text::trim(cell);
            let known = info.values.iter().find(|value| value.eq_ignore_ascii_case(word));
            Value::Text(known.copied().unwrap_or(word).to_owned())
        }
    })
}

/// Reads a value that is the same in all rows.
pub(super) fn constant(holds: Holds, cell: &str) -> Result<Value, RefusalCode> {
    let format = match holds {
        Holds::Date => Some(Format::Date(DateFormat::YearMonthDay)),
        Holds::Amount | Holds::Whole => Some(Format::Amount(AmountFormat::Point)),
        Holds::Text | Holds::Phone | Holds::Boolean | Holds::Word(_) => None,
    };
    read(holds, format, &mut PhoneReader::international(), cell)
}

fn truth(cell: &str) -> Option<bool> {
    match text::trim(cell).to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "ya" | "si" | "sí" => Some(true),
        "false" | "no" | "n" | "0" | "tidak" => Some(false),
        _ => None,
    }
}
