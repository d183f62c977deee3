//! Calls the people of a list, follows the calls, and shows how they went.
//!
//! Without an account it runs against a simulator of its own. With `AIRUDDER_APP_KEY` and
//! `AIRUDDER_APP_SECRET` in the environment it talks to the vendor, and asks before anybody is called: then
//! `AIRUDDER_ROBOT_ID` and `AIRUDDER_SIP_LINE` name your robot and line, and `AIRUDDER_CONTACTS` may name a
//! list of your own. With `AIRUDDER_BASE_URL` besides, on this machine, it talks to a simulator in another
//! process: nobody is called, and nothing is asked.

mod contacts;
mod outcomes;
mod receiver;

use std::error::Error;
use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use airudder_client::types::{CallRecord, CallStatus, RobotId, TaskId, TaskStatus};
use airudder_client::{Client, CreateOutcome, FoundTask, collection, jiff, reqwest};
use airudder_simulator::Simulator;
use contacts::{Contacts, Refused};
use indicatif::{ProgressBar, ProgressStyle};
use outcomes::Outcomes;
use receiver::Receiver;

/// How many reasons for a refusal are shown one by one.
const SHOWN: usize = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut receiver = Receiver::start().await?;
    let session = Session::begin(&receiver).await?;

    let list = std::env::var("AIRUDDER_CONTACTS").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/examples/quickstart/contacts.csv").to_owned()
    });
    let mut contacts = Contacts::read(&list)?;
    let mut refused = contacts.take_unreadable();
    refused.extend(refuse_by_rules(&session, &mut contacts)?);
    show_refused(&refused);
    println!("{} contacts are left to be called.", contacts.len());
    if contacts.len() == 0 || !session.may_call()? {
        return Ok(());
    }

    let task = create_task(&session, &contacts).await?;
    follow(&session, &mut receiver, &task, contacts.len()).await?;

    let detail = session.client.collection().get_task_detail().task_id(&task).send().await?;
    let outcomes = Outcomes::of(&detail.detail);
    print!("\n{outcomes}");

    if let Some(callee) = outcomes.somebody_who_talked().and_then(|reference| contacts.mobile_of(reference)) {
        let path = std::env::temp_dir().join("airudder-quickstart.wav");
        let recording = session.client.collection().get_call_recording().task_id(task).callee(callee);
        match recording.download_to(&path).await {
            Ok(length) => println!("\nOne recording, {length} bytes: {}", path.display()),
            // The calls are over: what is missing now is no failure of theirs.
            Err(error) => println!("\nNo recording: {error}"),
        }
    } else {
        println!("\nNobody talked, so there is no recording.");
    }
    Ok(())
}

/// The client, with what it talks to.
struct Session {
    client: Client,
    /// `None`: the vendor, or a simulator in another process.
    simulator: Option<Simulator>,
    /// Whether real people are called.
    is_real: bool,
    robot: RobotId,
    line: String,
}

impl Session {
    async fn begin(receiver: &Receiver) -> Result<Self, Box<dyn Error>> {
        if std::env::var_os("AIRUDDER_APP_KEY").is_some() {
            let base_url = std::env::var("AIRUDDER_BASE_URL").ok();
            let is_real = !base_url.as_deref().is_some_and(is_on_this_machine);
            println!(
                "Talking to {}. Webhooks would be received at {}, if they are registered there.",
                base_url.as_deref().unwrap_or("the vendor"),
                receiver.url()
            );
            if !is_real {
                println!("It is on this machine: nobody is called.");
            }
            let need = |name: &str| {
                std::env::var(name).map_err(|_| format!("set {name}: the vendor gives it to you"))
            };
            return Ok(Self {
                client: Client::from_env()?,
                simulator: None,
                is_real,
                robot: need("AIRUDDER_ROBOT_ID")?.into(),
                line: need("AIRUDDER_SIP_LINE")?,
            });
        }
        println!("No AIRUDDER_APP_KEY in the environment: running against a simulator. Nobody is called.");
        // Two simulated hours of dialling pass in some ten seconds.
        let simulator = Simulator::builder().speed(60.0).start().await?;
        simulator.deliver_to(receiver.url());
        let client = Client::builder()
            .credentials(Simulator::APP_KEY, Simulator::APP_SECRET)
            .base_url(simulator.base_url())
            .build()?;
        Ok(Self {
            client,
            simulator: Some(simulator),
            is_real: false,
            robot: "demo_robot".into(),
            line: "DEMO_LINE".to_owned(),
        })
    }

    /// Asks, where real people would be called.
    fn may_call(&self) -> Result<bool, Box<dyn Error>> {
        if !self.is_real {
            return Ok(true);
        }
        print!("This calls real people. Type `call` to go on: ");
        std::io::stdout().flush()?;
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer)?;
        Ok(answer.trim() == "call")
    }

    /// The account's wall clock. The simulator takes local times as UTC.
    fn now(&self) -> jiff::civil::DateTime {
        match &self.simulator {
            Some(simulator) => simulator.clock().now().to_zoned(jiff::tz::TimeZone::UTC).datetime(),
            None if !self.is_real => jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).datetime(),
            None => jiff::Zoned::now().datetime(),
        }
    }
}

/// Whether a URL leads to this machine: then no people are behind it.
fn is_on_this_machine(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// One list is called once a day, however often the program runs: the same people have the same name of a
/// task, which the vendor takes once.
fn task_name(day: jiff::civil::Date, contacts: &Contacts) -> String {
    format!("quickstart-{}-{}", day.strftime("%Y%m%d"), contacts.fingerprint())
}

/// The request for a list of contacts. Nothing is sent before `execute`.
fn request(session: &Session, contacts: &Contacts) -> Result<collection::CreateTask, jiff::Error> {
    let start = session.now().round(jiff::Unit::Second)?;
    Ok(collection::CreateTask::builder()
        .task_name(task_name(start.date(), contacts))
        .schedule_start_time(start)
        .schedule_end_time(start.checked_add(jiff::Span::new().hours(3))?)
        .robot_id(session.robot.clone())
        .sip_line(session.line.clone())
        .details(contacts.rows())
        .build())
}

/// Asks the client which rows the vendor would refuse, and takes them out.
fn refuse_by_rules(session: &Session, contacts: &mut Contacts) -> Result<Vec<Refused>, Box<dyn Error>> {
    let violations = session.client.check(&request(session, contacts)?)?;
    Ok(contacts.take_refused(&violations))
}

/// Creates the task, or finds the one of an earlier run.
async fn create_task(session: &Session, contacts: &Contacts) -> Result<TaskId, Box<dyn Error>> {
    match session.client.find_or_create(&request(session, contacts)?).await? {
        CreateOutcome::Created(task) => {
            println!(
                "Task {} was created; {} rows were refused by the server.",
                task.task_id,
                task.detail_error_list.len()
            );
            Ok(task.task_id)
        }
        CreateOutcome::Found(FoundTask { id: Some(id), .. }) => {
            println!("Task {id} was created by an earlier run: nobody is called again.");
            Ok(id)
        }
        CreateOutcome::Found(_) => {
            Err("this list has a task already, whose id the list of tasks does not show".into())
        }
        CreateOutcome::InDoubt(error) => {
            Err(format!("the task may have been created, run this again: {error}").into())
        }
        other => Err(format!("{other:?}").into()),
    }
}

fn show_refused(refused: &[Refused]) {
    let rows: std::collections::BTreeSet<u64> = refused.iter().map(Refused::line).collect();
    println!("{} rows are refused before anything is sent, for {} reasons:", rows.len(), refused.len());
    for row in refused.iter().take(SHOWN) {
        println!("  {row}");
    }
    if refused.len() > SHOWN {
        println!("  ... and {} more", refused.len() - SHOWN);
    }
}

/// Shows progress until all calls are over: by webhooks as they come, and by a look at the task now and then,
/// since webhooks may be registered elsewhere or lost.
async fn follow(
    session: &Session,
    receiver: &mut Receiver,
    task: &TaskId,
    calls: usize,
) -> Result<(), Box<dyn Error>> {
    let bar = ProgressBar::new(calls as u64)
        .with_style(ProgressStyle::with_template("{bar:40} {pos}/{len} calls are over, {msg}")?);
    let pause = if !session.is_real { Duration::from_secs(2) } else { Duration::from_secs(30) };
    let mut look = tokio::time::interval(pause);
    loop {
        tokio::select! {
            call = receiver.next_call(task) => {
                bar.inc(1);
                bar.set_message(format!("the last one: {call}"));
            }
            _ = look.tick() => {
                let detail = session.client.collection().get_task_detail().task_id(task).send().await?;
                let is_over = |call: &&CallRecord| call.status == Some(CallStatus::Finished);
                let over = detail.detail.iter().filter(is_over).count();
                bar.set_position(bar.position().max(over as u64));
                if detail.status == Some(TaskStatus::Finished) {
                    break;
                }
            }
        }
    }
    bar.finish_with_message("the task is finished");
    println!("{} of {calls} calls were reported by webhook.", receiver.reported());
    Ok(())
}
