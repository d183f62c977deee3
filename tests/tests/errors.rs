//! What goes wrong, as typed errors: the vendor's codes, what is refused before it is sent, answers in every
//! odd form.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use airudder_client::catalogue::{Code, ERROR_CODES, Problem};
use airudder_client::collection::CollectionContact;
use airudder_client::jiff::civil::date;
use airudder_client::types::{Gender, RobotMethod};
use airudder_client::{Client, Error, ErrorCode, Family, RetryPolicy};
use airudder_simulator::{Fault, Simulator};
use airudder_tests::loopback::{Server, answer, json, success};
use airudder_tests::{client, client_builder, contact, create_task, fast, number};
use axum::body::Body;
use axum::http::{Response, StatusCode};
use serde_json::json;

// ------------------------------------------------------------------------------------------------------
// codes

/// The list is kept apart from the spec: dropping a row there is noticed here.
#[test]
fn the_table_is_complete() {
    let kept: BTreeSet<(&str, Code)> = include_str!("../data/error-codes.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .map(|(family, code)| (family, Code::from_text(code)))
        .collect();
    let table: BTreeSet<(&str, Code)> =
        ERROR_CODES.iter().map(|row| (row.family.as_str(), row.code)).collect();
    assert_eq!(table, kept);
    assert_eq!(ERROR_CODES.len(), kept.len(), "one row for each");
    assert_eq!(kept.iter().filter(|(family, _)| *family == "cloud").count(), 50);
}

#[test]
fn every_code_has_its_own_variant_and_back() {
    let mut variants = BTreeSet::new();
    for row in ERROR_CODES {
        let code = ErrorCode::from_code(row.family, row.code);
        assert_eq!(format!("{code:?}"), row.name, "{} {}", row.family, row.code);
        assert_eq!((code.name(), code.value(), code.family()), (row.name, row.code, row.family));
        assert_eq!(
            (code.meaning(), code.limit(), code.evidence()),
            (row.meaning, row.limit, Some(row.evidence))
        );
        assert_eq!(ErrorCode::from_code(code.family(), code.value()), code);
        assert_eq!(code.to_string(), format!("{} {}", row.code, row.name));
        assert!(variants.insert(row.name), "{} stands for two rows", row.name);
        assert!(!row.meaning.is_empty(), "{}", row.name);
    }
    // Some by hand, so that a table that is wrong in itself does not pass.
    for (family, number, code) in [
        (Family::Cloud, 401, ErrorCode::TokenIncorrect),
        (Family::Cloud, 10402, ErrorCode::TaskNameTooLong),
        (Family::Cloud, 10403, ErrorCode::TaskNameExists),
        (Family::Cloud, 10904, ErrorCode::FinishedTaskNotCancellable),
        (Family::Callcenter, 10508, ErrorCode::CallcenterTaskNameExists),
        (Family::Callcenter, 10705, ErrorCode::QueryQuotaExceeded),
        (Family::Callcenter, -1, ErrorCode::RequestNotMarshalled),
    ] {
        assert_eq!(ErrorCode::from_code(family, number), code);
    }
    assert!(ErrorCode::TaskNameTooLong.limit().unwrap().contains("64"));
}

#[test]
fn the_same_number_means_something_else_in_another_family() {
    for number in [10301, 10302, 10501, 10502, 10503, 10504, 10702, 10801, 10802, 10901] {
        let cloud = ErrorCode::from_code(Family::Cloud, number);
        let dialer = ErrorCode::from_code(Family::Callcenter, number);
        assert_ne!(cloud, dialer, "{number}");
        assert_ne!(cloud.name(), "Other", "{number}");
        assert_ne!(dialer.name(), "Other", "{number}");
        assert_eq!((cloud.code(), dialer.code()), (number, number));
        assert_eq!((cloud.family(), dialer.family()), (Family::Cloud, Family::Callcenter));
    }
    assert_eq!(ErrorCode::from_code(Family::Cloud, 10502), ErrorCode::StopTaskIdMissing);
    assert_eq!(ErrorCode::from_code(Family::Callcenter, 10502), ErrorCode::TaskIdEmpty);
}

#[test]
fn an_unknown_code_keeps_its_number_and_its_family() {
    // 10803 stands in the table of the predictive dialer, and in no other.
    assert_eq!(ErrorCode::from_code(Family::Callcenter, 10803), ErrorCode::UserOrganisationInvalid);
    for (family, number) in [
        (Family::Cloud, 10803),
        (Family::Cloud, 10808),
        (Family::Chatbot, 401),
        (Family::Sms, 10301),
        (Family::NumberDetection, 0),
        (Family::Callcenter, i64::MIN),
        (Family::Cloud, i64::MAX),
    ] {
        let code = ErrorCode::from_code(family, number);
        assert_eq!(code, ErrorCode::Other { family, code: Code::Number(number) });
        assert_eq!(
            (code.code(), code.family(), code.name(), code.evidence()),
            (number, family, "Other", None)
        );
    }
}

/// One call of each family that has an envelope.
async fn call(client: &Client, family: Family) -> Result<(), Error> {
    match family {
        Family::Cloud => client.collection().list_robots().send().await.map(drop),
        Family::Callcenter => {
            client.predictive_dialer().get_call_recording().callid("1").send().await.map(drop)
        }
        Family::Chatbot => {
            client.chatbot().list_messages().call_id("1").last_msg_id("").size(10).send().await.map(drop)
        }
        Family::Sms => client
            .sms()
            .send_message()
            .to([number(1).into()])
            .message("hello")
            .from("ACME")
            .send()
            .await
            .map(drop),
        other => panic!("{other} has no envelope"),
    }
}

fn key(family: Family) -> &'static str {
    match family {
        Family::Cloud => "collection.list_robots",
        Family::Callcenter => "predictive_dialer.get_call_recording",
        Family::Chatbot => "chatbot.list_messages",
        _ => "sms.send_message",
    }
}

#[tokio::test]
async fn every_code_arrives_as_what_it_is() {
    let simulator = Simulator::builder().stateless(true).start().await.unwrap();
    let client = client_builder(&simulator).retry(fast()).build().unwrap();
    let families = [Family::Cloud, Family::Callcenter, Family::Chatbot, Family::Sms];
    let unknown = families.iter().flat_map(|family| [(*family, 77_777), (*family, -5)]);
    // Those that are words are tried with the section that has them.
    let known = ERROR_CODES.iter().filter_map(|row| Some((row.family, row.code.number()?)));
    for (family, number) in known.chain(unknown) {
        let info = family.info();
        if info.envelope.is_some_and(|envelope| envelope.success == number)
            || info.token_codes.contains(&Code::Number(number))
        {
            continue;
        }
        simulator.inject(key(family), Fault::WrongCode(number), 1);
        let error = call(&client, family).await.unwrap_err();
        let Error::Api(api) = &error else { panic!("{family} {number}: {error:?}") };
        assert_eq!(api.code(), ErrorCode::from_code(family, number));
        assert_eq!((error.code(), error.vendor_code()), (Some(api.code()), Some(number)));
        assert_eq!((error.endpoint(), error.http_status()), (Some(key(family)), Some(200)));
        assert_eq!(api.message(), Some("injected by the simulator"));
        let text = error.to_string();
        assert!(
            text.contains(&number.to_string())
                && text.contains(api.code().name())
                && text.contains(key(family)),
            "{text}"
        );
        assert_eq!(error.attempts(), 1, "a no is not asked for again: {text}");
        let passes = (family, number) == (Family::Callcenter, 10705);
        let reads = airudder_tests::endpoint(key(family)).effect.is_repeatable();
        assert_eq!(error.is_retryable(), passes && reads, "{text}");
    }
}

#[tokio::test]
async fn status_and_code_are_two_layers() {
    for status in [200, 201, 400, 403, 404, 422, 500, 503] {
        let server = Server::start(move |_| {
            json(
                StatusCode::from_u16(status).unwrap(),
                &json!({"code": 10403, "status": "the name exists", "data": {"TaskID": "7"}}),
            )
        })
        .await;
        let client = server.client_builder().retry(RetryPolicy::none()).build().unwrap();
        let error = create_task(&client, "a-task", 1).await.unwrap_err();
        let Error::Api(api) = &error else { panic!("{status}: {error:?}") };
        assert_eq!((api.code(), api.http_status()), (ErrorCode::TaskNameExists, status));
        assert_eq!((error.code(), error.http_status()), (Some(ErrorCode::TaskNameExists), Some(status)));
        assert_eq!(api.message(), Some("the name exists"));
        let whole: serde_json::Value = serde_json::from_slice(api.raw()).unwrap();
        assert_eq!(whole["data"]["TaskID"], "7", "a refusal's payload is there for the asking");
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_is_known_by_status_and_by_code() {
    for (status, body) in [
        (401, json!({})),
        (401, json!({"code": 401, "status": "token"})),
        (401, json!({"code": 10301})),
        (200, json!({"code": 401, "status": "token"})),
        (200, json!({"code": "401"})),
        (403, json!({"code": 401})),
    ] {
        let told = body.clone();
        let server = Server::start(move |got| match got.number {
            1 => json(StatusCode::from_u16(status).unwrap(), &told),
            _ => success(&json!([])),
        })
        .await;
        server
            .client()
            .collection()
            .list_robots()
            .send()
            .await
            .unwrap_or_else(|error| panic!("{status} {body}: {error}"));
        assert_eq!((server.got().len(), server.token_requests().len()), (2, 2), "{status} {body}");
    }
    // The predictive dialer has no code for it, and 401 is none of its own.
    let server = Server::start(|_| json(StatusCode::OK, &json!({"code": 401, "message": "what?"}))).await;
    let error =
        server.client().predictive_dialer().get_call_recording().callid("1").send().await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert_eq!(server.got().len(), 1);
}

// ------------------------------------------------------------------------------------- refused before it is
// sent

/// A row with everything wrong that a row can have.
fn bad_row() -> CollectionContact {
    let mut row = contact("0812");
    row.debtor = "x".repeat(64);
    row.due_date = row.loan_date;
    row.loan_amount = 0.into();
    row.arrears = (-1).into();
    row.platform = Some("x".repeat(20));
    row.gender = Some(Gender::Other("unspecified".to_owned()));
    row
}

#[tokio::test]
async fn all_that_the_vendor_would_refuse_is_told_at_once_and_nothing_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let error = client
        .collection()
        .create_task()
        .task_name("x".repeat(65))
        .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
        .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
        .robot_id("")
        .sip_line("")
        .repeat_interval(31)
        .repeat_number(16)
        .robot_method(RobotMethod::Group)
        .details([contact(number(1)), bad_row()])
        .send()
        .await
        .unwrap_err();
    let Error::Invalid(invalid) = &error else { panic!("{error:?}") };
    assert_eq!(invalid.endpoint(), "collection.create_task");
    let told: Vec<(&str, Problem, Option<i64>)> = error
        .violations()
        .iter()
        .map(|v| (v.field.as_str(), v.problem, v.code.map(ErrorCode::code)))
        .collect();
    let expected = [
        ("TaskName", Problem::TooLong, Some(10402)),
        ("RobotID", Problem::Missing, Some(10301)),
        ("SIPLine", Problem::Missing, Some(10301)),
        ("RepeatInterval", Problem::OutOfRange, Some(10409)),
        ("RepeatNumber", Problem::OutOfRange, Some(10411)),
        ("Details[1].Debtor", Problem::TooLong, Some(10415)),
        ("Details[1].Mobile", Problem::Invalid, Some(10416)),
        ("Details[1].LoanDate", Problem::NotBefore, Some(10417)),
        ("Details[1].LoanAmount", Problem::OutOfRange, Some(10420)),
        ("Details[1].Arrears", Problem::OutOfRange, Some(10422)),
        ("Details[1].Platform", Problem::TooLong, Some(10423)),
        ("Details[1].Gender", Problem::TooLong, Some(10807)),
    ];
    let sorted = |list: &[(&'static str, Problem, Option<i64>)]| {
        list.iter().map(|v| format!("{v:?}")).collect::<BTreeSet<_>>()
    };
    let told_set: BTreeSet<String> = told.iter().map(|v| format!("{v:?}")).collect();
    assert_eq!(told_set, sorted(&expected), "{error}");
    assert_eq!(told.len(), expected.len(), "each once");
    assert_eq!(error.code(), error.violations()[0].code);
    assert_eq!(error.violations()[0].problem, Problem::Missing, "what is missing comes first");
    assert_eq!(error.endpoint(), Some("collection.create_task"));
    assert!(simulator.log().is_empty(), "not even a token was asked for");

    // The limits are told, the values are not.
    let text = format!("{error} {error:?}");
    assert!(text.contains("TaskName") && text.contains("64") && text.contains("10402"), "{text}");
    for value in ["xxxx", "0812", "unspecified", "Jane"] {
        assert!(!text.contains(value), "{value}: {text}");
    }
}

#[tokio::test]
async fn what_lies_at_the_limit_is_sent() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let mut row = contact(number(1));
    row.debtor = "字".repeat(63);
    row.loan_amount = "0.01".parse().unwrap();
    row.platform = Some("x".repeat(19));
    row.gender = Some(Gender::Other("unknown".to_owned()));
    row.due_date = row.loan_date.tomorrow().unwrap();
    for (name, interval, repeats) in [("字".repeat(64), 30, 15), ("x".to_owned(), 0, 0)] {
        client
            .collection()
            .create_task()
            .task_name(name)
            .schedule_start_time(date(2026, 3, 2).at(9, 0, 0, 0))
            .schedule_end_time(date(2026, 3, 2).at(18, 0, 0, 0))
            .robot_id("1")
            .sip_line("LINE")
            .repeat_interval(interval)
            .repeat_number(repeats)
            .details([row.clone()])
            .send()
            .await
            .unwrap();
    }
    assert_eq!(simulator.requests("collection.create_task"), 2);
}

#[tokio::test]
async fn lists_that_are_empty_or_have_empty_rows_are_refused_with_their_codes() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    assert_eq!(create_task(&client, "", 1).await.unwrap_err().code(), Some(ErrorCode::TaskNameMissing));
    assert_eq!(create_task(&client, "a-task", 0).await.unwrap_err().code(), Some(ErrorCode::DetailsMissing));

    let with_row = |row: CollectionContact| {
        let start = date(2026, 3, 2).at(9, 0, 0, 0);
        let request = client
            .collection()
            .create_task()
            .task_name("a-task")
            .schedule_start_time(start)
            .schedule_end_time(start.date().at(18, 0, 0, 0));
        request.robot_id("1").sip_line("LINE").details([row]).send()
    };
    let mut incomplete = contact(number(1));
    incomplete.debtor = String::new();
    let error = with_row(incomplete).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::DetailsParameterMissing));
    assert_eq!(error.violations()[0].field, "Details[0].Debtor");
    assert!(simulator.log().is_empty());
}

/// Values of a wrong type cannot be set by the typed setters, but under a name of one's own.
#[tokio::test]
async fn fields_under_their_wire_names_are_checked_too() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let mut row = contact(number(1));
    row.extra.insert("Arrears".to_owned(), json!("much"));
    let start = date(2026, 3, 2).at(9, 0, 0, 0);
    let request = client
        .collection()
        .create_task()
        .task_name("a-task")
        .schedule_start_time(start)
        .schedule_end_time(start.date().at(18, 0, 0, 0));
    let error = request
        .robot_id("1")
        .sip_line("LINE")
        .details([row])
        .extra("RepeatNumber", "three")
        .extra("RepeatInterval", 1.5)
        .extra("ScheduleStartTime", "tomorrow")
        .send()
        .await
        .unwrap_err();
    let told: BTreeSet<(&str, Option<i64>)> =
        error.violations().iter().map(|v| (v.field.as_str(), v.code.map(ErrorCode::code))).collect();
    let expected = [
        ("RepeatNumber", Some(10410)),
        ("RepeatInterval", Some(10408)),
        ("ScheduleStartTime", Some(10404)),
        ("Details[0].Arrears", Some(10421)),
    ];
    assert_eq!(told, BTreeSet::from(expected), "{error}");
    assert!(simulator.log().is_empty());
}

#[tokio::test]
async fn a_long_list_of_faults_is_told_in_short() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let rows: Vec<_> = (0..5_000).map(|_| contact("not a number")).collect();
    let start = date(2026, 3, 2).at(9, 0, 0, 0);
    let request = client
        .collection()
        .create_task()
        .task_name("a-task")
        .schedule_start_time(start)
        .schedule_end_time(start.date().at(18, 0, 0, 0));
    let error = request.robot_id("1").sip_line("LINE").details(rows).send().await.unwrap_err();
    let violations = error.violations();
    let rows: BTreeSet<_> = violations.iter().filter_map(|violation| violation.row()).collect();
    assert_eq!(rows.len(), 5_000, "every row is told");
    assert!(error.to_string().len() < 1_000, "{error}");
}

#[tokio::test]
async fn the_simulator_refuses_with_the_same_codes() {
    let simulator = Simulator::start().await.unwrap();
    let client = client(&simulator);
    let row = json!({
        "Debtor": "Jane Doe", "Mobile": number(1), "LoanDate": "2026-02-01", "DueDate": "2026-03-01",
        "LoanAmount": 1, "Arrears": 1,
    });
    let good = json!({
        "TaskName": "a-task", "ScheduleStartTime": "2026-03-02 09:00:00",
        "ScheduleEndTime": "2026-03-02 18:00:00", "RobotID": "1", "SIPLine": "LINE", "Details": [row],
    });
    let raw = |body: &serde_json::Value| client.raw("POST", "/service/cloud/task").json(body).send();
    for (field, value, code) in [
        ("TaskName", json!(""), 10401),
        ("TaskName", json!("x".repeat(65)), 10402),
        ("ScheduleStartTime", json!("soon"), 10404),
        ("ScheduleEndTime", json!(7), 10405),
        ("RobotID", json!("unknown"), 10406),
        ("SIPLine", json!("unknown"), 10407),
        ("RepeatInterval", json!("ten"), 10408),
        ("RepeatInterval", json!(31), 10409),
        ("RepeatNumber", json!(1.5), 10410),
        ("RepeatNumber", json!(-1), 10411),
        ("Details", json!([]), 10412),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let error = raw(&body).await.unwrap_err();
        assert_eq!(error.vendor_code(), Some(code), "{field}: {error}");
    }
    raw(&good).await.unwrap();
    let error = raw(&good).await.unwrap_err();
    assert_eq!(error.code(), Some(ErrorCode::TaskNameExists), "known only to the server: {error}");
}

// ---------------------------------------------------------------------------------------------------- odd
// answers

/// What a body holds that no error may show.
const NUMBER: &str = "+6281211112222";
const NAME: &str = "Nonexistent Person";
const TALK: &str = "a-private-remark";

#[track_caller]
fn shows_nothing_private(error: &Error) {
    let mut texts = vec![error.to_string(), format!("{error:?}"), format!("{error:#?}")];
    let mut source = error.source();
    while let Some(inner) = source {
        texts.extend([inner.to_string(), format!("{inner:?}")]);
        source = inner.source();
    }
    for text in texts {
        for secret in [NUMBER, &NUMBER[1..], NAME, TALK] {
            assert!(!text.contains(secret), "{secret} shows in: {text}");
        }
        assert!(text.len() < 3_000, "too long: {text}");
    }
}

async fn create_with(answer: impl Fn() -> Response<Body> + Send + Sync + 'static) -> Result<String, Error> {
    let server = Server::start(move |_| answer()).await;
    let client = server.client_builder().max_response_bytes(100_000).build().unwrap();
    let outcome = create_task(&client, "a-task", 1).await;
    assert_eq!(server.got().len(), 1, "whatever the answer, a task is created once");
    if let Err(error) = &outcome {
        shows_nothing_private(error);
        assert_eq!(error.endpoint(), Some("collection.create_task"));
        assert!(error.may_have_reached_vendor());
        let shared: Error = error.clone();
        fn can_travel<T: Send + Sync + 'static>(_: &T) {}
        can_travel(&shared);
    }
    outcome.map(|answer| answer.task_id.as_str().to_owned())
}

#[tokio::test]
async fn an_envelope_may_drift() {
    for body in [
        json!({"code": 200, "status": "OK", "data": {"TaskID": "7"}}),
        json!({"code": "200", "data": {"TaskID": "7"}}),
        json!({"code": " 200 ", "message": "success", "data": {"taskId": 7}}),
        json!({"code": 200.0, "body": {"TaskID": 7}}),
        json!({"code": 200, "data": null, "body": {"task_id": "7"}}),
        json!({"data": {"TASKID": "7", "new": [1, 2]}, "trace": {"id": 1}, "code": 200, "extra": null}),
        json!({
            "code": 200, "message": null, "status": 1, "data": {"TaskID": "7", "detail_error_list": null},
        }),
    ] {
        let text = body.to_string();
        let about = text.clone();
        let task = create_with(move || answer(StatusCode::OK, "text/plain", text.clone())).await;
        assert_eq!(task.unwrap_or_else(|error| panic!("{about}: {error}")), "7", "{about}");
    }
    let with_mark = || {
        answer(StatusCode::OK, "application/json", "\u{feff}  {\"code\":200,\"data\":{\"TaskID\":\"7\"}}\n")
    };
    assert_eq!(create_with(with_mark).await.unwrap(), "7");
}

#[tokio::test]
async fn each_family_has_its_success_its_payload_and_its_message() {
    for (family, body, good) in [
        (
            Family::Callcenter,
            json!({"code": 0, "message": "successfully", "body": {"link": "https://example.com/a.wav"}}),
            true,
        ),
        (Family::Callcenter, json!({"code": "0", "data": {"link": ""}}), true),
        (Family::Callcenter, json!({"code": 200, "body": {"link": ""}}), false),
        (Family::Sms, json!({"code": 0, "body": {"messageId": "1"}}), true),
        (Family::Sms, json!({"code": 0, "data": {"messageid": 1}}), true),
        (Family::Sms, json!({"code": 200, "body": {"messageId": "1"}}), false),
        (Family::Chatbot, json!({"request_id": "1", "code": 200, "message": "Success", "data": []}), true),
        (Family::Chatbot, json!({"request_id": "1", "code": 0, "data": []}), false),
        (Family::Cloud, json!({"code": 0, "data": []}), false),
    ] {
        let told = body.clone();
        let server = Server::start(move |_| json(StatusCode::OK, &told)).await;
        let client = server.client_builder().signer(airudder_tests::TestSigner).build().unwrap();
        let outcome = call(&client, family).await;
        assert_eq!(outcome.is_ok(), good, "{family} {body}: {outcome:?}");
        if let Err(error) = outcome {
            assert!(matches!(error, Error::Api(_)), "{family} {body}: {error:?}");
        }
    }
    for (family, message) in [
        (Family::Callcenter, "message"),
        (Family::Callcenter, "status"),
        (Family::Cloud, "message"),
        (Family::Cloud, "status"),
    ] {
        let server =
            Server::start(move |_| json(StatusCode::OK, &json!({"code": 1, message: "so it is"}))).await;
        let Error::Api(error) = call(&server.client(), family).await.unwrap_err() else { panic!("{family}") };
        assert_eq!(error.message(), Some("so it is"), "{family} {message}");
    }
}

#[tokio::test]
async fn a_success_without_what_it_promises_is_none() {
    for (body, path) in [
        (json!({"code": 200}), "data"),
        (json!({"code": 200, "data": null}), "data"),
        (json!({"code": 200, "data": ""}), "data"),
        (json!({"code": 200, "data": {}}), "data.TaskID"),
        (json!({"code": 200, "data": []}), "data"),
        (json!({"code": 200, "data": {"TaskID": null}}), "data.TaskID"),
        (json!({"code": 200, "data": {"TaskID": {"a": NUMBER}}}), "data.TaskID"),
        (json!({"code": 200, "data": [NAME, NUMBER]}), "data"),
        (json!({"code": 200, "data": NAME}), "data"),
        (json!({"code": 200, "data": {"TaskID": ""}}), "data.TaskID"),
    ] {
        let told = body.clone();
        let error = create_with(move || json(StatusCode::OK, &told)).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{body}: {error:?}") };
        assert!(decode.path().starts_with(path), "{body}: {}", decode.path());
        assert_eq!((error.http_status(), error.code()), (Some(200), None), "{body}");
        assert!(error.to_string().contains(decode.path()), "{error}");
        assert_eq!(decode.raw(), &body.to_string(), "the document is there for the asking");
    }
}

#[tokio::test]
async fn what_is_no_envelope_is_a_typed_error() {
    let page = format!(
        "<!DOCTYPE html><html><head><title>Sign in</title></head><body>{NAME} {NUMBER} {TALK}</body></html>"
    );
    let private =
        format!(r#"{{"who": "{NAME}", "number": "{NUMBER}", "{NUMBER}": ["{TALK}", 6281211112222]}}"#);
    let truncated = format!(r#"{{"code": 200, "data": {{"TaskID": "7", "who": "{NAME} {NUMBER}"#);
    for (name, kind, body) in [
        ("html", "text/html; charset=utf-8", page.clone().into_bytes()),
        ("html that says json", "application/json", page.into_bytes()),
        ("empty", "application/json", Vec::new()),
        ("blank", "application/json", b" \r\n\t ".to_vec()),
        ("other json", "application/json", private.into_bytes()),
        ("truncated", "application/json", truncated.into_bytes()),
        ("a list", "application/json", format!(r#"[1, "{NAME}"]"#).into_bytes()),
        ("a text", "application/json", format!(r#""{NAME} {NUMBER}""#).into_bytes()),
        ("a number", "application/json", b"6281211112222".to_vec()),
        ("null", "application/json", b"null".to_vec()),
        ("text", "text/plain", format!("call {NUMBER}").into_bytes()),
        ("xml", "text/xml", format!("<?xml version=\"1.0\"?><a>{NAME}</a>").into_bytes()),
        ("two documents", "application/json", br#"{"code":200,"data":{"TaskID":"7"}}{"code":200}"#.to_vec()),
        (
            "a code that is none",
            "application/json",
            format!(r#"{{"code":"{NUMBER}x","data":{{"TaskID":"7"}}}}"#).into_bytes(),
        ),
        ("a code that is a list", "application/json", br#"{"code":[200],"data":{"TaskID":"7"}}"#.to_vec()),
        ("not text", "application/json", vec![b'{', 0xFF, 0xFE, b'}']),
        ("bytes", "application/octet-stream", vec![0; 5_000]),
        ("deep", "application/json", format!(r#"{{"code":200,"data":{}"#, "[".repeat(20_000)).into_bytes()),
        (
            "deep and whole",
            "application/json",
            format!(r#"{{"code":200,"data":{}{}}}"#, "[".repeat(20_000), "]".repeat(20_000)).into_bytes(),
        ),
    ] {
        let content = body.clone();
        let error = create_with(move || answer(StatusCode::OK, kind, content.clone())).await.unwrap_err();
        let Error::Decode(decode) = &error else { panic!("{name}: {error:?}") };
        assert_eq!(decode.http_status(), Some(200), "{name}");
        assert_eq!(decode.raw(), &body, "{name}");
        assert!(!error.is_retryable(), "{name}");

        // The same with a status that says no: what came is no answer of the API, but where it has a code of
        // its own.
        let content = body.clone();
        let error = create_with(move || answer(StatusCode::INTERNAL_SERVER_ERROR, kind, content.clone()))
            .await
            .unwrap_err();
        if let Error::Http(http) = &error {
            assert_eq!(http.http_status(), 500, "{name}");
            assert_eq!(http.content_type(), kind.split(';').next(), "{name}");
            assert_eq!(http.raw(), &body, "{name}");
        } else {
            panic!("{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn a_page_is_told_by_its_title() {
    let page =
        "<html><head><title>503 Service Temporarily Unavailable</title></head><body>nginx</body></html>";
    let error =
        create_with(move || answer(StatusCode::SERVICE_UNAVAILABLE, "text/html", page)).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("503 Service Temporarily Unavailable")
            && text.contains("HTML")
            && !text.contains("nginx"),
        "{text}"
    );
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let server = Server::start(|got| match got.path.as_str() {
        "/elsewhere" => success(&json!([])),
        _ => Response::builder().status(307).header("location", "/elsewhere").body(Body::empty()).unwrap(),
    })
    .await;
    let error = server.client().collection().list_robots().send().await.unwrap_err();
    assert!(matches!(error, Error::Http(_)), "{error:?}");
    assert_eq!(error.http_status(), Some(307));
    assert_eq!(server.got().len(), 1);
}

#[tokio::test]
async fn an_answer_is_read_up_to_the_limit_and_no_further() {
    let whole = format!(r#"{{"code":200,"data":{{"TaskID":"7","filler":"{}"}}}}"#, "x".repeat(99_900));
    assert!(whole.len() < 100_000);
    let text = whole.clone();
    assert_eq!(
        create_with(move || answer(StatusCode::OK, "application/json", text.clone())).await.unwrap(),
        "7"
    );

    let long = format!("{whole}{}", " ".repeat(1_000));
    let text = long.clone();
    let announced =
        create_with(move || answer(StatusCode::OK, "application/json", text.clone())).await.unwrap_err();
    // Without its length in the headers, and without an end.
    let endless = create_with(|| {
        let pieces =
            futures_util::stream::repeat_with(|| Ok::<_, std::convert::Infallible>("x".repeat(10_000)));
        answer(StatusCode::OK, "application/json", Body::from_stream(pieces))
    });
    let endless =
        tokio::time::timeout(Duration::from_secs(20), endless).await.expect("it ends by itself").unwrap_err();
    for error in [announced, endless] {
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains("100_000"), "the limit is told: {error}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn the_vendors_words_are_there_for_the_asking_and_shown_without_numbers() {
    let words = format!("the number {NUMBER} of task 7 is wrong, see 6281211112222");
    let told = words.clone();
    let error =
        create_with(move || json(StatusCode::OK, &json!({"code": 10416, "status": told}))).await.unwrap_err();
    let Error::Api(api) = &error else { panic!("{error:?}") };
    assert_eq!(api.message(), Some(words.as_str()));
    assert!(error.to_string().contains("of task 7 is wrong"), "{error}");
}

/// A vendor that repeats what it was sent does not make us show it.
#[tokio::test]
async fn secrets_in_the_vendors_words_are_not_shown() {
    let server = Server::start(|got| {
        let words = format!("who is a-key with a-secret and {}?", got.header("authorization"));
        json(StatusCode::OK, &json!({"code": 10302, "status": words}))
    })
    .await;
    let error = server.client().collection().list_robots().send().await.unwrap_err();
    let text = format!("{error} {error:?}");
    for secret in ["a-key", "a-secret", airudder_tests::loopback::TOKEN] {
        assert!(!text.contains(secret), "{text}");
    }
}

// -------------------------------------------------------------------------------------------------------
// settings

#[test]
fn a_client_that_cannot_work_is_not_made() {
    let build = |url: &str| Client::builder().credentials("a-key", "a-secret").base_url(url).build();
    for url in [
        "",
        "airudder",
        "ftp://example.com",
        "http://example.com",
        "https://user:pw@example.com",
        "https://example.com?a=b",
        "https://",
    ] {
        let error = build(url).map(drop).unwrap_err();
        assert!(matches!(error, Error::Config(_)), "{url}: {error:?}");
        assert!(!error.to_string().contains("pw"), "{error}");
        assert_eq!((error.endpoint(), error.attempts(), error.may_have_reached_vendor()), (None, 0, false));
    }
    for url in [
        "https://example.com",
        "https://example.com/gateway/",
        "http://127.0.0.1:1",
        "http://localhost:1",
        "http://[::1]:1",
    ] {
        build(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    }
    Client::builder().base_url("http://intranet").allow_http(true).build().unwrap();

    let path = |key: &str, path: &str| Client::builder().override_path(key, path).build().map(drop);
    path("collection.create_task", "/v2/task").unwrap();
    let error = path("collection.creat_task", "/v2/task").unwrap_err();
    assert!(error.to_string().contains("`collection.create_task`"), "the near one is named: {error}");
    for bad in ["v2/task", "//evil.example/task", ""] {
        assert!(matches!(path("collection.create_task", bad), Err(Error::Config(_))), "{bad}");
    }
}
