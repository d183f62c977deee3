//! Creating something once: where it is unknown whether an earlier call has created it, it is looked for by
//! its name.
//!
//! The spec says how (`find_by`): which field holds the name, and which list holds what was made.

use std::fmt;
use std::sync::Arc;

use airudder_model::loosely_equal;
use serde_json::{Map, Value};

use crate::call::{self, Core, Done};
use crate::catalogue::{Code, ENDPOINTS, Endpoint, FindBy, Kind, Problem};
use crate::client::Client;
use crate::error::{Error, Severity};
use crate::json;
use crate::page::Walk;
use crate::request::Request;
use crate::types::TaskId;

/// Entries on a page of the list that is looked through, where its sample in the spec says nothing.
const PAGE_SIZE: i64 = 10;

/// What came of [`Client::find_or_create`].
#[derive(Debug)]
#[non_exhaustive]
pub enum CreateOutcome<T> {
    /// This call has created it.
    Created(T),
    /// An earlier call had created it, or this one whose answer was lost: there is one of this name.
    Found(FoundTask),
    /// This call may have created it, and it is not in the list, or not yet: look again later
    /// ([`Client::find_task`]), and do not create it under another name before. The error is that of the
    /// call.
    InDoubt(Error),
}

/// A task that was found by its name.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct FoundTask {
    /// Its id; `None` where the vendor says that the name is taken, and its list does not show the task or no
    /// id.
    pub id: Option<TaskId>,
    /// The entry of the list as it came, whose form is not known; null if there is none.
    pub raw: Value,
}

/// Shows the id only: the entry may be personal.
impl fmt::Debug for FoundTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundTask").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Client {
    /// Creates a task, or finds the one that an earlier call has created under the same name: after a crash
    /// or a time-out the same request can be given again, and nobody is called twice.
    ///
    /// The request is sent once. The vendor refuses a name that is taken; then, and where it is unknown
    /// whether the request was acted on, the task is looked for by its name in the list of tasks. Where the
    /// spec knows no code for a name that is taken (private endpoints), it is looked for before too.
    ///
    /// ```
    /// # use airudder_client::{Client, collection::{CollectionContact, CreateTask}, jiff::civil::date};
    /// # use airudder_simulator::Simulator;
    /// use airudder_client::CreateOutcome;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let simulator = Simulator::start().await?;
    /// # let client = Client::builder()
    /// #     .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
    /// #     .base_url(simulator.base_url())
    /// #     .build()?;
    /// # let contact = CollectionContact::builder()
    /// #     .debtor("Jane Doe").mobile("+6281200000000").loan_date(date(2026, 2, 1))
    /// #     .due_date(date(2026, 3, 3)).loan_amount(300_000).arrears(321_000).build();
    /// # let request = CreateTask::builder().task_name("march-reminders").robot_id("robot").sip_line("LINE")
    /// #     .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
    /// #     .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
    /// #     .details([contact]).build();
    /// # let first = client.execute(&request).await?;
    ///
    /// let task_id = match client.find_or_create(&request).await? {
    ///     CreateOutcome::Created(answer) => Some(answer.task_id),
    ///     CreateOutcome::Found(task) => task.id,
    ///     CreateOutcome::InDoubt(error) => return Err(error.into()), // look again later
    ///     _ => None,
    /// };
    /// # assert_eq!(task_id, Some(first.task_id));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// - Those of the call where it is certain that nothing was created by it.
    /// - Those of the list, where the name is taken: it can be called again.
    /// - [`Error::Config`] if the spec does not say of this endpoint how to find what it has made.
    pub async fn find_or_create<R: Request>(&self, request: &R) -> Result<CreateOutcome<R::Answer>, Error> {
        let endpoint = request.meta().endpoint();
        let Some(find_by) = endpoint.find_by else {
            let error = Error::config(format!("the spec has no `find_by` for {}", endpoint.key));
            return Err(call::refused(&self.core.settings, endpoint, error));
        };
        let name = self.name_in(request, &find_by)?;
        // What would be refused here is refused before anything is looked for. What an earlier call has
        // created may have begun meanwhile.
        let violations = self.check(request)?;
        let is_late = violations.iter().any(|violation| violation.problem == Problem::Past);
        if (is_late || taken_codes(endpoint, &find_by).next().is_none())
            && violations.iter().all(|violation| {
                violation.severity == Severity::Warning || violation.problem == Problem::Past
            })
            && let Some(found) = find(&self.core, endpoint, &find_by, &name).await?
        {
            return Ok(CreateOutcome::Found(found));
        }
        let error = match self.execute(request).await {
            Ok(answer) => return Ok(CreateOutcome::Created(answer)),
            Err(error) => error,
        };
        if is_taken(endpoint, &find_by, &error) {
            let found = find(&self.core, endpoint, &find_by, &name).await?;
            return Ok(CreateOutcome::Found(found.unwrap_or(FoundTask { id: None, raw: Value::Null })));
        }
        if is_refusal(&error) {
            return Err(error);
        }
        Ok(match find(&self.core, endpoint, &find_by, &name).await {
            Ok(Some(found)) => CreateOutcome::Found(found),
            Ok(None) | Err(_) => CreateOutcome::InDoubt(error),
        })
    }

    /// The task of this name, if the list of tasks shows one.
    ///
    /// The form of the list is not known, so whatever it holds is looked through: an entry whose name is this
    /// one, or that holds this text where it has no field for a name. Pages are read until it is found.
    ///
    /// # Errors
    ///
    /// Those of the list, and [`Error::Config`] where no section with such a list is compiled in
    /// (`collection`).
    pub async fn find_task(&self, name: &str) -> Result<Option<FoundTask>, Error> {
        let mut looked = Vec::new();
        for (endpoint, find_by) in ENDPOINTS.iter().filter_map(|e| Some((*e, e.find_by?))) {
            let list = (find_by.list.family, find_by.list.method, find_by.list.path);
            if looked.contains(&list) {
                continue;
            }
            looked.push(list);
            let field = endpoint.request.iter().find(|field| field.wire == find_by.name);
            let name = match field {
                Some(field) => self.core.settings.additions.named(field, name),
                None => name.into(),
            };
            if let Some(found) = find(&self.core, endpoint, &find_by, &name).await? {
                return Ok(Some(found));
            }
        }
        if looked.is_empty() {
            return Err(Error::config(
                "no section with a list of tasks is compiled in, such as `collection`",
            ));
        }
        Ok(None)
    }

    fn name_in<R: Request>(&self, request: &R, find_by: &FindBy) -> Result<String, Error> {
        let endpoint = request.meta().endpoint();
        let settings = &self.core.settings;
        let unwritable = |error| call::refused(settings, endpoint, call::serialize_error(endpoint, &error));
        let json = settings.encode(endpoint, request).map_err(unwritable)?;
        let fields: Map<String, Value> = serde_json::from_slice(&json).map_err(unwritable)?;
        Ok(fields.get(find_by.name).and_then(json::scalar_text).unwrap_or_default())
    }
}

/// Whether the vendor says that something has this name already.
fn is_taken(endpoint: &Endpoint, find_by: &FindBy, error: &Error) -> bool {
    let Error::Api(api) = error else { return false };
    taken_codes(endpoint, find_by).any(|code| code == api.code().value())
}

/// The codes by which the vendor refuses a name that is taken.
fn taken_codes(endpoint: &Endpoint, find_by: &FindBy) -> impl Iterator<Item = Code> {
    let field = endpoint.request.iter().find(|field| field.wire == find_by.name);
    let codes = field.map_or(&[][..], |field| field.codes);
    codes.iter().filter(|(problem, _)| *problem == Problem::Taken).map(|(_, code)| *code)
}

/// Whether it is certain that the call has created nothing: nothing was sent, or the vendor says no.
fn is_refusal(error: &Error) -> bool {
    if !error.may_have_reached_vendor() {
        return true;
    }
    match error {
        // Assumed: such a code is the trouble of a server, as such an HTTP status is. No table of the
        // vendor's has one.
        Error::Api(api) if matches!(api.code().code(), 500..600) => false,
        Error::Api(_) | Error::Http(_) => {
            error.http_status().is_some_and(|status| status < 500 && status != 408)
        }
        Error::Auth(_) | Error::Config(_) | Error::Invalid(_) | Error::Unconfirmed(_) => true,
        // It keeps back a repeat; the attempt before it may have done it.
        Error::Intercepted(_) => false,
        Error::Decode(_) | Error::Transport(_) | Error::Timeout(_) | Error::Io(_) => false,
    }
}

/// Looks through all pages of the list.
async fn find(
    core: &Arc<Core>,
    endpoint: &Endpoint,
    find_by: &FindBy,
    name: &str,
) -> Result<Option<FoundTask>, Error> {
    // An entry with an empty field is not what has no name.
    if name.trim().is_empty() {
        return Ok(None);
    }
    let list = find_by.list;
    let mut walk = Walk::new(Arc::clone(core), list, &first_page(list), None)?;
    let wanted = Wanted { name_key: find_by.name, id_key: id_key(endpoint), name };
    while let Some(reply) = walk.next().await? {
        reply.running.succeeded();
        let Done::Answer(answer) = &reply.done else { return Ok(None) };
        // What is no JSON at all has been refused before.
        let payload = serde_json::from_slice(&answer.payload).unwrap_or(Value::Null);
        if let Some(found) = wanted.inside(&payload, 0) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The request for the first page of a list, without anything that would leave entries out.
fn first_page(list: &Endpoint) -> Vec<u8> {
    let sample: Value =
        list.sample.request.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let mut fields = Map::new();
    if let Some(paging) = list.paging {
        let (position, first) = paging.start();
        fields.insert(position.to_owned(), first.map_or_else(|| Value::from(""), Value::from));
        if let Some(key) = paging.size() {
            let size = sample.get(key).cloned().unwrap_or_else(|| PAGE_SIZE.into());
            fields.insert(key.to_owned(), size);
        }
    }
    Value::Object(fields).to_string().into_bytes()
}

/// The wire name under which an endpoint answers the id of what it has made.
fn id_key(endpoint: &Endpoint) -> &'static str {
    let fields = endpoint.response.fields();
    fields.iter().find(|field| matches!(field.kind, Kind::Id(_))).map_or("id", |field| field.wire)
}

struct Wanted<'a> {
    name_key: &'static str,
    id_key: &'static str,
    name: &'a str,
}

impl Wanted<'_> {
    /// The first object in `value` that has the name.
    fn inside(&self, value: &Value, depth: usize) -> Option<FoundTask> {
        // serde_json reads no deeper either.
        if depth > 128 {
            return None;
        }
        match value {
            Value::Array(list) => list.iter().find_map(|entry| self.inside(entry, depth + 1)),
            Value::Object(object) => match self.is(object) {
                true => Some(FoundTask { id: self.id_of(object), raw: value.clone() }),
                false => object.values().find_map(|entry| self.inside(entry, depth + 1)),
            },
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        }
    }

    fn is(&self, object: &Map<String, Value>) -> bool {
        let is_name =
            |value: &Value| json::scalar_text(value).is_some_and(|text| text.trim() == self.name.trim());
        // Another field may hold the same text: a group, a remark.
        for key in [self.name_key, "name"] {
            let mut named = object.iter().filter(|(given, _)| loosely_equal(given, key)).peekable();
            if named.peek().is_some() {
                return named.any(|(_, value)| is_name(value));
            }
        }
        object.values().any(is_name)
    }

    fn id_of(&self, object: &Map<String, Value>) -> Option<TaskId> {
        let under = |wanted: &str| {
            let found = object.iter().find(|(key, _)| loosely_equal(key, wanted));
            found.and_then(|(_, value)| json::scalar_text(value)).filter(|id| !id.trim().is_empty())
        };
        under(self.id_key).or_else(|| under("id")).map(TaskId::from)
    }
}
