//! Calling tasks: Collection, Telemarketing, Info Check. They have the same calls; the rows differ.

use std::collections::HashMap;
use std::path::Path;

use airudder_client::catalogue::{self, Endpoint, Field, Kind};
use airudder_client::error::{Severity, Violation};
use airudder_client::request::Request;
use airudder_client::types::{CallRecord, CallStatus, Phone, TaskId, TaskStatus};
use airudder_client::webhook::{self, Event};
use airudder_client::{Client, CreateOutcome, Error, FoundTask, collection, info_check, telemarketing};
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Backend, Creation, Detail, Order, Problem, Record, RecordState, Report};
use crate::person::Person;

/// Robot calls that remind people of a debt. A contact needs `Debtor`, `LoanDate`, `DueDate`, `LoanAmount`
/// and `Arrears`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Collection;

/// Robot calls that sell. A contact needs `Customer`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Telemarketing;

/// Robot calls that verify what an applicant has stated. A contact needs `Customer`.
#[derive(Debug, Clone, Copy, Default)]
pub struct InfoCheck;

macro_rules! tasks {
    ($backend:ident, $section:ident, $row:ty, $call_finished:ident, $task_finished:ident) => {
        impl $backend {
            /// The order as a request, and which rows are in it.
            fn request(client: &Client, order: &Order, rows: Vec<$row>) -> $section::CreateTask {
                let mut builder = client
                    .$section()
                    .create_task()
                    .task_name(&order.name)
                    .schedule_start_time(order.start)
                    .schedule_end_time(order.end)
                    .robot_id(&order.robot)
                    .sip_line(&order.line)
                    .details(rows);
                if !order.timeout.is_zero() {
                    builder = builder.timeout(order.timeout);
                }
                for (name, value) in &order.fields {
                    builder = builder.extra(name, value.clone());
                }
                builder.build()
            }
        }

        impl Backend for $backend {
            fn key(&self) -> &'static str {
                stringify!($section)
            }

            fn names_are_unique(&self) -> bool {
                names_are_unique(<$section::CreateTask as Request>::ENDPOINT)
            }

            fn reach<'a>(&'a self, client: &'a Client) -> BoxFuture<'a, Result<(), Error>> {
                Box::pin(
                    async move { client.$section().list_tasks().number(1).page(1).send().await.map(|_| ()) },
                )
            }

            fn check(&self, client: &Client, order: &Order) -> Result<Vec<Problem>, Error> {
                let (rows, mut problems) = rows::<$row>(order);
                let (positions, rows): (Vec<usize>, Vec<$row>) = rows.into_iter().unzip();
                // Nobody is to blame for a list without a row.
                if !rows.is_empty() {
                    let violations = client.check(&Self::request(client, order, rows))?;
                    problems.extend(violations.into_iter().filter_map(|found| problem(&positions, found)));
                }
                Ok(problems)
            }

            fn is_about_people(&self, error: &Error) -> bool {
                is_about_rows(<$section::CreateTask as Request>::ENDPOINT, error)
            }

            fn create<'a>(
                &'a self,
                client: &'a Client,
                order: &'a Order,
            ) -> BoxFuture<'a, Result<Creation, Error>> {
                Box::pin(async move {
                    let (rows, _) = rows::<$row>(order);
                    let request =
                        Self::request(client, order, rows.into_iter().map(|(_, row)| row).collect());
                    Ok(match client.find_or_create(&request).await {
                        Ok(CreateOutcome::Created(answer)) => Creation::Created {
                            task: answer.task_id,
                            refused: refused(order, &answer.detail_error_list),
                        },
                        Ok(CreateOutcome::Found(FoundTask { id, .. })) => Creation::Found { task: id },
                        Ok(CreateOutcome::InDoubt(error)) => Creation::InDoubt(error),
                        // A way that the client may come to know later: it is not known here what it means.
                        Ok(_) => Creation::Found { task: None },
                        // The name is taken, and the list cannot be read now.
                        Err(error) if error.endpoint() != Some(request_key(&request)) => {
                            Creation::InDoubt(error)
                        }
                        Err(error) => return Err(error),
                    })
                })
            }

            fn find<'a>(
                &'a self,
                client: &'a Client,
                name: &'a str,
            ) -> BoxFuture<'a, Result<Option<FoundTask>, Error>> {
                Box::pin(client.find_task(name))
            }

            fn read<'a>(
                &'a self,
                client: &'a Client,
                task: &'a TaskId,
            ) -> BoxFuture<'a, Result<Detail, Error>> {
                Box::pin(async move {
                    let detail = client.$section().get_task_detail().task_id(task).send().await?;
                    Ok(Detail {
                        is_over: detail.status == Some(TaskStatus::Finished),
                        records: detail.detail.into_iter().map(record).collect(),
                    })
                })
            }

            fn stop<'a>(&'a self, client: &'a Client, task: &'a TaskId) -> BoxFuture<'a, Result<(), Error>> {
                Box::pin(async move {
                    match client.$section().stop_task().task_id(task).send().await {
                        Ok(_) => Ok(()),
                        Err(error) if error.is_already_done() => Ok(()),
                        Err(error) => Err(error),
                    }
                })
            }

            fn take_out<'a>(
                &'a self,
                client: &'a Client,
                task: &'a TaskId,
                phone: &'a Phone,
            ) -> BoxFuture<'a, Result<bool, Error>> {
                Box::pin(async move {
                    let call = client.$section().cancel_call().task_id(task).callee_number(phone);
                    match call.send().await {
                        Ok(_) => Ok(true),
                        // The task is over, or the number is.
                        Err(error @ Error::Api(_)) if !error.is_retryable() => Ok(false),
                        Err(error) => Err(error),
                    }
                })
            }

            fn recording<'a>(
                &'a self,
                client: &'a Client,
                task: &'a TaskId,
                phone: &'a Phone,
                path: &'a Path,
            ) -> BoxFuture<'a, Result<Option<u64>, Error>> {
                Box::pin(async move {
                    let call = client.$section().get_call_recording().task_id(task).callee(phone);
                    match call.send().await {
                        Ok(recording) if recording.is_json() => Ok(None),
                        Ok(recording) => recording.download_to(path).await.map(Some),
                        // By which code the vendor says that there is none is not known.
                        Err(error @ Error::Api(_)) if !error.is_retryable() => Ok(None),
                        Err(error) => Err(error),
                    }
                })
            }

            fn reports(&self, key: &str, body: &[u8]) -> Result<Vec<Report>, Error> {
                // Without a key the client takes twins for the one that the others come from.
                if key.is_empty() && self.key() != "collection" {
                    return Collection.reports(key, body);
                }
                let message = match key {
                    "" => webhook::read_any(body)?,
                    key => webhook::read(key, body)?,
                };
                let report = |event: Event| {
                    let happened = event.happened();
                    match event {
                        Event::$call_finished(call) => {
                            let task = call.task_id.clone()?;
                            let happened = happened.or(call.call_end_time);
                            let record = record(as_record(&call)?);
                            Some(Report { task, record: Some(record), happened })
                        }
                        Event::$task_finished(over) => {
                            Some(Report { task: over.task_id?, record: None, happened })
                        }
                        // The webhooks of other products.
                        #[allow(clippy::wildcard_enum_match_arm, reason = "the enum has an entry for each")]
                        _ => None,
                    }
                };
                Ok(message.events.into_iter().filter_map(report).collect())
            }
        }
    };
}

tasks!(Collection, collection, collection::CollectionContact, CollectionCallFinished, CollectionTaskFinished);
tasks!(
    Telemarketing,
    telemarketing,
    telemarketing::CustomerContact,
    TelemarketingCallFinished,
    TelemarketingTaskFinished
);
tasks!(InfoCheck, info_check, telemarketing::CustomerContact, InfoCheckCallFinished, InfoCheckTaskFinished);

/// Whether the spec knows how to find what was created, and a code that refuses a name that is taken.
fn names_are_unique(endpoint: &Endpoint) -> bool {
    endpoint.find_by.is_some_and(|find_by| {
        let name = endpoint.request.iter().find(|field| field.wire == find_by.name);
        name.is_some_and(|field| field.codes.iter().any(|(problem, _)| *problem == catalogue::Problem::Taken))
    })
}

fn request_key<R: Request>(request: &R) -> &'static str {
    request.meta().endpoint().key
}

/// The rows of an order as those of a section, each with its position; and what cannot be one.
fn rows<T: DeserializeOwned>(order: &Order) -> (Vec<(usize, T)>, Vec<Problem>) {
    let (mut rows, mut problems) = (Vec::with_capacity(order.people.len()), Vec::new());
    for (position, contact) in order.people.iter().enumerate() {
        match row(contact) {
            Ok(row) => rows.push((position, row)),
            Err(error) => problems.push(unwritable(position, &error)),
        }
    }
    (rows, problems)
}

fn row<T: DeserializeOwned>(contact: &Person) -> Result<T, serde_json::Error> {
    let mut row: Map<String, Value> = contact.fields.clone();
    row.insert("Mobile".to_owned(), contact.phone.as_str().into());
    if let Some(reference) = &contact.reference {
        row.insert("Comments".to_owned(), reference.as_str().into());
    }
    serde_json::from_value(Value::Object(row))
}

/// The client's text begins with the place, `.LoanDate: `, and holds no value.
fn unwritable(position: usize, error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    let (field, reason) = match text.strip_prefix('.').and_then(|text| text.split_once(": ")) {
        Some((field, reason)) => (field, reason),
        None => ("", text),
    };
    Problem { position: Some(position), field: field.to_owned(), code: None, reason: reason.to_owned() }
}

fn problem(positions: &[usize], violation: Violation) -> Option<Problem> {
    if violation.severity == Severity::Warning {
        return None;
    }
    let position = violation.row().and_then(|row| positions.get(row).copied());
    let field = violation.name().to_owned();
    Some(Problem { position, field, code: violation.code, reason: violation.message })
}

/// Whether the vendor's code is one of the list of people or of a field of a row, and of nothing else.
fn is_about_rows(endpoint: &Endpoint, error: &Error) -> bool {
    let Error::Api(api) = error else { return false };
    let code = api.code().value();
    let has = |field: &Field| field.codes.iter().any(|(_, known)| *known == code);
    let (lists, others): (Vec<&Field>, Vec<&Field>) =
        endpoint.request.iter().partition(|field| matches!(field.kind, Kind::List(_)));
    let of_rows = lists.into_iter().any(|list| has(list) || fields_of(&list.kind).iter().any(has));
    of_rows && !others.into_iter().any(has)
}

fn fields_of(kind: &'static Kind) -> &'static [Field] {
    match kind {
        Kind::List(inner) => fields_of(inner),
        Kind::Struct(info) => info.fields,
        Kind::Scalar(_) | Kind::Id(_) | Kind::Enum(_) | Kind::Map(_) => &[],
    }
}

/// Who was refused. The form of an entry is not known: whoever's number or reference stands in it.
fn refused(order: &Order, entries: &[Value]) -> Vec<(usize, String)> {
    if entries.is_empty() {
        return Vec::new();
    }
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut by_phone = HashMap::new();
    let mut by_reference = HashMap::new();
    for (position, contact) in order.people.iter().enumerate() {
        by_phone.insert(digits(contact.phone.as_str()), position);
        if let Some(reference) = &contact.reference {
            by_reference.insert(reference.as_str(), position);
        }
    }
    let mut refused = Vec::new();
    for entry in entries {
        let values = scalars(entry);
        let of_phone = |(_, text): &(String, String)| {
            // A short text of digits may be anything.
            let digits = digits(text);
            if digits.len() < 7 { None } else { by_phone.get(&digits).copied() }
        };
        let of_reference = |(key, text): &(String, String)| {
            key.eq_ignore_ascii_case("comments").then(|| by_reference.get(text.as_str()).copied()).flatten()
        };
        let found = values.iter().find_map(of_phone).or_else(|| values.iter().find_map(of_reference));
        let Some(position) = found else {
            tracing::warn!("the vendor has refused a row that cannot be told from its answer");
            continue;
        };
        let is_reason = |key: &str| {
            let key = key.to_ascii_lowercase();
            ["message", "reason", "error", "status", "code"].iter().any(|word| key.contains(word))
        };
        let reasons: Vec<&str> =
            values.iter().filter(|(key, _)| is_reason(key)).map(|(_, text)| text.as_str()).collect();
        refused.push((position, without_numbers(&reasons.join(", "))));
    }
    refused
}

/// The vendor's words, without what may be a phone number.
fn without_numbers(text: &str) -> String {
    let mut shown = String::new();
    let mut run = String::new();
    // Digits, and what stands between the groups of a number.
    for char in text.chars().chain(['\n']) {
        if char.is_ascii_digit() || (!run.is_empty() && " -.()/".contains(char)) {
            run.push(char);
            continue;
        }
        let is_number = run.chars().filter(char::is_ascii_digit).count() >= 6;
        shown.push_str(if is_number { "…" } else { &run });
        run.clear();
        shown.push(char);
    }
    shown.trim_end().to_owned()
}

/// Texts and numbers of an entry, each with its key.
fn scalars(entry: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    match entry {
        Value::Object(object) => {
            object.iter().filter_map(|(key, value)| Some((key.clone(), text(value)?))).collect()
        }
        Value::Array(list) => list.iter().flat_map(scalars).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text(entry).map(|text| (String::new(), text)).into_iter().collect()
        }
    }
}

fn as_record<T: serde::Serialize>(call: &T) -> Option<CallRecord> {
    serde_json::from_value(serde_json::to_value(call).ok()?).ok()
}

fn record(call: CallRecord) -> Record {
    let raw = serde_json::to_value(&call).unwrap_or_default();
    let state = match &call.status {
        Some(CallStatus::Finished) => RecordState::Finished,
        Some(CallStatus::Cancelled) => RecordState::Cancelled,
        Some(CallStatus::Pending | CallStatus::Other(_)) | None => RecordState::Pending,
        #[allow(clippy::wildcard_enum_match_arm)]
        _ => RecordState::Pending,
    };
    Record {
        reference: call.comments,
        state,
        started: call.call_start_time,
        ended: call.call_end_time,
        intention: call.intention,
        ring_type: call.ring_type,
        hangup_type: call.hangup_type,
        raw,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use airudder_client::jiff::civil::date;
    use serde_json::json;

    use super::*;

    fn order() -> Order {
        let people = (0..3).map(|n| Person::new(format!("+6281200000{n:03}")).reference(format!("r{n}")));
        Order {
            name: "a".to_owned(),
            start: date(2026, 3, 2).at(9, 0, 0, 0),
            end: date(2026, 3, 2).at(18, 0, 0, 0),
            robot: "r".to_owned(),
            line: "l".to_owned(),
            fields: Map::new(),
            people: people.collect(),
            timeout: Duration::ZERO,
        }
    }

    #[test]
    fn who_was_refused_is_found_in_entries_of_any_form() {
        for entry in [
            json!({"Mobile": "+6281200000001", "Message": "no"}),
            json!({"callee": 6281200000001_i64, "reason": "no"}),
            json!({"Row": {"Index": 0}, "Comments": "r1", "error": "no"}),
            json!("62-812-0000-0001"),
            json!([0, "+6281200000001"]),
        ] {
            let found: Vec<usize> = refused(&order(), std::slice::from_ref(&entry))
                .into_iter()
                .map(|(position, _)| position)
                .collect();
            assert_eq!(found, [1], "{entry}");
        }
        for entry in [json!({"Index": 1}), json!(null), json!("r1"), json!({"Remark": "r1"})] {
            assert!(refused(&order(), std::slice::from_ref(&entry)).is_empty(), "{entry}");
        }
    }

    #[test]
    fn a_reason_has_no_number() {
        assert_eq!(without_numbers("10416: +62 812-0000-0001 is wrong, row 17"), "10416: +…is wrong, row 17");
        assert_eq!(without_numbers("2 of 3"), "2 of 3");
    }

    #[test]
    fn all_three_products_refuse_names_that_are_taken() {
        let products: [&dyn Backend; 3] = [&Collection, &Telemarketing, &InfoCheck];
        assert!(products.iter().all(|product| product.names_are_unique()));
    }
}
