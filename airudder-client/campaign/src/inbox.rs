//! Where messages of the vendor are kept: acknowledged means stored.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use airudder_client::catalogue::WEBHOOKS;
use airudder_client::{Bytes, Error as ClientError};
use sha2::{Digest as _, Sha256};
use tokio::sync::{Notify, oneshot};

use crate::backend::{Backend, Collection, InfoCheck, Report, Telemarketing};
use crate::error::{Error, LedgerError, LedgerProblem};
use crate::ledger::{Change, Ledger, MessageState, Rank, StoredMessage, Writer};
use crate::track;

/// Messages that are written in one go.
const AT_ONCE: usize = 1_000;

/// The inbox of a ledger. What [`store`](Self::store) has returned for is on disk, and can be acknowledged.
/// Cheap to clone.
///
/// It needs no runner: a receiver may be a process of its own, and a runner of any campaign of the ledger
/// applies what has come. Messages of a task that is not known, or not yet, are kept; copies are counted and
/// not kept twice.
///
/// ```
/// use airudder_campaign::{Inbox, Ledger};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let ledger = Ledger::open(folder.path().join("ledger")).await?;
/// let inbox = Inbox::new(&ledger);
/// // In the handler of `POST /a-secret/{key}`:
/// match inbox.store("collection.call_finished", r#"{"TaskID": "1", "Comments": "42"}"#).await {
///     Ok(()) => println!("answer 200"),
///     Err(error) => println!("answer 503, it comes again: {error}"),
/// }
/// assert_eq!(ledger.messages().await?["new"], 1);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Inbox {
    ledger: Ledger,
    queue: Arc<Mutex<Vec<Waiting>>>,
    /// One at a time writes what waits, for all.
    turn: Arc<tokio::sync::Mutex<()>>,
    stored: Arc<Notify>,
}

/// A message, and who waits for it to be on disk.
type Waiting = (StoredMessage, oneshot::Sender<Result<(), (LedgerProblem, String)>>);

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("ledger", &self.ledger).finish_non_exhaustive()
    }
}

impl Inbox {
    /// The inbox of this ledger.
    pub fn new(ledger: &Ledger) -> Self {
        Self { ledger: ledger.clone(), queue: Arc::default(), turn: Arc::default(), stored: Arc::default() }
    }

    /// Keeps a message, whatever it is: `webhook` is the key of the webhook that its URL stands for
    /// (`collection.call_finished`); any other text for a URL that several share. Many that come at once are
    /// written in one go.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`]: it is not kept, and must not be acknowledged.
    pub async fn store(&self, webhook: &str, body: impl Into<Bytes>) -> Result<(), Error> {
        let body = body.into();
        let message = StoredMessage {
            id: id(webhook, &body),
            webhook: webhook.to_owned(),
            body,
            arrived: self.ledger.now(),
        };
        let (done, mut written) = oneshot::channel();
        self.waiting().push((message, done));
        loop {
            let turn = self.turn.lock().await;
            match written.try_recv() {
                Ok(Ok(())) => return Ok(()),
                Ok(Err((problem, text))) => return Err(LedgerError::new(problem, text).into()),
                // It waits: it is among the next that are written.
                Err(oneshot::error::TryRecvError::Empty) => self.write_some().await,
                // Who was writing it has gone.
                Err(oneshot::error::TryRecvError::Closed) => {
                    let problem = LedgerProblem::Other;
                    return Err(LedgerError::new(problem, "writing was given up").into());
                }
            }
            drop(turn);
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, and tells everybody who waits for it.
    async fn write_some(&self) {
        let some: Vec<Waiting> = {
            let mut waiting = self.waiting();
            let some = waiting.len().min(AT_ONCE);
            waiting.drain(..some).collect()
        };
        let (messages, whom): (Vec<StoredMessage>, Vec<_>) = some.into_iter().unzip();
        let result = self.write(&messages).await;
        if result.is_ok() {
            self.stored.notify_waiters();
        }
        for done in whom {
            let told = match &result {
                Ok(()) => Ok(()),
                Err(Error::Ledger(error)) => Err((error.problem(), error.source_text())),
                Err(error) => Err((LedgerProblem::Other, error.to_string())),
            };
            let _ = done.send(told);
        }
    }

    async fn write(&self, messages: &[StoredMessage]) -> Result<(), Error> {
        let mut writer = self.ledger.write().await?;
        writer.insert_messages(messages).await?;
        writer.commit().await
    }

    /// Returns when something was stored through this inbox or a clone of it.
    pub(crate) async fn something_stored(&self) {
        self.stored.notified().await;
    }
}

/// With the client's receiver: what is acknowledged is in the ledger, and the health route asks it.
///
/// ```
/// use airudder_campaign::{Inbox, Ledger};
/// use airudder_client::receive::{Authenticator, Receiver, Secret, Server};
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let ledger = Ledger::open(folder.path().join("ledger")).await?;
/// let router = Receiver::new(Authenticator::secret(Secret::new("kZ0vQx7w2uYbN4mEr9TfLs1p")?))
///     .routes()
///     .webhooks(["collection"])
///     .router(Inbox::new(&ledger))?;
/// # let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
/// # let simulator = airudder_simulator::Simulator::start().await?;
/// # simulator.deliver_to(format!("http://{}/kZ0vQx7w2uYbN4mEr9TfLs1p/{{key}}", listener.local_addr()?));
/// # let served = tokio::spawn(async move {
/// Server::new(listener, router).await;
/// # });
/// # assert_eq!(simulator.deliver("collection.call_finished", serde_json::Value::Null).await?, 200);
/// # assert_eq!(ledger.messages().await?["new"], 1);
/// # served.abort();
/// # Ok(()) }
/// ```
#[cfg(feature = "axum")]
impl airudder_client::receive::Inbox for Inbox {
    fn store(
        &self,
        delivery: airudder_client::receive::Delivery,
    ) -> airudder_client::receive::InboxFuture<'_> {
        Box::pin(async move { Ok(self.store(&delivery.name, delivery.message.raw).await?) })
    }

    fn ready(&self) -> airudder_client::receive::InboxFuture<'_> {
        Box::pin(async move { Ok(self.ledger.has_new_messages().await.map(|_| ())?) })
    }
}

/// The same for copies of a message, another for any other.
fn id(webhook: &str, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(webhook);
    hash.update([0]);
    hash.update(body);
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Applies messages that have come, some at a time. True if there may be more.
pub(crate) async fn apply_some(ledger: &Ledger, backend: &dyn Backend) -> Result<bool, Error> {
    /// As many are locked at once.
    const SOME: u32 = 200;
    if !ledger.has_new_messages().await? {
        return Ok(false);
    }
    let mut writer = ledger.write().await?;
    let messages = writer.new_messages(SOME).await?;
    let mut said = Said::default();
    for message in &messages {
        match read(backend, message) {
            Ok(reports) => apply(&mut writer, message, reports, &mut said).await?,
            Err(_) => writer.message_done(&message.id, MessageState::Unreadable, &[]).await?,
        }
    }
    // Outcomes first and in order, then batches: as whoever reads a task does, so that no two wait for each
    // other.
    for (campaign, changes) in said.changes {
        writer.apply(&campaign, changes).await?;
    }
    for (campaign, number) in said.over {
        writer.batch_due_now(&campaign, number).await?;
    }
    writer.commit().await?;
    Ok(messages.len() >= SOME as usize)
}

/// What messages have said.
#[derive(Default)]
struct Said {
    changes: BTreeMap<String, Vec<Change>>,
    /// Batches whose task is over: its detail decides.
    over: BTreeSet<(String, i64)>,
}

/// What a message says to the product of this runner, or to another: campaigns of several products may have
/// one ledger.
fn read(own: &dyn Backend, message: &StoredMessage) -> Result<Vec<Report>, ClientError> {
    // The name of a URL that several share is no key.
    let is_key = WEBHOOKS.iter().any(|webhook| webhook.key == message.webhook);
    let key = if is_key { message.webhook.as_str() } else { "" };
    let all: [&dyn Backend; 4] = [own, &Collection, &Telemarketing, &InfoCheck];
    for backend in all {
        let reports = backend.reports(key, &message.body)?;
        if !reports.is_empty() {
            return Ok(reports);
        }
    }
    Ok(Vec::new())
}

async fn apply(
    writer: &mut Writer,
    message: &StoredMessage,
    reports: Vec<Report>,
    said: &mut Said,
) -> Result<(), Error> {
    let mut waits_for = Vec::new();
    let mut is_about_nobody = false;
    for report in reports {
        let Some((campaign, number)) = writer.batch_of_task(&report.task).await? else {
            // Somebody else's, or created a moment ago.
            waits_for.push(report.task);
            continue;
        };
        let Some(record) = report.record else {
            said.over.insert((campaign, number));
            continue;
        };
        let Some(reference) = &record.reference else { continue };
        let place = writer.place_of(&campaign, reference).await?;
        is_about_nobody |= place.is_none();
        if let Some(place) = place.filter(|place| place.batch == Some(number)) {
            let happened = report.happened.map_or(message.arrived, |happened| happened.as_millisecond());
            writer.message_is_about(&message.id, &campaign, place.seq).await?;
            let change = track::change(place.seq, record, Rank::Said, happened);
            said.changes.entry(campaign).or_default().push(change);
        }
    }
    let state = if waits_for.is_empty() { MessageState::Applied } else { MessageState::Waiting };
    // What is said of somebody who was erased is not kept.
    if is_about_nobody && state == MessageState::Applied {
        writer.forget_body(&message.id).await?;
    }
    writer.message_done(&message.id, state, &waits_for).await
}
