//! Lists of people, as people have them: from a file to contacts that can be called.
//!
//! A [`Loader`] reads CSV with any of the usual delimiters, quotes, line ends and encodings, finds the
//! columns by their names, and makes of each row a contact of the section, or says why it cannot. It reads
//! row by row and twice at most, so that a million rows take no more memory than their numbers do (about 100
//! MB).
//!
//! ```
//! use airudder_campaign::load::{DateFormat, Loader, Mapping, RefusalCode, Row};
//! use airudder_client::collection::CollectionContact;
//!
//! let list = "Nama;No HP;Tgl Pinjam;Jatuh Tempo;Pinjaman;Tunggakan\n\
//!             Jane;0812 3456 789;01/02/2026;13/03/2026;300.000;Rp 321.000,50\n\
//!             John;6.28E+12;01/02/2026;14/03/2026;300.000;321.000\n\
//!             Jane;+628123456789;01/02/2026;13/03/2026;300.000;321.000,50\n";
//!
//! // No value of "Tgl Pinjam" and of "Pinjaman" decides how the column is to be read.
//! let open = |mapping| Loader::<CollectionContact>::new(mapping).region("ID").read(list.as_bytes());
//! let guessed = Mapping::guess::<CollectionContact>(list.lines().next().unwrap_or_default().split(';'));
//! let error = open(guessed.clone()).err().map(|error| error.to_string()).unwrap_or_default();
//! assert!(error.contains("Tgl Pinjam (C) can be read in two ways") && error.contains("Pinjaman (E)"));
//!
//! let mapping = guessed
//!     .format("LoanDate", DateFormat::DayMonthYear)
//!     .format("LoanAmount", airudder_campaign::load::AmountFormat::Comma);
//! let mut rows = open(mapping)?;
//! let Some(Ok(Row::Accepted(jane))) = rows.next() else { panic!() };
//! assert_eq!((jane.line, jane.phone.as_str()), (2, "+628123456789"));
//! assert_eq!(jane.contact.arrears.to_string(), "321000.50");
//! let Some(Ok(Row::Refused(john))) = rows.next() else { panic!() };
//! assert_eq!(john.faults[0].code, RefusalCode::Rounded);
//! assert_eq!(
//!     john.to_string(),
//!     "line 3: No HP (B) has been rounded by a spreadsheet (1.23E+11): its digits are lost [rounded, 10416]"
//! );
//! assert!(matches!(rows.next(), Some(Ok(Row::Merged(row))) if row.first_line == 2));
//! assert!(rows.next().is_none());
//! assert_eq!(rows.report().accepted, 1);
//! # Ok::<(), airudder_campaign::load::LoadError>(())
//! ```
//!
//! # What is decided how
//!
//! | about | decided |
//! |---|---|
//! | delimiter | named, else by the line `sep=;`, else by the header and the first rows |
//! | encoding | byte order mark (UTF-8, UTF-16), else named, else UTF-8 |
//! | column | by its name; [`Mapping`] |
//! | phone | by the region, and by its country's numbering plan; [`PhoneReader`] |
//! | date, amount | the format of the column: named, else decided by all values |
//! | year of two digits, day number of a spreadsheet | only where the format is named |
//! | the vendor's rules | as [`Client::check`](airudder_client::Client::check), with the vendor's code |
//! | the same number again | one call, of the first row that can be called |
//! | a word of the vendor's (gender) | in any letter case; other words are passed on |
//! | blank cell | left out; refused where it is required |
//!
//! A column of dates or amounts has one format. A value that fits only one decides for the whole column.
//! Where no value decides, or some fit one format only and some only the other, the list is not read, and the
//! error shows both readings with their lines: [`LoadError::Undecided`].
//!
//! A later row with the same number, and the same values in all columns that are used, is [`Merged`]. One
//! with other values is refused, and names the columns that differ and the line that is called.
//!
//! Rows of the wrong width are refused, but for empty cells at the end. Of broken quotation marks one line is
//! refused, and the reading goes on with the next.
//!
//! It is synchronous, and prints nothing. In an async program it belongs into `spawn_blocking`.

mod amount;
mod contact;
mod date;
mod delimiter;
mod do_not_call;
mod error;
mod evidence;
mod format;
mod guess;
mod header;
mod loader;
mod loading;
mod mapping;
mod pass;
mod phone;
mod plan;
mod progress;
mod records;
mod refused_rows;
mod report;
mod row;
mod seen;
mod source;
mod text;
mod value;

pub use amount::AmountFormat;
pub use contact::Contact;
pub use date::DateFormat;
pub use delimiter::Delimiter;
pub use do_not_call::DoNotCall;
pub use error::{LoadError, MappingFault, Reading, UndecidedColumn};
pub use format::Format;
pub use header::Column;
pub use loader::Loader;
pub use loading::Loading;
pub use mapping::Mapping;
pub use phone::{PhoneReader, Ranges};
pub use progress::{Pass, Progress, Watch};
pub use refused_rows::RefusedRows;
pub use report::Report;
pub use row::{Accepted, Fault, Merged, RefusalCode, Refused, Row};
