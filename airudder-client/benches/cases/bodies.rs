//! Big bodies: a task of 10,000 rows on its way out, its results on their way in.

use airudder_client::Client;
use airudder_client::check::Violation;
use airudder_client::collection::{CollectionContact, CreateTask, GetTaskDetailResponse};
use airudder_client::jiff::civil;
use airudder_client::types::Gender;
use airudder_client::wire;

/// Rows of the task, and records of its results.
pub(crate) const ROWS: usize = 10_000;

// Ours.

/// The request. Its rows have the ten fields that clients send.
pub(crate) fn request() -> CreateTask {
    let day = civil::date(2026, 3, 2);
    CreateTask::builder()
        .task_name("march-reminders")
        .schedule_start_time(day.at(9, 0, 0, 0))
        .schedule_end_time(day.at(18, 0, 0, 0))
        .robot_id("00000000000000000000000000000001")
        .sip_line("ACMEAPI_CALLER_LINE")
        .repeat_interval(10)
        .repeat_number(3)
        .details(
            (0..ROWS)
                .map(|row| {
                    CollectionContact::builder()
                        .debtor(debtor(row))
                        .mobile(mobile(row))
                        .loan_date(civil::date(2026, 2, 1))
                        .due_date(civil::date(2026, 3, 1))
                        .loan_amount(300_000)
                        .arrears(arrears(row))
                        .unit("Rupiah")
                        .platform("ACME")
                        .comments(row.to_string())
                        .gender(Gender::Female)
                        .build()
                })
                .collect::<Vec<_>>(),
        )
        .build()
}

#[inline(never)]
pub(crate) fn encode(request: &CreateTask) -> Vec<u8> {
    wire::encode(request).expect("it is JSON")
}

/// What every call does with its request before anything is sent: it is checked while it is written.
#[inline(never)]
pub(crate) fn encode_and_check(client: &Client, request: &CreateTask) -> Vec<Violation> {
    client.check(request).expect("it is JSON")
}

/// A client that calls nobody.
#[allow(dead_code, reason = "where only bodies are looked at")]
pub(crate) fn client() -> Client {
    Client::builder().credentials("key", "secret").build().expect("a client")
}

#[inline(never)]
pub(crate) fn decode(json: &[u8]) -> GetTaskDetailResponse {
    wire::decode::<wire::Obj<GetTaskDetailResponse>>(json).expect("it is a task")
}

// By hand.

#[inline(never)]
pub(crate) fn derived_encode(request: &derived::CreateTask) -> Vec<u8> {
    serde_json::to_vec(request).expect("it is JSON")
}

/// The same rules, written out for these structs.
#[inline(never)]
pub(crate) fn derived_encode_and_check(request: &derived::CreateTask) -> (Vec<u8>, Vec<String>) {
    let violations = derived::check(request);
    (serde_json::to_vec(request).expect("it is JSON"), violations)
}

#[inline(never)]
pub(crate) fn derived_decode(json: &[u8]) -> derived::TaskDetail<derived::CallRecord> {
    serde_json::from_slice(json).expect("it is a task")
}

/// As ours does: what it does not know is kept.
#[inline(never)]
pub(crate) fn derived_decode_open(json: &[u8]) -> derived::TaskDetail<derived::OpenCallRecord> {
    serde_json::from_slice(json).expect("it is a task")
}

pub(crate) fn derived_request() -> derived::CreateTask {
    let day = civil::date(2026, 3, 2);
    derived::CreateTask {
        task_name: "march-reminders".to_owned(),
        schedule_start_time: day.at(9, 0, 0, 0),
        schedule_end_time: day.at(18, 0, 0, 0),
        robot_id: "00000000000000000000000000000001".to_owned(),
        sip_line: "ACMEAPI_CALLER_LINE".to_owned(),
        repeat_interval: Some(10),
        repeat_number: Some(3),
        details: (0..ROWS)
            .map(|row| derived::Contact {
                debtor: debtor(row),
                mobile: mobile(row),
                loan_date: civil::date(2026, 2, 1),
                due_date: civil::date(2026, 3, 1),
                loan_amount: 300_000,
                arrears: arrears(row),
                unit: Some("Rupiah".to_owned()),
                platform: Some("ACME".to_owned()),
                comments: Some(row.to_string()),
                gender: Some(derived::Gender::Female),
            })
            .collect(),
    }
}

/// The payload of a task's results.
pub(crate) fn detail(records: usize) -> String {
    let record = |row: usize| {
        format!(
            concat!(
                r#"{{"Comments":"{}","Status":"finished","Intention":"A","RingType":"text","#,
                r#""HangupType":"text","RobotID":"00000000000000000000000000000001","#,
                r#""CallStartTime":"2026-03-02T01:{:02}:{:02}Z","#,
                r#""CallEndTime":"2026-03-02T02:{:02}:{:02}Z","Multi_intention":"{{}}"}}"#,
            ),
            row,
            row / 60 % 60,
            row % 60,
            row / 60 % 60,
            row % 60,
        )
    };
    let records: Vec<String> = (0..records).map(record).collect();
    format!(
        r#"{{"TaskID":"00000000000000000000000000000002","Status":"finished","detail":[{}]}}"#,
        records.join(",")
    )
}

/// Both ways write and read the same, or comparing them would say nothing.
pub(crate) fn assert_same() {
    let (json, violations) = (encode(&request()), encode_and_check(&client(), &request()));
    let (derived_json, derived_violations) = derived_encode_and_check(&derived_request());
    let (ours, derived): (serde_json::Value, serde_json::Value) =
        (serde_json::from_slice(&json).expect("JSON"), serde_json::from_slice(&derived_json).expect("JSON"));
    assert_eq!(ours, derived);
    assert!(violations.is_empty() && derived_violations.is_empty());

    let json = detail(ROWS);
    let (ours, derived, open) =
        (decode(json.as_bytes()), derived_decode(json.as_bytes()), derived_decode_open(json.as_bytes()));
    assert_eq!((ours.detail.len(), derived.detail.len(), open.detail.len()), (ROWS, ROWS, ROWS));
    let end = ours.detail[ROWS - 1].call_end_time;
    assert!(end.is_some());
    assert_eq!(end, derived.detail[ROWS - 1].call_end_time.as_ref().map(|time| time.0));
    assert_eq!(end, open.detail[ROWS - 1].call_end_time.as_ref().map(|time| time.0));
}

fn debtor(row: usize) -> String {
    format!("Jane Doe {row}")
}

fn mobile(row: usize) -> String {
    format!("+62812{row:08}")
}

fn arrears(row: usize) -> i64 {
    321_000 + row as i64
}

/// What one would write by hand: the fields that are needed, exact reading, no unknown keys.
pub(crate) mod derived {
    use airudder_client::jiff::{Timestamp, civil};
    use serde::de::Visitor;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct CreateTask {
        pub(crate) task_name: String,
        #[serde(serialize_with = "local")]
        pub(crate) schedule_start_time: civil::DateTime,
        #[serde(serialize_with = "local")]
        pub(crate) schedule_end_time: civil::DateTime,
        #[serde(rename = "RobotID")]
        pub(crate) robot_id: String,
        #[serde(rename = "SIPLine")]
        pub(crate) sip_line: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) repeat_interval: Option<i64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) repeat_number: Option<i64>,
        pub(crate) details: Vec<Contact>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "PascalCase")]
    pub(crate) struct Contact {
        pub(crate) debtor: String,
        pub(crate) mobile: String,
        #[serde(serialize_with = "date")]
        pub(crate) loan_date: civil::Date,
        #[serde(serialize_with = "date")]
        pub(crate) due_date: civil::Date,
        pub(crate) loan_amount: i64,
        pub(crate) arrears: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) unit: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) platform: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) comments: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) gender: Option<Gender>,
    }

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    pub(crate) enum Gender {
        Female,
    }

    fn date<S: Serializer>(date: &civil::Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(date)
    }

    fn local<S: Serializer>(local: &civil::DateTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{} {}", local.date(), local.time()))
    }

    pub(crate) fn check(task: &CreateTask) -> Vec<String> {
        let mut violations = Vec::new();
        let mut rule = |kept: bool, tell: &dyn Fn() -> String| {
            if !kept {
                violations.push(tell());
            }
        };
        let in_range =
            |number: Option<i64>, most: i64| number.is_none_or(|number| (0..=most).contains(&number));
        rule((1..=64).contains(&task.task_name.chars().count()), &|| {
            "TaskName has 1 to 64 characters".to_owned()
        });
        rule(!task.robot_id.is_empty(), &|| "RobotID is required".to_owned());
        rule(!task.sip_line.is_empty(), &|| "SIPLine is required".to_owned());
        rule(in_range(task.repeat_interval, 30), &|| "RepeatInterval is 0 to 30".to_owned());
        rule(in_range(task.repeat_number, 15), &|| "RepeatNumber is 0 to 15".to_owned());
        rule(!task.details.is_empty(), &|| "Details has an entry".to_owned());
        for (row, contact) in task.details.iter().enumerate() {
            let short = |text: &Option<String>, most: usize| {
                text.as_ref().is_none_or(|text| text.chars().count() <= most)
            };
            rule((1..=63).contains(&contact.debtor.chars().count()), &|| {
                format!("Details[{row}].Debtor has 1 to 63 characters")
            });
            rule(is_international(&contact.mobile), &|| {
                format!("Details[{row}].Mobile is an international number")
            });
            rule(contact.loan_date < contact.due_date, &|| {
                format!("Details[{row}].LoanDate is before DueDate")
            });
            rule(contact.loan_amount > 0, &|| format!("Details[{row}].LoanAmount is more than 0"));
            rule(contact.arrears > 0, &|| format!("Details[{row}].Arrears is more than 0"));
            rule(short(&contact.platform, 19), &|| {
                format!("Details[{row}].Platform has at most 19 characters")
            });
        }
        violations
    }

    fn is_international(number: &str) -> bool {
        number.strip_prefix('+').is_some_and(|digits| {
            (7..=15).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    pub(crate) struct TaskDetail<R> {
        #[serde(rename = "TaskID")]
        task_id: Option<String>,
        #[serde(rename = "Status")]
        status: Option<String>,
        pub(crate) detail: Vec<R>,
    }

    macro_rules! record {
        ($name:ident, $($extra:tt)*) => {
            #[derive(Deserialize)]
            #[serde(rename_all = "PascalCase")]
            #[allow(dead_code)]
            pub(crate) struct $name {
                comments: Option<String>,
                status: Option<CallStatus>,
                intention: Option<Intention>,
                #[serde(rename = "Multi_intention")]
                multi_intention: Option<String>,
                ring_type: Option<String>,
                hangup_type: Option<String>,
                #[serde(rename = "RobotID")]
                robot_id: Option<String>,
                call_start_time: Option<Instant>,
                pub(crate) call_end_time: Option<Instant>,
                $($extra)*
            }
        };
    }
    record!(CallRecord,);
    record!(OpenCallRecord, #[serde(flatten)] extra: serde_json::Map<String, serde_json::Value>,);

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    pub(crate) enum CallStatus {
        Pending,
        Cancelled,
        Finished,
        #[serde(other)]
        Other,
    }

    #[derive(Deserialize)]
    pub(crate) enum Intention {
        A,
        B,
        C,
        D,
        E,
        F,
        G,
        H,
        I,
        #[serde(other)]
        Other,
    }

    /// As jiff's own `Deserialize` does it.
    pub(crate) struct Instant(pub(crate) Timestamp);

    impl<'de> Deserialize<'de> for Instant {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(InstantVisitor)
        }
    }

    struct InstantVisitor;

    impl Visitor<'_> for InstantVisitor {
        type Value = Instant;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a moment")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
            text.parse().map(Instant).map_err(E::custom)
        }
    }
}
