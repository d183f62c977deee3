//! Plans: several rounds over one list, each round a task. Everything about them is made up beyond the titles of the
//! vendor's pages.

use serde_json::{Map, Value, json};

use super::clock::{DAY, HOUR, Moment, instant, read_moment};
use super::dialling::{Contact, Order, Owner, Row};
use super::reply::{Failure, field_code};
use super::shelf::{Identified, Serial};
use super::tasks;
use super::world::{Call, Event, Outcome, Told, World};
use crate::catalogue::Problem;

/// A plan has at most this many rounds.
const ROUNDS: usize = 3;
/// Between the end of a round and the next.
const PAUSE: Moment = HOUR;
/// A plan may not start later than this.
const HORIZON: Moment = 5 * DAY;
/// The vendor's code for a start that cannot be used.
const START_REFUSED: i64 = 10802;

#[derive(Debug)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) name: String,
    section: &'static str,
    robot: String,
    strategy: String,
    starts: Moment,
    is_over: bool,
    /// Those whom the next round calls.
    contacts: Vec<Contact>,
    rounds: Vec<Serial>,
}

impl Identified for Plan {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Plan {
    fn status(&self) -> &'static str {
        match (self.is_over, self.rounds.is_empty()) {
            (true, _) => "finished",
            (false, true) => "pending",
            (false, false) => "running",
        }
    }
}

pub(super) fn strategies(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(Told::Payload(json!([
        {"StrategyID": "1", "StrategyName": "three rounds for those not reached", "Rounds": ROUNDS},
    ])))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let name = call.text(&["PlanName"]).unwrap_or_default();
    if world.names.contains(&("plan", name.clone())) {
        return Err(call.fail("PlanName", Problem::Taken, "a plan of this name exists already"));
    }
    let strategy = call.text(&["StrategyID", "Strategy", "StrategyName"]).unwrap_or_default();
    if strategy.starts_with("unknown") {
        return Err(call.fail("StrategyID", Problem::Unknown, "there is no such strategy"));
    }
    tasks::check_robot_and_line(call)?;
    let start = call.text(&["PlanStartDate"]).and_then(|text| read_moment(&text)).unwrap_or(world.now);
    if start > world.now.saturating_add(HORIZON) {
        let code =
            field_code(call.endpoint.request, "PlanStartDate", Problem::Refused).unwrap_or(START_REFUSED);
        return Err(Failure::code(code, "a plan starts within the next 5 days"));
    }
    let (contacts, refused) = tasks::rows(world, call)?;
    let starts = if world.rules.ignore_schedule { world.now } else { start.max(world.now) };
    let id = world.new_id();
    let serial = world.plans.next_serial();
    let plan = Plan {
        id: id.clone(),
        name: name.clone(),
        section: call.endpoint.section,
        robot: call.text(&["RobotID"]).unwrap_or_default(),
        strategy,
        starts,
        is_over: false,
        contacts,
        rounds: Vec::new(),
    };
    world.names.insert(("plan", name));
    if let Some(gone) = world.plans.put(plan) {
        world.names.remove(&("plan", gone.name));
    }
    if starts > world.now {
        world.agenda.at(starts, Event::PlanRound(serial));
    } else {
        world.next_round(serial);
    }
    Ok(Told::Payload(json!({"PlanID": id, "detail_error_list": refused})))
}

pub(super) fn status(world: &mut World, call: &Call<'_>) -> Outcome {
    let plan = find(world, call)?;
    Ok(Told::Payload(json!({
        "PlanID": plan.id,
        "PlanName": plan.name,
        "Status": plan.status(),
        "StrategyID": plan.strategy,
        "StartTime": instant(plan.starts),
        "Rounds": plan.rounds.len(),
    })))
}

pub(super) fn rounds(world: &mut World, call: &Call<'_>) -> Outcome {
    let plan = find(world, call)?;
    let round = |(number, serial): (usize, &Serial)| {
        let task = world.tasks.get(*serial)?;
        Some(json!({
            "Round": number + 1,
            "TaskID": task.id,
            "TaskName": task.name,
            "Status": tasks::task_status(task.state),
            "StartTime": instant(task.starts),
        }))
    };
    Ok(Told::Payload(plan.rounds.iter().enumerate().filter_map(round).collect()))
}

pub(super) fn cancel_call(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = find(world, call)?.id.clone();
    let number = call.text(&["CalleeNumber"]).unwrap_or_default();
    let Some(plan) = world.plans.find_mut(&id) else { return Err(unknown(call)) };
    let before = plan.contacts.len();
    plan.contacts.retain(|contact| contact.number != number);
    let mut cancelled = before - plan.contacts.len();
    for round in plan.rounds.clone() {
        cancelled += world.cancel_number(round, &number);
    }
    if cancelled == 0 {
        return Err(call.fail(
            "CalleeNumber",
            Problem::Unknown,
            "the plan has no such number that could still be cancelled",
        ));
    }
    Ok(Told::Payload(json!({"PlanID": id, "CalleeNumber": number})))
}

pub(super) fn number_recordings(world: &mut World, call: &Call<'_>) -> Outcome {
    let plan = find(world, call)?;
    let number = call.text(&["Callee"]).unwrap_or_default();
    let recordings = plan.rounds.iter().flat_map(|round| tasks::recordings(world, *round, Some(&number)));
    Ok(Told::Recordings(recordings.collect()))
}

fn find<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Plan, Failure> {
    let id = call.text(&["PlanID"]).unwrap_or_default();
    world.plans.find(&id).ok_or_else(|| unknown(call))
}

fn unknown(call: &Call<'_>) -> Failure {
    call.fail("PlanID", Problem::Unknown, "there is no such plan")
}

impl World {
    /// Calls those who are left.
    pub(super) fn next_round(&mut self, serial: Serial) {
        let Some(plan) = self.plans.get_mut(serial).filter(|plan| !plan.is_over) else { return };
        let contacts = std::mem::take(&mut plan.contacts);
        if contacts.is_empty() {
            return self.plan_over(serial);
        }
        let order = Order {
            name: format!("{} {}", plan.name, plan.rounds.len() + 1),
            section: plan.section,
            owner: Owner::Plan(serial),
            robot: plan.robot.clone(),
            starts: self.now,
            ends: None,
            repeats: 0,
            interval: 0,
            contacts,
        };
        // The round is noted before it starts: an event of its first moment may ask for it.
        plan.rounds.push(self.tasks.next_serial());
        self.order(order);
    }

    /// A round is over: those not reached are called again later.
    pub(super) fn round_over(&mut self, serial: Serial, task: Serial) {
        let Some(plan) = self.plans.get_mut(serial) else { return };
        let left: Vec<Contact> = self.tasks.get(task).map_or_else(Vec::new, |task| {
            let stopped = task.state == super::dialling::TaskState::Stopped;
            let left = |contact: &&Contact| {
                !stopped && contact.row == Row::Finished && !contact.is_reached() && !contact.last
            };
            task.contacts.iter().filter(left).cloned().collect()
        });
        if left.is_empty() || plan.rounds.len() >= ROUNDS {
            return self.plan_over(serial);
        }
        plan.contacts = left
            .into_iter()
            .map(|contact| Contact { row: Row::Waiting, calls: Vec::new(), ..contact })
            .collect();
        self.agenda.at(self.now.saturating_add(PAUSE), Event::PlanRound(serial));
    }

    fn plan_over(&mut self, serial: Serial) {
        let Some(plan) = self.plans.get_mut(serial).filter(|plan| !plan.is_over) else { return };
        plan.is_over = true;
        let mut payload = Map::new();
        payload.insert("PlanID".to_owned(), plan.id.clone().into());
        payload.insert("PlanName".to_owned(), plan.name.clone().into());
        payload.insert("Status".to_owned(), plan.status().into());
        self.post.tell(plan.section, "plan_finished", Value::Object(payload), None);
    }
}
