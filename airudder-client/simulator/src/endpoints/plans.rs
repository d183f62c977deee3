//! Plans. Everything about them is made up beyond the titles of the vendor's pages.

use airudder_client::catalogue::{Code, Problem};
use serde_json::json;

use crate::clock::{DAY, Moment, instant, read_moment};
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::{Failure, field_code};
use crate::endpoints::tasks;
use crate::engine::plans::ROUNDS;
use crate::engine::records;
use crate::state::bounded_store::Serial;
use crate::state::plan::Plan;
use crate::world::{Event, NameKind, World};

/// A plan may not start later than this.
const HORIZON: Moment = 5 * DAY;
/// The vendor's code for a start that cannot be used.
const START_REFUSED: i64 = 10802;

pub(crate) fn strategies(_: &mut World, _: &Call<'_>) -> Handled {
    Ok(HandlerReply::Payload(json!([
        {"StrategyID": "1", "StrategyName": "three rounds for those not reached", "Rounds": ROUNDS},
    ])))
}

pub(crate) fn create(world: &mut World, call: &Call<'_>) -> Handled {
    let name = call.text(&["PlanName"]).unwrap_or_default();
    if world.names.contains(&(NameKind::Plan, name.clone())) {
        return Err(call.fail("PlanName", Problem::Taken, "a plan of this name exists already"));
    }
    let strategy = call.text(&["StrategyID", "Strategy", "StrategyName"]).unwrap_or_default();
    if strategy.starts_with("unknown") {
        return Err(call.fail("StrategyID", Problem::Unknown, "there is no such strategy"));
    }
    tasks::check_robot_and_line(call)?;
    let start = call.text(&["PlanStartDate"]).and_then(|text| read_moment(&text)).unwrap_or(world.now);
    if start > world.now.saturating_add(HORIZON) {
        let code = field_code(call.endpoint.request, "PlanStartDate", Problem::Refused)
            .unwrap_or(Code::Number(START_REFUSED));
        return Err(Failure::code(code, "a plan starts within the next 5 days"));
    }
    let (contacts, refused) = tasks::rows(world, call)?;
    let starts = if world.rules.ignore_schedule { world.now } else { start.max(world.now) };
    let id = world.new_id();
    let serial = world.plans.next_serial();
    let plan = Plan {
        id: id.clone(),
        name: name.clone(),
        section: call.endpoint.section.into(),
        robot: call.text(&["RobotID"]).unwrap_or_default(),
        strategy,
        starts,
        is_over: false,
        contacts,
        rounds: Vec::new(),
    };
    world.names.insert((NameKind::Plan, name));
    for gone in world.plans.insert(plan) {
        world.names.remove(&(NameKind::Plan, gone.name));
    }
    if starts > world.now {
        world.agenda.at(starts, Event::PlanRound(serial));
    } else {
        world.next_round(serial);
    }
    Ok(HandlerReply::Payload(json!({"PlanID": id, "detail_error_list": refused})))
}

pub(crate) fn status(world: &mut World, call: &Call<'_>) -> Handled {
    let plan = find(world, call)?;
    Ok(HandlerReply::Payload(json!({
        "PlanID": plan.id,
        "PlanName": plan.name,
        "Status": plan.status(),
        "StrategyID": plan.strategy,
        "StartTime": instant(plan.starts),
        "Rounds": plan.rounds.len(),
    })))
}

pub(crate) fn rounds(world: &mut World, call: &Call<'_>) -> Handled {
    let plan = find(world, call)?;
    let round = |(number, serial): (usize, &Serial)| {
        let task = world.tasks.get(*serial)?;
        Some(json!({
            "Round": number + 1,
            "TaskID": task.id,
            "TaskName": task.name,
            "Status": records::task_status(task.state),
            "StartTime": instant(task.starts),
        }))
    };
    Ok(HandlerReply::Payload(plan.rounds.iter().enumerate().filter_map(round).collect()))
}

pub(crate) fn cancel_call(world: &mut World, call: &Call<'_>) -> Handled {
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
    Ok(HandlerReply::Payload(json!({"PlanID": id, "CalleeNumber": number})))
}

pub(crate) fn number_recordings(world: &mut World, call: &Call<'_>) -> Handled {
    let plan = find(world, call)?;
    let number = call.text(&["Callee"]).unwrap_or_default();
    let recordings = plan.rounds.iter().flat_map(|round| records::recordings(world, *round, Some(&number)));
    Ok(HandlerReply::Recordings(recordings.collect()))
}

fn find<'a>(world: &'a World, call: &Call<'_>) -> Result<&'a Plan, Failure> {
    let id = call.text(&["PlanID"]).unwrap_or_default();
    world.plans.find(&id).ok_or_else(|| unknown(call))
}

fn unknown(call: &Call<'_>) -> Failure {
    call.fail("PlanID", Problem::Unknown, "there is no such plan")
}
