//! From a list of people to the outcome of each call: nobody is called twice, and no result is lost, whatever
//! dies when.
//!
//! # Run a campaign
//!
//! A whole program. It can be killed at any moment and started again, as often as you like:
//!
//! ```
//! use airudder_campaign::load::Loader;
//! use airudder_campaign::{Campaign, Collection, Inbox, Ledger, Plan, Progress};
//! use airudder_client::{Client, collection::CollectionContact, jiff::{ToSpan, Zoned}};
//! # use airudder_simulator::Simulator;
//!
//! # const LIST: &str = "debtor,mobile,loan_date,due_date,loan_amount,arrears,comments\n\
//! #     Jane Doe,+6281200000000,2026-02-01,2026-03-03,300000,321000,r1\n\
//! #     John Doe,12,2026-02-01,2026-03-03,1,1,r2\n";
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     # let simulator = Simulator::builder().speed(600.0).start().await?;
//!     # let client = Client::builder().credentials("simulator-key", "simulator-secret");
//!     # let client = client.base_url(simulator.base_url()).build()?;
//!     # let folder = tempfile::tempdir()?;
//!     # std::env::set_current_dir(&folder)?;
//!     # std::fs::write("people.csv", LIST)?;
//!     # let now = simulator.clock().now().to_zoned(airudder_client::jiff::tz::TimeZone::UTC);
//!     # /*
//!     let client = Client::from_env()?;
//!     let now = Zoned::now().in_tz("Asia/Jakarta")?; // the account's time zone
//!     # */
//!     let ledger = Ledger::open("ledger.sqlite").await?;
//!     let plan = Plan::new("my-robot", "MY_LINE", &now, &(&now + 8.hours())).prefix("prod").redial(3, 10);
//!     let campaign = Campaign::open(&ledger, &client, Collection, "march_2026", plan).await?;
//!
//!     let rows = Loader::<CollectionContact>::guess().region("ID").open("people.csv")?;
//!     let (_, loaded) = campaign.load(rows, |refused| println!("{refused}")).await?;
//!     println!("{} new people, {} known already", loaded.accepted, loaded.duplicates);
//!
//!     println!("{}", campaign.dry_run(|_| {}).await?); // ask somebody, then:
//!     let mut running = campaign.run().confirmed().inbox(&Inbox::new(&ledger)).until_signal()
//!         # .poll_every(std::time::Duration::from_millis(100))
//!         .start().await?;
//!     while let Some(progress) = running.next().await {
//!         match progress {
//!             Progress::Outcome(outcome) => println!("{}: {:?}", outcome.reference, outcome.answered),
//!             Progress::InDoubt { name, problem, .. } => println!("{name}: {problem}"),
//!             _ => {}
//!         }
//!     }
//!     println!("{}", running.finish().await?); // a table, and who has no outcome, and why
//!     campaign.recordings("recordings").fetch().await?;
//!     campaign.write_results("results.csv").await?;
//!     # assert_eq!(std::fs::read_to_string("results.csv")?.lines().count(), 2);
//!     Ok(())
//! }
//! ```
//!
//! | step | what it does |
//! |---|---|
//! | [`Ledger::open`] | opens a file (SQLite), with feature `postgres` a database. All that is known is there |
//! | [`Campaign::open`] | makes or finds the campaign of this id, which is part of all names of tasks |
//! | [`Campaign::load`], [`load_rows`](Campaign::load_rows) | adds people; the same list again adds nobody |
//! | [`Campaign::dry_run`] | shows what would be sent, and sends nothing |
//! | [`Campaign::run`] | until everybody has an outcome or the window is over |
//! | [`Campaign::recordings`], [`write_results`](Campaign::write_results) | what came of it |
//! | [`pause`](Campaign::pause), [`stop`](Campaign::stop), [`take_out`](Campaign::take_out) | by any process |
//! | [`in_doubt`](Campaign::in_doubt), [`settle`](Campaign::settle) | what only a person can find out |
//! | [`erase`](Campaign::erase), [`Ledger::forget_messages`] | remove personal data |
//!
//! # Why nobody is called twice
//!
//! 1. People are put into **batches**, each of which becomes one task of the vendor. A batch has its name
//!    before anything is sent: prefix, campaign, number, and a digest of its people.
//! 2. That something is sent is written down **before** it is sent. Whoever finds such a batch later (a
//!    crash, a lost answer) does not know what became of it: it is *in doubt*.
//! 3. What is in doubt is looked for by its name. Only if a look that is **later than the time-out of the
//!    upload** finds nothing, it is sent again, under the same name. If the vendor has it all the same, it
//!    refuses the name that is taken (10403), which is as good as finding it. Any other refusal of that
//!    second request says nothing about the first, and the batch stays in doubt.
//! 4. Where the vendor takes a name twice, nothing is ever sent again by itself: a person looks, and
//!    [settles](Campaign::settle) it.
//! 5. A number stands in a campaign once, in whatever form and in however many lists.
//!
//! So a lost ledger is no second call either, as long as the same list is loaded into a campaign of the same
//! id, with the same size of batches. **Another id calls the same people again.**
//!
//! Leases and clocks make the work quicker, and nothing depends on them: a runner that was believed dead and
//! wakes up finds that its batch is no longer its own, or that the name is taken. Where the clock is turned,
//! back or forward, the time-out is counted anew, and leases last as long as they would have. Runners on
//! several machines go by the clock of their database (PostgreSQL).
//!
//! A campaign keeps its plan: who is added when its window is over is not called
//! ([`Status::NotCalled`]). Give it another window with [`Campaign::change_plan`], or take another id for
//! another day.
//!
//! # Why no result is lost
//!
//! Messages of the vendor are stored before they are acknowledged ([`Inbox::store`]), whatever they are: of a
//! task that is not known yet, of somebody else, not readable at all. They are applied later, in one
//! transaction with what they change. Lost ones are made good by reading each task now and then.
//!
//! Of two words about a person the newer wins, by the time of the call where there is one, else by arrival.
//! What is read after the end of a task beats whatever was said before. The same again changes nothing, and
//! is handed out once: [`Progress::Outcome`] comes for each change. After a crash the last ones may come
//! again with the same [`Outcome::id`], from another runner too where a program takes none for ten leases
//! (200 s).
//!
//! [`Outcome::answered`] is `Some` only where facts decide: somebody talked (a time and a grade), or nobody
//! did (neither).
//!
//! # When something goes wrong
//!
//! | what | then |
//! |---|---|
//! | the program is killed, the machine fails | start it again |
//! | no connection, 503, a limit | told as [`Progress::Trouble`], and tried again by itself |
//! | a lost answer | [`Progress::InDoubt`], and found out by itself |
//! | the vendor refuses people | that is their outcome ([`Status::Refused`]) |
//! | the vendor refuses the plan (no such robot) | [`Error::PlanRefused`]: [mend it](Campaign::change_plan) |
//! | wrong credentials, nobody answers | [`Error::Client`] from [`Run::start`], before anything is sent |
//! | no room on the disk, a locked or damaged or newer ledger | [`Error::Ledger`], with a [`LedgerProblem`] |
//! | the window is over | who has no outcome, and why: [`Report::without`], [`Campaign::without_outcome`] |
//!
//! # Several processes
//!
//! Any number of runners share a ledger and its campaigns: on SQLite those of one machine, on PostgreSQL
//! those of many. The receiver of messages may be one more process. The example `campaign_service` is a
//! receiver and three workers on PostgreSQL.
//!
//! # Personal data
//!
//! The ledger has names, numbers and debts. Its file is readable for its owner alone, what is erased is
//! overwritten in it, and no error, log or `Debug` shows a number or a name. Files of results and recordings
//! are readable for their owner alone as well.
//!
//! # Other products
//!
//! A campaign runs on calling tasks: [`Collection`], [`Telemarketing`], [`InfoCheck`]. What a workflow, the
//! predictive dialer or CALL-E would need is the trait [`Backend`].

#![forbid(unsafe_code)]
// A new word of the client must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![warn(missing_docs)]

pub mod backend;
mod campaign;
mod clock;
mod error;
mod inbox;
mod ledger;
mod life;
mod list;
pub mod load;
mod outcome;
mod person;
mod plan;
mod preview;
mod progress;
mod recordings;
mod results;
mod run;
mod settings;
mod submit;
mod track;

pub use backend::{Backend, Collection, InfoCheck, Telemarketing};
pub use campaign::{Campaign, Intake, Loaded};
pub use error::{Error, LedgerError, LedgerProblem};
pub use inbox::Inbox;
pub use ledger::{Counts, Ledger};
pub use life::{InDoubt, Settlement, TakenOut};
pub use list::NotLoaded;
pub use outcome::{Outcome, Status, WithoutOutcome};
pub use person::{Person, RefusedRow};
pub use plan::Plan;
pub use preview::Preview;
pub use progress::{Progress, Report};
pub use recordings::{Recordings, RecordingsReport};
pub use run::{Run, Running};
