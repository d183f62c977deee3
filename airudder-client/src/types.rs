//! Values that several sections share: ids, enums, shared structs, phone numbers.

mod json_text;
mod phone;

pub use json_text::JsonText;
pub use phone::Phone;
pub(crate) use phone::is_international;

airudder_macros::types!("spec");
