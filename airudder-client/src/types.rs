//! Values that several sections share: ids, enums, shared structs, phone numbers.
//!
//! Ids are texts, each of its own type, so that one is not taken for another. `Debug` shows them: without
//! them no line of a log can be matched with the vendor's console. Most are the vendor's and say nothing of a
//! person, as `CallId` and `TaskId`. `CaseId`, and `ConversationId` on channels of your own, are keys that
//! you choose: take none that is a phone number or a name. Enums are open: what the vendor sends and nobody
//! has seen before is kept as `Other`. Phone numbers are not shown by `Debug`.
//!
//! ```
//! use airudder_client::types::{CallRecord, Gender, Intention, Phone, TaskId};
//!
//! let task = TaskId::from(7_u64); // some answers have it as a number
//! assert_eq!(task, TaskId::from("7"));
//!
//! assert_eq!(Intention::from("A"), Intention::A);
//! assert_eq!(Gender::from("divers"), Gender::Other("divers".to_owned()));
//!
//! assert_eq!(format!("{:?}", Phone::from("+6281200000000")), "Phone(<redacted>)");
//!
//! // Answers drift: another letter case, a number for a text, no time, a key that nobody knows.
//! let record: CallRecord = serde_json::from_str(
//!     r#"{"comments": 42, "STATUS": "finished", "Intention": "--", "CallStartTime": "", "Duration": 95}"#,
//! )?;
//! assert_eq!(record.comments.as_deref(), Some("42"));
//! assert_eq!((record.intention, record.call_start_time), (Some(Intention::NoGrade), None));
//! assert_eq!(record.extra["Duration"], 95);
//! # Ok::<(), serde_json::Error>(())
//! ```

mod convert;
mod intention;
mod json_schema;
mod json_text;
mod local_time;
mod phone;
mod type_mismatch;

pub use convert::{IntoDate, IntoDateTime, IntoDecimal, IntoLocalTime, IntoTime};
pub use json_schema::JsonSchema;
pub use json_text::JsonText;
pub use local_time::LocalTime;
pub use phone::Phone;
pub use type_mismatch::TypeMismatch;

airudder_macros::types!("spec");
