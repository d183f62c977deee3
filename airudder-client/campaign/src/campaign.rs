//! A campaign: people, how they are called, and what became of them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use airudder_client::Client;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::backend::{Backend, Order, Problem};
use crate::error::Error;
use crate::ledger::{CampaignState, Counts, Inserted, Ledger, Stored, Writer};
use crate::person::{Person, RefusedRow};
use crate::plan::{Plan, check_id};
use crate::preview::Preview;

/// People who are checked and inserted at once.
const CHUNK: usize = 1_000;
/// Why somebody with a reference of somebody else is refused.
const REFERENCE_TAKEN: &str = "is that of somebody else in the campaign";

/// A campaign of a ledger. Cheap to clone.
#[derive(Clone)]
pub struct Campaign {
    pub(crate) ledger: Ledger,
    pub(crate) client: Client,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) id: Arc<str>,
    pub(crate) plan: Arc<Plan>,
}

impl fmt::Debug for Campaign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Campaign").field("id", &self.id).field("plan", &self.plan).finish_non_exhaustive()
    }
}

/// What came of loading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loaded {
    /// People who are called.
    pub accepted: u64,
    /// Rows whose number was there already: one call.
    pub duplicates: u64,
    /// Rows that are refused.
    pub refused: u64,
}

impl Campaign {
    /// Opens the campaign of this id, and makes it with this plan if there is none. One that is there keeps
    /// **its own plan**: see [`plan`](Self::plan) and [`change_plan`](Self::change_plan).
    ///
    /// `id` is part of the names of all its tasks (1 to 24 letters, digits and underscores), and the vendor
    /// takes a name once: another id is another campaign, which calls the same people again.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if id or plan cannot be used, [`Error::OtherProduct`] if the campaign runs on
    /// another product, [`Error::Ledger`].
    pub async fn open(
        ledger: &Ledger,
        client: &Client,
        backend: impl Backend,
        id: impl Into<String>,
        plan: Plan,
    ) -> Result<Self, Error> {
        let id = id.into();
        check_id(&id)?;
        plan.check()?;
        let json = serde_json::to_string(&plan).map_err(|error| Error::Setting(error.to_string()))?;
        let mut writer = ledger.write().await?;
        writer.create_campaign(&id, backend.key(), &json).await?;
        writer.commit().await?;
        Self::find(ledger, client, backend, id).await
    }

    /// The campaign of this id, which must be there.
    ///
    /// # Errors
    ///
    /// [`Error::Unknown`] if there is none, and as [`open`](Self::open).
    pub async fn find(
        ledger: &Ledger,
        client: &Client,
        backend: impl Backend,
        id: impl Into<String>,
    ) -> Result<Self, Error> {
        let id = id.into();
        let Some((product, plan, _)) = ledger.find_campaign(&id).await? else {
            return Err(Error::Unknown(format!("campaign {id}")));
        };
        if product != backend.key() {
            return Err(Error::OtherProduct { id, product });
        }
        Ok(Self {
            ledger: ledger.clone(),
            client: client.clone(),
            backend: Arc::new(backend),
            plan: Arc::new(read_plan(&id, &plan)?),
            id: id.into(),
        })
    }

    /// The plan that is kept, and what is wanted of the campaign.
    pub(crate) async fn stored(&self) -> Result<(Arc<Plan>, CampaignState), Error> {
        let Some((_, plan, state)) = self.ledger.find_campaign(&self.id).await? else {
            return Err(Error::Unknown(format!("campaign {}", self.id)));
        };
        Ok((Arc::new(read_plan(&self.id, &plan)?), state))
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its plan, as the ledger has it.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Gives the campaign another plan: for everybody of whom nothing was sent.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if the plan cannot be used; [`Error::InDoubt`] while it is not known whether the
    /// vendor has a batch, which may have to be sent again as it is; [`Error::Ledger`].
    pub async fn change_plan(&mut self, plan: Plan) -> Result<(), Error> {
        plan.check()?;
        let json = serde_json::to_string(&plan).map_err(|error| Error::Setting(error.to_string()))?;
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        for batch in self.ledger.batches(&self.id).await? {
            if !self.dissolve(&mut writer, batch.number).await? && batch.is_unsent() {
                return Err(Error::InDoubt(batch.name));
            }
        }
        writer.set_plan(&self.id, &json).await?;
        writer.commit().await?;
        self.plan = Arc::new(plan);
        Ok(())
    }

    /// Takes a batch apart of which nothing was ever sent, so that it is frozen anew. False if something was.
    pub(crate) async fn dissolve(&self, writer: &mut Writer, number: i64) -> Result<bool, Error> {
        let Some(batch) = writer.batch(&self.id, number).await? else { return Ok(false) };
        if !batch.is_untouched() {
            return Ok(false);
        }
        writer.empty_batch(&self.id, number).await?;
        writer.delete_batch(&self.id, number).await?;
        Ok(true)
    }

    /// Adds people. Each is checked as the vendor would; who is refused is not called, the others are. A
    /// number that is in the campaign already is one call, so the same list can be loaded again.
    ///
    /// ```
    /// # use airudder_campaign::{Campaign, Collection, Person, Ledger, Plan};
    /// # use airudder_client::{Client, jiff::{Zoned, ToSpan}};
    /// # use serde_json::json;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let ledger = Ledger::open(folder.path().join("ledger")).await?;
    /// # let client = Client::builder().credentials("key", "secret").base_url("http://127.0.0.1:9").build()?;
    /// # let (start, end) = (Zoned::now(), &Zoned::now() + 3.hours());
    /// # let plan = Plan::new("r", "l", &start, &end);
    /// # let campaign = Campaign::open(&ledger, &client, Collection, "march", plan).await?;
    /// let contact = |phone: &str| Person::new(phone)
    ///     .field("Debtor", "Jane Doe").field("LoanDate", "2026-02-01").field("DueDate", "2026-03-03")
    ///     .field("LoanAmount", 300_000).field("Arrears", 321_000);
    /// let people = [contact("+6281200000000"), contact("0812"), contact("+6281200000000")];
    /// let loaded = campaign.load_rows(people).await?;
    /// assert_eq!((loaded.accepted, loaded.refused, loaded.duplicates), (1, 1, 1));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`]; [`Error::Setting`] if the plan itself would be refused.
    pub async fn load_rows(&self, contacts: impl IntoIterator<Item = Person>) -> Result<Loaded, Error> {
        let mut intake = self.intake(|_| {});
        for contact in contacts {
            intake.push(contact).await?;
        }
        intake.finish().await
    }

    /// Adds people one by one, in constant memory. `refused` is told of each row that is refused.
    pub fn intake<F: FnMut(RefusedRow)>(&self, refused: F) -> Intake<'_, F> {
        let waiting = Vec::with_capacity(CHUNK);
        Intake { campaign: self, waiting, loaded: Loaded::default(), refused }
    }

    /// How it stands.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn counts(&self) -> Result<Counts, Error> {
        self.ledger.counts(&self.id).await
    }

    /// The order for these people.
    pub(crate) fn order(&self, name: &str, contacts: Vec<Person>, timeout: Duration) -> Order {
        let (start, end) = self.plan.local_window();
        Order {
            name: name.to_owned(),
            start,
            end,
            robot: self.plan.robot().to_owned(),
            line: self.plan.line().to_owned(),
            fields: self.plan.fields().clone(),
            people: contacts,
            timeout,
        }
    }

    /// Puts everybody who is in no batch into one: its name and its people are fixed from then on.
    pub(crate) async fn freeze(&self) -> Result<(), Error> {
        loop {
            let mut writer = self.ledger.write().await?;
            // Two runners must not freeze the same people.
            let (state, plan) = writer.lock_plan(&self.id).await?;
            if state == CampaignState::Stopped || read_plan(&self.id, &plan)? != *self.plan {
                return Ok(());
            }
            let people = writer.unbatched(&self.id, self.plan.people_in_batch()).await?;
            let (Some(first), Some(last)) = (people.first(), people.last()) else { return Ok(()) };
            let number = writer.next_batch_number(&self.id).await?;
            let name = self.plan.name(&self.id, number, &self.digest(&people));
            writer.insert_batch(&self.id, number, &name, people.len()).await?;
            writer.put_into_batch(&self.id, number, first.seq, last.seq).await?;
            writer.commit().await?;
        }
    }

    /// Who is called and what is said to them, in 16 letters and digits. Window, robot and line are not in
    /// it: the same batch under another plan must have the same name, so that the vendor takes it once, even
    /// if the ledger was lost meanwhile.
    fn digest(&self, people: &[Stored]) -> String {
        let mut hash = Sha256::new();
        let mut add = |value: &Value| hash.update(format!("{value}\n"));
        add(&self.backend.key().into());
        for Stored { contact, .. } in people {
            add(&contact.phone.as_str().into());
            add(&contact.reference.clone().unwrap_or_default().into());
            add(&sorted(&contact.fields));
        }
        hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }

    /// What would be sent, without sending or freezing anything. `look` sees every task as it would be sent.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`].
    pub async fn dry_run(&self, mut look: impl FnMut(&Order)) -> Result<Preview, Error> {
        let (start, end) = self.plan.local_window();
        let mut preview = Preview {
            campaign: self.id.to_string(),
            people: 0,
            tasks: 0,
            robot: self.plan.robot().to_owned(),
            line: self.plan.line().to_owned(),
            start: start.to_string(),
            end: end.to_string(),
        };
        let mut number = 0;
        let mut see = |name: &str, people: Vec<Stored>, preview: &mut Preview| {
            preview.people += people.len() as u64;
            preview.tasks += 1;
            let contacts = people.into_iter().map(|stored| stored.contact).collect();
            look(&self.order(name, contacts, Duration::ZERO));
        };
        for batch in self.ledger.batches(&self.id).await? {
            number = batch.number;
            if batch.is_unsent() {
                let people = self.ledger.batch_contacts(&self.id, batch.number).await?;
                see(&batch.name, people, &mut preview);
            }
        }
        let mut seq = 0;
        loop {
            let people = self.ledger.unbatched_after(&self.id, seq, self.plan.people_in_batch()).await?;
            let Some(last) = people.last() else { return Ok(preview) };
            seq = last.seq;
            number += 1;
            let name = self.plan.name(&self.id, number, &self.digest(&people));
            see(&name, people, &mut preview);
        }
    }
}

pub(crate) fn read_plan(id: &str, json: &str) -> Result<Plan, Error> {
    serde_json::from_str(json)
        .map_err(|error| Error::Setting(format!("the plan of campaign {id} cannot be read: {error}")))
}

/// The fields in an order that does not depend on how they were given.
fn sorted(fields: &Map<String, Value>) -> Value {
    let mut pairs: Vec<(&String, &Value)> = fields.iter().collect();
    pairs.sort_by_key(|(name, _)| *name);
    Value::Array(
        pairs
            .into_iter()
            .map(|(name, value)| Value::from(vec![name.as_str().into(), value.clone()]))
            .collect(),
    )
}

/// Adds people to a campaign one by one. What was pushed last is kept by [`finish`](Self::finish).
#[derive(Debug)]
#[must_use = "the last people are added by `finish`"]
pub struct Intake<'c, F> {
    campaign: &'c Campaign,
    waiting: Vec<Person>,
    loaded: Loaded,
    refused: F,
}

impl<F: FnMut(RefusedRow)> Intake<'_, F> {
    /// Adds a person.
    ///
    /// # Errors
    ///
    /// As [`Campaign::load_rows`].
    pub async fn push(&mut self, contact: Person) -> Result<(), Error> {
        self.waiting.push(contact);
        match self.waiting.len() >= CHUNK {
            true => self.flush().await,
            false => Ok(()),
        }
    }

    /// What came of it so far; people who wait to be inserted are not in it.
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// Adds what waits, and says what came of it.
    ///
    /// # Errors
    ///
    /// As [`Campaign::load_rows`].
    pub async fn finish(mut self) -> Result<Loaded, Error> {
        self.flush().await?;
        Ok(self.loaded)
    }

    async fn flush(&mut self) -> Result<(), Error> {
        let mut people = std::mem::take(&mut self.waiting);
        let mut refused = self.campaign.check(&mut people)?;
        let added = self.campaign.add(&people).await?;
        self.loaded.accepted += added.accepted;
        self.loaded.duplicates += added.duplicates;
        let taken = |position: usize| RefusedRow {
            row: people.get(position).map_or(0, |person| person.row),
            column: "reference".to_owned(),
            code: None,
            reason: REFERENCE_TAKEN.to_owned(),
        };
        refused.extend(added.references_taken.into_iter().map(taken));
        self.loaded.refused += refused.len() as u64;
        refused.into_iter().for_each(&mut self.refused);
        Ok(())
    }
}

impl Campaign {
    /// Takes out who would be refused by the vendor.
    pub(crate) fn check(&self, people: &mut Vec<Person>) -> Result<Vec<RefusedRow>, Error> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let order = self.order("check", std::mem::take(people), Duration::ZERO);
        let mut wrong: HashMap<usize, Problem> = HashMap::new();
        for problem in self.backend.check(&self.client, &order)? {
            match problem.position {
                Some(position) => {
                    wrong.entry(position).or_insert(problem);
                }
                None => {
                    let Problem { field, reason, .. } = problem;
                    return Err(Error::Setting(format!(
                        "the vendor would refuse every task of this plan: {field} {reason}"
                    )));
                }
            }
        }
        let mut refused = Vec::new();
        for (position, person) in order.people.into_iter().enumerate() {
            match wrong.remove(&position) {
                None => people.push(person),
                Some(Problem { field: column, code, reason, .. }) => {
                    refused.push(RefusedRow { row: person.row, column, code, reason });
                }
            }
        }
        Ok(refused)
    }

    /// Adds people at once, in their order.
    pub(crate) async fn add(&self, people: &[Person]) -> Result<Inserted, Error> {
        if people.is_empty() {
            return Ok(Inserted::default());
        }
        let mut writer = self.ledger.write().await?;
        writer.lock_campaign(&self.id).await?;
        let inserted = writer.insert_contacts(&self.id, people).await?;
        writer.commit().await?;
        Ok(inserted)
    }
}
