//! A server in your own process that plays the API back: to try the client without an account, and to test
//! code that uses it.
//!
//! ```no_run
//! use airudder_client::Client;
//! use airudder_simulator::{Fault, Simulator};
//!
//! # async fn f() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::start().await?;
//! let client = Client::builder()
//!     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
//!     .base_url(simulator.base_url())
//!     .build()?;
//!
//! simulator.inject("collection.list_tasks", Fault::status(503), 1);
//! let tasks = client.collection().list_tasks().number(10).page(1).send().await?;
//! println!("{tasks}");
//! assert_eq!(simulator.requests("collection.list_tasks"), 2);
//! # Ok(())
//! # }
//! ```
//!
//! # What it is, and what it is not
//!
//! **It is the spec played back, not the vendor.** What the spec says, it does: paths, methods, tokens,
//! signature headers that must be there, envelopes, and for every request the checks and the error codes of
//! its fields. What the spec only assumes is assumed here too. A request that the simulator takes may be
//! refused by the vendor, and the other way round.
//!
//! Made up by the simulator, and known of no vendor:
//!
//! - how calls go (from a seed and the number), how long they take, how many run at once, the texts of
//!   `RingType` and `HangupType`, the sound of recordings;
//! - the state `running` of tasks, all states of plans and workflows, the shape of every answer that the spec
//!   calls JSON;
//! - that plans have three rounds, one hour apart, for those not reached; that every workflow is a call, then
//!   a WhatsApp message to those not reached and a custom API node for those reached; that the bot repeats
//!   what it was told;
//! - that business errors come with HTTP 200, that local times are UTC, that times in the past mean no limit;
//! - that 10 equal numbers are enough, that robots, lines, agent groups and strategies exist unless their
//!   names begin with `unknown`;
//! - the code for a request that cannot be decrypted, and that refusals with HTTP 401 come in the clear;
//! - the value of `X-AIRudder-Sign` in webhooks (it is only there to be present), and that any value is taken
//!   in requests.
//!
//! Endpoints without state answer from the samples of the spec.
//!
//! # CALL-E
//!
//! Any application key that is taken is its API key too (`simulator-key` for the program). Calls are handed
//! over 40 simulated seconds after they were created, and can be cancelled until then; their results are made
//! up to fit the schema. The last four digits of the number say how a call goes: 0480 is not answered, 0486
//! is busy, 0603 declines, 0500 fails technically, 0204 yields no result, everybody else answers;
//! [`SimulatorBuilder::outcomes`] goes before that. One goal is published, `goal_0001`, whose variable
//! `order` is required. Region and language of a call are checked by a list that the vendor's guide had once.
//! Idempotency keys, of any API, stand for their requests until the simulator is reset:
//! [`Simulator::keyed_requests`] and [`Simulator::carried_out`] tell what came and what was done.
//!
//! # Time
//!
//! Tasks, tokens and repeated webhooks follow [`Simulator::clock`], which you can speed up and turn. With
//! [`Simulator::play_out`] everything that is to come happens at once.
//!
//! # Webhooks
//!
//! Give the URL of your receiver to [`Simulator::deliver_to`]: from then on every change of state sends the
//! webhooks of the section whose endpoint began it. [`Simulator::deliver`] sends any webhook of the catalogue
//! on demand. A receiver that does not answer HTTP 200 is tried again after a minute of simulated time, five
//! times at most.
//!
//! A URL that a request names for itself (`callback` of the predictive dialer, `callbackUrl` of SMS) is used
//! too, if its host is a loopback address.
//!
//! # State
//!
//! With [`SimulatorBuilder::state_file`] tasks, plans, workflows, conversations, tokens and webhooks that are
//! not delivered yet outlive the process. The log of requests, faults and canned answers do not.
//!
//! # The program
//!
//! `airudder-simulator` (cargo feature `program`) is the same for tests in other languages and for other
//! processes:
//!
//! ```text
//! cargo install airudder-simulator --features program
//! airudder-simulator --port 8080 --webhook http://127.0.0.1:9000/hook/{key} --state simulator.json
//! ```
//!
//! When it is ready it prints one line, `listening on http://127.0.0.1:8080`. All families are on this port,
//! with the application key `simulator-key` (CALL-E's API key too) and the secret `simulator-secret`;
//! recordings lie there too.
//! SIGTERM and Ctrl-C end it with exit code 0 and save the state; a flag that cannot be used ends it with 2,
//! anything else with 1.
//!
//! While something is going on its clock runs a hundred times as fast as real time, schedules are not waited
//! for, and calls are over within seconds. With `--speed` the clock runs at that speed, always, and schedules
//! are kept.
//!
//! A client in another process needs `AIRUDDER_BASE_URL=http://127.0.0.1:8080`,
//! `AIRUDDER_APP_KEY=simulator-key` and `AIRUDDER_APP_SECRET=simulator-secret`.
//!
//! ## Faults
//!
//! `--fault KEY=KIND[:TIMES]` lets something go wrong with the next requests for an endpoint (`*`: any), once
//! unless said otherwise. Kinds are `503` (any HTTP status, or `status-503`), `retry-after-429-5` (a status,
//! and the seconds to wait), `delay-500` (milliseconds), `reset`, `reset-after-effect`, `truncated`, `html`,
//! `empty`, `huge-1000000` (bytes), `expired-token`, `code-10101`: see [`Fault`].
//!
//! ## Canned answers
//!
//! `--answer KEY=FILE` answers an endpoint from a JSON file, see [`Simulator::answer`].
//!
//! ## Fixtures
//!
//! `--record DIR` writes what was asked and answered into a folder when the program ends, a JSON file for
//! each request: see [`Fixture`].
//!
//! ## The control port
//!
//! With `--control-port N` a second port takes orders. Bodies and answers are JSON; what cannot be done is
//! answered with status 400 or 404 and `{"error": "..."}`.
//!
//! | request | does |
//! |---|---|
//! | `GET /requests` | `[{"endpoint", "method", "path", "status", "code"}]`, oldest first |
//! | `GET /requests?endpoint=KEY` | those of one endpoint |
//! | `GET /requests/KEY` | `{"count", "last"}`: how many have come, and the fields of the last |
//! | `POST /fixtures` | records requests and answers from now on |
//! | `GET /fixtures` | `[{"endpoint", "request", "status", "answer"}]`: what was recorded |
//! | `GET /deliveries` | attempts to deliver webhooks: `[{"webhook", "attempt", "status"}]` |
//! | `POST /faults` | `{"endpoint": KEY, "fault": KIND, "times": 1}` sets a fault |
//! | `DELETE /faults` | forgets all faults |
//! | `PUT /answers/KEY` | the body becomes the endpoint's answer |
//! | `DELETE /answers/KEY` | the endpoint answers by itself again |
//! | `PUT /webhook` | `{"url": URL}`: webhooks go there from now on |
//! | `POST /webhooks/KEY` | delivers a webhook, the body over its sample. `{"status"}` is the receiver's |
//! | `GET /clock` | `{"now", "speed"}` |
//! | `POST /clock` | `{"advance_seconds": 3600}` turns the clock forward, and waits for webhooks |
//! | `POST /play-out` | turns the clock forward until nothing is to come, and waits for all webhooks |
//! | `POST /tokens/revoke` | makes all tokens invalid |
//! | `POST /reset` | forgets tasks, tokens, faults, canned answers and the log |

#![forbid(unsafe_code)]
// A new word of the model must not pass unseen.
#![cfg_attr(not(test), deny(clippy::wildcard_enum_match_arm))]
#![warn(missing_docs)]

mod builder;
mod clock;
mod endpoints;
mod engine;
mod fixture;
mod http;
mod json_schema;
mod loose_json;
mod project;
pub mod sample;
mod simulator;
mod state;
mod state_file;
mod webhooks;
mod world;

pub use builder::SimulatorBuilder;
pub use clock::Clock;
pub use fixture::Fixture;
pub use http::{Delivery, Fault, InvalidFault, Keyed, Logged};
pub use simulator::Simulator;
pub use state::outcome::CallOutcome;
