//! The reading rules, one test each, on structs in the form that the generator writes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::*;
use crate::{__private as __c, types};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct TaskId(String);
crate::__impl_id!(__c TaskId);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Gender {
    Male,
    Female,
    Other(String),
}
crate::__impl_enum!(__c Gender, text, [Male = "male", Female = "female"]);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Reason {
    Busy,
    Other(String),
}
crate::__impl_enum!(__c Reason, integer, [Busy = "3"]);

/// A table of fields: name on the wire, other names, whether it is required.
const fn field(wire: &'static str, aliases: &'static [&'static str], required: bool) -> Field {
    Field { wire, aliases, required, ..Field::EMPTY }
}

#[derive(Clone, PartialEq, Default)]
struct Task {
    task_id: TaskId,
    name: Option<String>,
    gender: Option<Gender>,
    reason: Option<Reason>,
    arrears: Option<Decimal>,
    count: Option<i64>,
    start: Option<jiff::Timestamp>,
    rows: Vec<Row>,
    results: BTreeMap<String, String>,
    notes: Vec<String>,
    extra: JsonMap,
}

static TASK: [Field; 10] = [
    field("TaskID", &["id"], true),
    field("Name", &[], false),
    field("Gender", &[], false),
    field("Reason", &[], false),
    field("Arrears", &[], false),
    field("Count", &[], false),
    field("StartTime", &[], false),
    field("Rows", &[], true),
    field("Results", &[], false),
    field("Notes", &[], false),
];

crate::__impl_struct!(__c Task, open, &TASK;
    0 task_id: required Id<TaskId>, shown;
    1 name: optional Text, shown;
    2 gender: optional Enum<Gender>, shown;
    3 reason: optional Enum<Reason>, shown;
    4 arrears: optional Dec, shown;
    5 count: optional Int, shown;
    6 start: optional Instant, shown;
    7 rows: list Obj<Row>, shown;
    8 results: map Text, shown;
    9 notes: list Text, shown;
);

#[derive(Clone, PartialEq, Default)]
struct Row {
    title: String,
    value: Option<i64>,
    inner: Option<Inner>,
}

static ROW: [Field; 3] = [field("title", &[], true), field("value", &[], false), field("inner", &[], false)];

crate::__impl_struct!(__c Row, closed, &ROW;
    entry "title" = "value";
    0 title: required Text, shown;
    1 value: optional Int, shown;
    2 inner: optional Obj<Inner>, shown;
);

#[derive(Clone, PartialEq, Default)]
struct Inner {
    flag: Option<bool>,
}

static INNER: [Field; 1] = [field("flag", &[], false)];

crate::__impl_struct!(__c Inner, closed, &INNER;
    0 flag: optional Bool, shown;
);

fn get<C: Codec>(json: &str) -> C::Value {
    decode::<C>(json.as_bytes()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn fail<C: Codec>(json: &str) -> DecodeError
where
    C::Value: std::fmt::Debug,
{
    let error = decode::<C>(json.as_bytes()).expect_err(json);
    for secret in ["secret", "4477009"] {
        assert!(!error.to_string().contains(secret), "{json}: {error}");
    }
    error
}

fn put<C: Codec>(value: &C::Value) -> String {
    serde_json::to_string(&Writing::<C>(value)).unwrap()
}

fn task(json: &str) -> Task {
    get::<Obj<Task>>(json)
}

#[test]
fn a_key_matches_in_any_spelling() {
    for key in ["TaskID", "taskId", "task_id", "TASK-ID", "task id", "id", "ID", "I_d"] {
        assert_eq!(task(&format!(r#"{{"{key}": "7"}}"#)).task_id, "7", "{key}");
    }
    assert_eq!(fail::<Obj<Task>>(r#"{"TaskIDs": "7"}"#).path, "TaskID");
}

#[test]
fn the_exact_key_wins_and_else_the_first() {
    assert_eq!(task(r#"{"TaskID": 1, "taskId": 2, "TaskID": 3}"#).task_id, "1");
    assert_eq!(task(r#"{"taskId": 1, "TaskID": 2, "task_id": 3}"#).task_id, "2");
    assert_eq!(task(r#"{"task_id": 1, "taskId": 2, "id": 3}"#).task_id, "1");
    assert_eq!(task(r#"{"TaskID": 1, "taskId": {"not": "read"}}"#).task_id, "1");
}

#[test]
fn what_has_no_field_goes_to_extra() {
    let read = task(r#"{"TaskID": 1, "x": [1], "y": null, "x": 2}"#);
    assert_eq!(Value::Object(read.extra), json!({"x": [1], "x[1]": 2, "y": null}));
    assert_eq!(get::<Obj<Inner>>(r#"{"x": {"flag": 1}, "flag": "Y"}"#).flag, Some(true));
}

#[test]
fn a_number_with_a_fraction_is_written_as_it_was_read() {
    for number in ["1.2345678901234525e23", "122.416294033786585", "8.41e21", "5e-324"] {
        let read = task(&format!(r#"{{"TaskID": 1, "x": {number}}}"#));
        let exact: f64 = number.parse().unwrap();
        assert_eq!(read.extra["x"].as_f64(), Some(exact), "{number}");
        assert_eq!(task(std::str::from_utf8(&encode(&read).unwrap()).unwrap()).extra, read.extra);
    }
}

#[test]
fn null_and_missing_and_empty_are_one() {
    let bare = task(r#"{"TaskID": 1}"#);
    assert_eq!(bare, Task { task_id: TaskId::from(1), ..Task::default() });
    let nulls = r#"{"TaskID": 1, "Name": null, "Gender": null, "Reason": null, "Arrears": null,
        "Count": null, "StartTime": null, "Rows": null, "Results": null, "Notes": null}"#;
    assert_eq!(task(nulls), bare);
    let empty = r#"{"TaskID": 1, "Gender": "", "Reason": "", "Arrears": "", "Count": "",
        "StartTime": "", "Rows": "", "Results": "", "Notes": ""}"#;
    assert_eq!(task(empty), bare);
    assert_eq!(task(r#"{"TaskID": 1, "Name": ""}"#).name.as_deref(), Some(""));
    assert_eq!(get::<Opt<Json>>(r#""""#), Some(json!("")));
}

#[test]
fn a_required_key_must_have_a_value() {
    for json in ["{}", r#"{"TaskID": null}"#, r#"{"Rows": []}"#, r#"{"TaskID": ""}"#, r#"{"TaskID": " "}"#] {
        let error = fail::<Obj<Task>>(json);
        assert_eq!((error.path.as_str(), error.problem.starts_with("missing")), ("TaskID", true));
    }
    assert!(fail::<Int>("null").problem.starts_with("missing"));
    assert!(fail::<Dec>("null").problem.starts_with("missing"));
    assert!(fail::<JsonText<types::JsonText>>("null").problem.starts_with("missing"));
    assert!(decode::<Dec>(b"\"\"").is_err());
}

#[test]
fn a_struct_of_nothing_is_an_error_only_where_keys_are_required() {
    for json in ["null", r#""""#, "{}", "[]"] {
        assert_eq!(get::<Obj<Inner>>(json), Inner::default(), "{json}");
        fail::<Obj<Task>>(json);
    }
    assert_eq!(get::<Opt<Obj<Task>>>("null"), None);
    assert_eq!(get::<Opt<Obj<Task>>>(r#""""#), None);
    assert_eq!(get::<Opt<Obj<Inner>>>("{}"), Some(Inner::default()));
}

#[test]
fn numbers_and_texts_stand_for_each_other() {
    assert_eq!(get::<Text>("12"), "12");
    assert_eq!(get::<Text>("1.5"), "1.5");
    assert_eq!(get::<Text>("18446744073709551615"), "18446744073709551615");
    assert_eq!(get::<Text>("true"), "true");
    assert_eq!(get::<Id<TaskId>>("12"), "12");
    assert_eq!(get::<Int>(r#"" -12 ""#), -12);
    assert_eq!(get::<Int>("12.0"), 12);
    assert_eq!(get::<Int>(r#""12.0""#), 12);
    assert_eq!(get::<Int>("9223372036854775807"), i64::MAX);
    assert_eq!(get::<Num>(r#""1.5""#), 1.5);
    assert_eq!(get::<Num>("2"), 2.0);
}

#[test]
fn what_is_no_number_is_refused() {
    for json in [r#""secret""#, "1.5", r#""""#, "{}", "[]", "true", "9223372036854775808", "1e300"] {
        fail::<Int>(json);
    }
    for json in [r#""inf""#, r#""NaN""#, r#""secret""#, "{}"] {
        fail::<Num>(json);
    }
    // Its digits are lost in a float, and an id with other digits is another id.
    fail::<Id<TaskId>>("123456789012345678901234567890");
}

#[test]
fn booleans_come_in_many_forms() {
    for json in ["true", r#""true""#, r#""TRUE""#, r#""Y""#, r#""yes""#, "1", r#""1""#] {
        assert!(get::<Bool>(json), "{json}");
    }
    for json in ["false", r#""False""#, r#""n""#, "0", r#""0""#] {
        assert!(!get::<Bool>(json), "{json}");
    }
    for json in ["2", r#""maybe""#, "null", "[]", "1.0"] {
        fail::<Bool>(json);
    }
}

#[test]
fn enums_are_open_and_do_not_mind_case() {
    assert_eq!(get::<Enum<Gender>>(r#""male""#), Gender::Male);
    assert_eq!(get::<Enum<Gender>>(r#""FEMALE""#), Gender::Female);
    assert_eq!(get::<Enum<Gender>>(r#""x""#), Gender::Other("x".into()));
    assert_eq!(get::<Enum<Gender>>("4"), Gender::Other("4".into()));
    assert_eq!(put::<Enum<Gender>>(&Gender::from("Male")), r#""male""#);
    assert_eq!(Gender::VALUES, ["male", "female"]);
    assert_eq!(format!("{:?} {:?}", Gender::Male, Gender::default()), r#"Male Other(<redacted>)"#);
    assert_eq!("Female".parse(), Ok(Gender::Female));
}

#[test]
fn integer_enums_are_numbers_on_the_wire() {
    for json in ["3", r#""3""#, "3.0"] {
        assert_eq!(get::<Enum<Reason>>(json), Reason::Busy, "{json}");
    }
    assert_eq!(Reason::from(3), Reason::Busy);
    assert_eq!((Reason::from(3).code(), Reason::from(8_i64).code()), (Some(3), Some(8)));
    assert_eq!(put::<Enum<Reason>>(&Reason::Busy), "3");
    assert_eq!(put::<Enum<Reason>>(&Reason::from(-8)), "-8");
    assert_eq!(put::<Enum<Reason>>(&Reason::from("odd")), r#""odd""#);
    assert_eq!(Reason::from("odd").code(), None);
}

#[test]
fn ids_are_texts_of_their_own_type() {
    let ids = [TaskId::from("7"), TaskId::from(7_i32), TaskId::from(7_u64), "7".parse().unwrap()];
    assert!(ids.iter().all(|id| *id == "7" && id.as_str() == "7"));
    assert_eq!(format!("{} {:?}", ids[0], ids[0]), r#"7 TaskId("7")"#);
    assert_eq!(serde_json::to_string(&ids[0]).unwrap(), r#""7""#);
    assert_eq!(ids[0].clone().into_string(), "7");
}

#[test]
fn a_list_is_read_from_what_comes() {
    assert_eq!(get::<List<Text>>(r#"["a", 1, null, ""]"#), ["a", "1", ""]);
    assert_eq!(get::<List<Json>>(r#"[null, {}]"#), [json!(null), json!({})]);
    assert_eq!(get::<List<Json>>(r#"{"a": 1}"#), [json!({"a": 1})]);
    assert_eq!(get::<List<Obj<Inner>>>(r#"{"flag": 1}"#), [Inner { flag: Some(true) }]);
    assert_eq!(get::<List<Map<Int>>>(r#"{"a": 1}"#), [BTreeMap::from([("a".into(), 1)])]);
    assert_eq!(get::<List<List<Int>>>("[[1], [], null]"), [vec![1], vec![]]);
    assert_eq!(get::<Opt<List<Int>>>("[]"), Some(vec![]));
    assert_eq!(get::<Opt<List<Int>>>("null"), None);
    for json in [r#""secret""#, "1", "true", "1.5", "-1", r#"{"a": 1}"#] {
        fail::<List<Text>>(json);
    }
}

#[test]
fn an_unreadable_time_in_a_list_does_not_just_vanish() {
    assert_eq!(fail::<List<Date>>(r#"["2026-01-02", "secret"]"#).path, "[1]");
}

#[test]
fn an_object_is_read_as_rows() {
    let row = |title: &str, value| Row { title: title.into(), value, inner: None };
    let rows = get::<List<Obj<Row>>>(r#"{"b": 1, "a": "2", "c": null}"#);
    assert_eq!(rows, [row("b", Some(1)), row("a", Some(2)), row("c", None)]);
    assert_eq!(get::<List<Obj<Row>>>(r#"[{"Title": "a", "value": 2}]"#), [row("a", Some(2))]);
    assert_eq!(get::<List<Obj<Row>>>("{}"), []);
    let error = fail::<List<Obj<Row>>>(r#"{"447700900123": "secret"}"#);
    assert_eq!(error.path, "*");
    let read = task(r#"{"TaskID": 1, "Rows": {"447700900123": "secret"}}"#);
    assert_eq!((read.rows, Value::Object(read.extra)), (vec![], json!({"Rows": {"447700900123": "secret"}})));
}

#[test]
fn rows_are_read_as_a_map() {
    let map = BTreeMap::from([("a".to_owned(), 1), ("b".to_owned(), 2)]);
    assert_eq!(get::<Map<Int>>(r#"{"a": 1, "b": "2", "c": null, "a": 3}"#), map);
    let rows =
        r#"[{"title": "a", "value": 1}, {"value": "2", "x": [], "Name": "b"}, {"key": "c"}, {}, null]"#;
    assert_eq!(get::<Map<Int>>(rows), map);
    assert_eq!(get::<Map<Int>>("[]"), BTreeMap::new());
    assert_eq!(get::<Opt<Map<Int>>>("null"), None);
    assert_eq!(fail::<Map<Int>>(r#"{"447700900123": "secret"}"#).path, "*");
    assert_eq!(fail::<Map<Int>>(r#"[{"title": "a", "value": "secret"}]"#).path, "[0].value");
    for json in [r#""secret""#, "1", "[1]", r#"["secret"]"#, "[[]]"] {
        fail::<Map<Int>>(json);
    }
}

#[test]
fn errors_name_the_place_and_no_value() {
    // Nobody keeps what cannot be read of a list that stands alone.
    let place = |json: &str| fail::<List<Obj<Row>>>(json).path;
    assert_eq!(place(r#"[{"title": 1}, {"title": "t", "value": "secret"}]"#), "[1].value");
    assert_eq!(place(r#"[{"title": 1, "inner": {"flag": "secret"}}]"#), "[0].inner.flag");
    assert_eq!(place(r#"[{"value": 1}]"#), "[0].title");
    let place = |json: &str| fail::<Obj<Task>>(json).path;
    assert_eq!(place(r#"{"TaskID": {"a": "secret"}}"#), "TaskID");
    assert_eq!(place(r#"{"TaskID": 1, "Rows": [{"title": "a", "value""#), "Rows[0].value");
    assert_eq!(place(r#"{"TaskID": 1, "Results": {"447700900": "secret"#), "Results.*");
    assert_eq!(place("<html>secret"), "");
    assert_eq!(place(""), "");
    assert_eq!(place(r#"{"TaskID": 1} secret"#), "");
    let error = fail::<List<Obj<Row>>>(r#"[{"title": "t", "value": {"a": "secret"}}]"#);
    assert!(error.to_string().starts_with("[0].value: expected another kind of value"), "{error}");
}

#[test]
fn messages_of_others_are_stripped_of_values() {
    use serde::de::Error as _;
    let message =
        "invalid type: string \"secret \\\" 4477009\", expected integer `4477009` at line 1 column 2";
    let error = DecodeError::new(&serde_json::Error::custom(message));
    assert_eq!(error.problem, "invalid type: string \"…\", expected integer `*******` at line 1 column 2");
    let long = DecodeError::new(&serde_json::Error::custom("é".repeat(500)));
    assert!(long.problem.len() <= 203 && long.problem.ends_with('…'));
}

#[test]
fn depth_is_bounded() {
    let deep = format!(r#"{{"TaskID": 1, "x": {}"#, "[".repeat(100_000));
    assert!(fail::<Obj<Task>>(&deep).problem.contains("recursion limit"));
    fail::<Obj<Task>>(&"[".repeat(100_000));
    fail::<Dec>(&"[".repeat(100_000));
}

#[test]
fn writing_keeps_the_order_and_leaves_out_what_is_not_set() {
    assert_eq!(encode(&Task::default()).unwrap(), br#"{"TaskID":""}"#);
    let mut full = Task {
        task_id: "1".into(),
        name: Some(String::new()),
        gender: Some(Gender::Female),
        reason: Some(Reason::Busy),
        arrears: Some("12.50".parse().unwrap()),
        count: Some(0),
        start: Some("2026-03-01T00:00:00Z".parse().unwrap()),
        rows: vec![Row { title: "t".into(), value: None, inner: Some(Inner::default()) }],
        results: BTreeMap::from([("k".into(), "v".into())]),
        notes: vec!["n".into()],
        extra: JsonMap::new(),
    };
    full.extra.insert("own".into(), json!(1));
    let json = concat!(
        r#"{"TaskID":"1","Name":"","Gender":"female","Reason":3,"Arrears":12.50,"Count":0,"#,
        r#""StartTime":"2026-03-01T00:00:00Z","Rows":[{"title":"t","inner":{}}],"Results":{"k":"v"},"#,
        r#""Notes":["n"],"own":1}"#,
    );
    assert_eq!(String::from_utf8(encode(&full).unwrap()).unwrap(), json);
    assert_eq!(task(json), full);
    assert_eq!(serde_json::to_string(&full).unwrap(), json);
    assert_eq!(serde_json::from_str::<Task>(json).unwrap(), full);
}

#[test]
fn structs_are_read_from_a_value_too() {
    let value = json!({"task_id": 1, "Arrears": 12.5, "Rows": {"t": 1}, "Name": "n", "x": 1});
    let read: Task = serde_json::from_value(value.clone()).unwrap();
    assert_eq!(read, task(&value.to_string()));
    assert_eq!(read.arrears, Some("12.5".parse().unwrap()));
    assert_eq!(serde_json::to_value(&read).unwrap()["Arrears"], json!(12.5));
    let error = serde_json::from_value::<Task>(json!({"TaskID": []})).unwrap_err();
    assert!(error.to_string().starts_with(".TaskID: expected an id"), "{error}");
    let read = serde_json::from_value::<Task>(json!({"TaskID": 1, "Count": []})).unwrap();
    assert_eq!((read.count, &read.extra["Count"]), (None, &json!([])));
}

#[test]
fn decimals_are_exact_both_ways() {
    for number in [
        "0",
        "0.1",
        "0.10",
        "-12.50",
        "100",
        "1234567890.123456789",
        "79228162514264337593543950335",
        "-79228162514264337593543950335",
        "0.0000000000000000000000000001",
        "9007199254740993",
        "0.30000000000000004",
    ] {
        let read = get::<Dec>(number);
        assert_eq!(put::<Dec>(&read), number);
        assert_eq!(get::<Dec>(&format!("\" {number} \"")), read);
    }
}

#[test]
fn decimals_with_an_exponent_are_read_and_never_written() {
    for (json, plain) in [
        ("1e2", "100"),
        ("1.5E+1", "15"),
        ("1.25e1", "12.5"),
        ("12.5e-3", "0.0125"),
        ("5E-1", "0.5"),
        ("1e28", "10000000000000000000000000000"),
        ("0e999999999", "0"),
        ("1.50e0", "1.50"),
        ("-1e-28", "-0.0000000000000000000000000001"),
        ("100.00000000000000000000000000000000000000", "100"),
        ("12345678901234567890123456789.00", "12345678901234567890123456789"),
    ] {
        assert_eq!(put::<Dec>(&get::<Dec>(json)), plain, "{json}");
    }
}

#[test]
fn what_no_decimal_holds_exactly_is_refused() {
    for json in [
        "79228162514264337593543950336",
        "1e29",
        "1e999999999",
        "1e-999999999",
        "1e99999999999999999999",
        "1e-29",
        "0.12345678901234567890123456789",
        r#""secret""#,
        r#""1,5""#,
        r#"".""#,
        r#""1.2.3""#,
        r#""--1""#,
        r#""0x10""#,
        r#""e5""#,
        r#""1e""#,
        r#""inf""#,
        r#""-""#,
        "true",
        "{}",
        "[1]",
    ] {
        fail::<Dec>(json);
        fail::<Opt<Dec>>(json);
    }
    assert_eq!(get::<Dec>(r#""+.5""#).to_string(), "0.5");
}

#[test]
fn dates_and_times_are_read_in_their_own_form() {
    let date = jiff::civil::date(2026, 3, 1);
    assert_eq!(get::<Date>(r#""2026-03-01""#), date);
    assert_eq!(get::<Time>(r#""09:30:05""#), jiff::civil::time(9, 30, 5, 0));
    for json in [r#""2026-03-01 09:30:05""#, r#""2026-03-01T09:30:05""#] {
        assert_eq!(get::<LocalDateTime>(json), date.at(9, 30, 5, 0), "{json}");
    }
    assert_eq!(get::<LocalDateTime>(r#""2026-03-01 09:30:05.5""#), date.at(9, 30, 5, 500_000_000));
    for json in [
        r#""2026-02-30""#,
        r#""2026-03-01x""#,
        r#""01/03/2026""#,
        r#""2026-03-01 09:30:00""#,
        r#""""#,
        "20260301",
        "null",
        r#""２０２６-03-01""#,
    ] {
        fail::<Date>(json);
    }
    for json in ["2026-3-1", "20260301", "2026/03/01", "2026-03-01T00:00:00.000Z", "2026-03-01 00:00:00"] {
        assert_eq!(get::<Date>(&json!(json).to_string()), date, "{json}");
    }
    for json in ["2026-3-1 9:30:05", "2026/03/01 09:30:05", "20260301093005", "2026-03-01 9:30:05 AM"] {
        assert_eq!(get::<LocalDateTime>(&json!(json).to_string()), date.at(9, 30, 5, 0), "{json}");
    }
    assert_eq!(get::<Time>(r#""9:30""#), jiff::civil::time(9, 30, 0, 0));
    // Leaving a zone away would move the moment.
    for json in [
        r#""2026-03-01T09:30:05Z""#,
        r#""2026-03-01 09:30:05+00:00""#,
        r#""2026-03-01""#,
        r#""2026-03-01 24:00:00""#,
    ] {
        fail::<LocalDateTime>(json);
    }
    fail::<Opt<Time>>(r#"{"an": ["object"]}"#);
}

#[test]
fn moments_are_read_in_many_forms() {
    let moment: jiff::Timestamp = "2026-03-01T01:30:05Z".parse().unwrap();
    for json in [
        r#""2026-03-01T01:30:05Z""#,
        r#""2026-03-01 01:30:05Z""#,
        r#""2026-03-01T01:30:05+00:00""#,
        r#""2026-03-01 09:30:05+08:00""#,
        r#""2026-03-01 09:30:05 +0800""#,
        r#""2026-02-28T20:00:05-05:30""#,
        r#""2026-03-01T09:30:05+08""#,
        r#""2026-03-01T01:30:05.000Z""#,
        r#""2026-03-01T09:30:05 08:00""#,
        r#""2026-03-01 01:30:05 UTC""#,
        r#""2026-03-01 09:30:05.000000 +0800 CST""#,
        r#""2026-03-01T09:30:05+08:00[Asia/Shanghai]""#,
        r#""2026/03/01 01:30:05 GMT""#,
        r#""20260301T013005Z""#,
        r#""Sun, 01 Mar 2026 01:30:05 GMT""#,
        r#""2026-03-01 9:30:05 AM +08:00""#,
        "1772328605000000",
        "1772328605000000000",
        "1772328605",
        "1772328605000",
        r#""1772328605""#,
        r#""1772328605000""#,
        "1772328605.0",
        "1772328605000.0",
    ] {
        assert_eq!(get::<Instant>(json), moment, "{json}");
        assert_eq!(get::<InstantOffset>(json), moment, "{json}");
    }
    assert_eq!(get::<EpochMs>("1772328605000"), moment);
    assert_eq!(get::<EpochMs>(r#""1772328605000""#), moment);
    assert_eq!(get::<EpochS>(r#""1772328605""#), moment);
    assert_eq!(get::<EpochS>(r#""2026-03-01T01:30:05Z""#), moment);
    for json in [
        r#""2026-03-01 01:30:05""#,
        r#""-""#,
        r#""Z""#,
        r#""2026-03-01T01:30:05+99:00""#,
        r#""2026-03-01T01:30:05+08:61""#,
        r#""2026-03-01+08:00""#,
        "true",
        "[]",
        "1e300",
        "9223372036854775807",
        r#""2026-03-01é01:30:05Z""#,
        r#""éééééé+08""#,
    ] {
        fail::<Instant>(json);
        let read = task(&format!(r#"{{"TaskID": 1, "StartTime": {json}}}"#));
        assert!(read.start.is_none() && read.extra.len() == 1, "{json}: {:?}", read.extra);
    }
}

#[test]
fn a_time_may_lack_its_seconds_or_have_one_too_many() {
    let get = |text: &str| get::<Instant>(&json!(text).to_string()).to_string();
    assert_eq!(get("2026-03-02T09:00Z"), "2026-03-02T09:00:00Z");
    assert_eq!(get("2026-06-30T23:59:60Z"), "2026-06-30T23:59:59Z");
    assert_eq!(get("2026-03-02T21:00:27 01:00"), "2026-03-02T20:00:27Z");
    assert_eq!(get("2026-03-02 09:00:00,5Z"), "2026-03-02T09:00:00.5Z");
}

#[test]
fn a_time_that_was_never_set_is_nothing() {
    for unset in [
        r#""0001-01-01T00:00:00Z""#,
        r#""0001-01-01 00:00:00+00:00""#,
        r#""0001-01-01T00:00:00+08:05""#,
        r#""0000-00-00 00:00:00""#,
        r#""1970-01-01T00:00:00Z""#,
        r#""1970-01-01T08:00:00+08:00""#,
        r#""1969-12-31T19:00:00-05:00""#,
        "0",
        "0.0",
        r#""0""#,
        "-62135596800",
        "-62135596800000",
        r#""-62135596800""#,
        r#"" ""#,
    ] {
        let read = task(&format!(r#"{{"TaskID": 1, "StartTime": {unset}}}"#));
        assert_eq!((read.start, read.extra.len()), (None, 0), "{unset}");
    }
    for unset in [r#""0001-01-01 00:00:00""#, r#""0000-00-00 00:00:00""#, r#""1970-01-01 00:00:00""#] {
        assert_eq!(get::<Opt<LocalDateTime>>(unset), None, "{unset}");
    }
    assert_eq!(get::<Opt<Date>>(r#""0000-00-00""#), None);
    assert_eq!(get::<Opt<Date>>(r#""1970-01-01""#), Some(jiff::civil::date(1970, 1, 1)), "a birthday");
    assert_eq!(get::<Opt<Time>>(r#""00:00:00""#), Some(jiff::civil::Time::midnight()));
}

#[test]
fn one_bad_value_costs_one_value() {
    for bad in [
        r#""Count": "00:35""#,
        r#""Count": 12.5"#,
        r#""Count": {"a": [1]}"#,
        r#""Name": ["x"]"#,
        r#""Arrears": "much""#,
        r#""StartTime": "02/03/2026 09:01""#,
        r#""Notes": "a text""#,
        r#""Results": 5"#,
        r#""Rows": "many""#,
    ] {
        let read = task(&format!(r#"{{"TaskID": 1, {bad}, "Gender": "male"}}"#));
        assert_eq!((read.task_id.as_str(), &read.gender), ("1", &Some(Gender::Male)), "{bad}");
        let kept: Value = serde_json::from_str(&format!("{{{bad}}}")).unwrap();
        assert_eq!(Value::Object(read.extra.clone()), kept);
        let written: Value = serde_json::from_slice(&encode(&read).unwrap()).unwrap();
        assert_eq!(written.get(bad.split('"').nth(1).unwrap()), kept.as_object().unwrap().values().next());
    }
}

#[test]
fn one_bad_entry_costs_one_entry() {
    let read = task(
        r#"{"TaskID": 1, "Rows": [{"title": "a"}, 5, {"value": 1}, {"title": "b", "value": "x"}, null],
            "Results": {"k": {"tags": [1]}, "l": 2}, "Notes": ["a", {"b": 1}]}"#,
    );
    assert_eq!(read.rows, [Row { title: "a".into(), ..Row::default() }]);
    assert_eq!(
        Value::Object(read.extra),
        json!({"Rows[1]": 5, "Rows[2]": {"value": 1}, "Rows[3]": {"title": "b", "value": "x"}})
    );
    // Any JSON is text where text is.
    let results = [("k", r#"{"tags":[1]}"#), ("l", "2")].map(|(key, text)| (key.to_owned(), text.to_owned()));
    assert_eq!((read.results, read.notes), (BTreeMap::from(results), vec!["a".into(), r#"{"b":1}"#.into()]));
}

#[test]
fn an_empty_object_is_an_empty_list() {
    assert_eq!(task(r#"{"TaskID": 1, "Rows": {}, "Notes": []}"#).rows, []);
    assert_eq!(get::<List<Obj<Inner>>>("{}"), []);
    assert_eq!(get::<List<Obj<Task>>>("{}"), []);
    assert_eq!(get::<List<Json>>("{}"), Vec::<Value>::new());
    assert_eq!(get::<List<Map<Int>>>("{}"), []);
}

#[test]
fn of_a_key_that_comes_twice_nothing_is_lost() {
    let extra = |json: &str| Value::Object(task(json).extra);
    assert_eq!(extra(r#"{"TaskID": 1, "Name": "a", "name": "b"}"#), json!({"name": "b"}));
    assert_eq!(extra(r#"{"TaskID": 1, "name": "b", "Name": "a"}"#), json!({"name": "b"}));
    assert_eq!(extra(r#"{"TaskID": 1, "Name": "a", "Name": "b"}"#), json!({"Name": "b"}));
    assert_eq!(task(r#"{"TaskID": 1, "name": "b", "Name": "a"}"#).name.as_deref(), Some("a"));
    // The exact key counts, though it says nothing.
    let counted = task(r#"{"TaskID": 1, "count": 2, "Count": ""}"#);
    assert_eq!((counted.count, Value::Object(counted.extra)), (None, json!({"count": 2})));
}

#[test]
fn an_id_of_many_digits_keeps_them() {
    let read = task(r#"{"TaskID": 123456789012345678901234567890, "Count": 98765432109876543210, "x": 1}"#);
    assert_eq!(read.task_id, "123456789012345678901234567890");
    assert_eq!((read.count, &read.extra["Count"]), (None, &json!("98765432109876543210")));
    let read = task(r#"{"TaskID": 1, "Count": 123456789012345678901234567890}"#);
    assert_eq!(read.extra["Count"], "123456789012345678901234567890");
}

#[test]
fn characters_that_are_none_cost_themselves() {
    for (broken, read) in [
        (&b"{\"TaskID\": 1, \"Name\": \"Siti \\ud83d\"}"[..], "Siti \u{fffd}"),
        (b"{\"TaskID\": 1, \"Name\": \"caf\xe9\"}", "caf\u{fffd}"),
        (b"\xef\xbb\xbf{\"TaskID\": 1, \"Name\": \"a\nb\"}", "a\nb"),
    ] {
        let task = decode::<Obj<Task>>(broken).unwrap();
        assert_eq!((task.task_id.as_str(), task.name.as_deref()), ("1", Some(read)));
    }
}

#[test]
fn moments_are_written_in_the_vendors_forms() {
    let moment: jiff::Timestamp = "2026-03-01T01:30:05.750Z".parse().unwrap();
    assert_eq!(put::<Instant>(&moment), r#""2026-03-01T01:30:05Z""#);
    assert_eq!(put::<InstantOffset>(&moment), r#""2026-03-01 01:30:05+00:00""#);
    assert_eq!(put::<EpochMs>(&moment), "1772328605750");
    assert_eq!(put::<EpochS>(&moment), "1772328605");
    let local = jiff::civil::date(2026, 3, 1).at(9, 5, 0, 1);
    assert_eq!(put::<LocalDateTime>(&local), r#""2026-03-01 09:05:00""#);
    assert_eq!(put::<Date>(&local.date()), r#""2026-03-01""#);
    assert_eq!(put::<Time>(&local.time()), r#""09:05:00""#);
}

#[test]
fn base64_is_hidden_from_the_caller() {
    let url = "https://example.com/ü".to_owned();
    let json = put::<Base64>(&url);
    assert_eq!(json, r#""aHR0cHM6Ly9leGFtcGxlLmNvbS/DvA==""#);
    assert_eq!(get::<Base64>(&json), url);
    assert_eq!(get::<Base64>(r#""https://example.com""#), "https://example.com");
    let bytes = types::Upload::from(bytes::Bytes::from_static(&[0, 255]));
    assert_eq!(put::<Binary<types::Upload>>(&bytes), r#""AP8=""#);
    assert_eq!(get::<Binary<types::Upload>>(r#""AP8=""#), bytes);
    fail::<Binary<types::Upload>>(r#""secret!""#);
}

#[test]
fn json_in_a_text_is_kept_as_text() {
    assert_eq!(get::<JsonText<types::JsonText>>(r#""{\"a\": 1}""#).as_str(), r#"{"a": 1}"#);
    assert_eq!(get::<JsonText<types::JsonText>>(r#"{"a": 1.10}"#).parse().unwrap(), json!({"a": 1.1}));
    assert_eq!(get::<JsonText<types::JsonText>>(r#""--""#).as_str(), "--");
    assert_eq!(get::<Opt<JsonText<types::JsonText>>>(r#""""#), None);
    assert_eq!(get::<Opt<JsonText<types::JsonText>>>("null"), None);
    assert_eq!(put::<JsonText<types::JsonText>>(&r#"{"a":1}"#.into()), r#""{\"a\":1}""#);
}

#[test]
fn what_json_cannot_express_is_refused() {
    assert!(serde_json::to_string(&Writing::<Num>(&f64::NAN)).is_err());
    assert!(serde_json::to_string(&Writing::<Num>(&f64::INFINITY)).is_err());
    assert_eq!(put::<Num>(&1.5), "1.5");
}

#[test]
fn more_than_64_keys_are_told_apart() {
    let mut seen = object::Seen::default();
    for index in [0, 5, 63, 64, 127, 200] {
        assert!(!seen.has(index));
        assert!(seen.add(index, false) && !seen.add(index, false));
        assert!(seen.add(index, true) && !seen.add(index, true));
        assert!(seen.has(index) && !seen.has(index + 1));
    }
}

#[test]
fn redacted_shows_nothing() {
    assert_eq!(format!("{Redacted:?}"), "<redacted>");
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = super::decode::<List<Text>>(b"[\"a\", \xB1\xE8]").unwrap_err();
    assert_eq!(error.to_string(), "not UTF-8 text (from byte 6 on)");
}

#[test]
fn years_before_christ_keep_their_sign() {
    assert_eq!(put::<Date>(&jiff::civil::date(-44, 3, 15)), r#""-044-03-15""#);
    assert_eq!(put::<Date>(&jiff::civil::date(44, 3, 15)), r#""0044-03-15""#);
}

#[test]
fn an_empty_object_is_an_empty_list_whatever_it_is_a_list_of() {
    assert_eq!(get::<List<Text>>("{}"), Vec::<String>::new());
    assert_eq!(get::<List<Int>>("{}"), Vec::<i64>::new());
    assert_eq!(get::<List<List<Text>>>("{}"), Vec::<Vec<String>>::new());
    fail::<List<Text>>(r#"{"a": "b", "c": {"d": [1]}}"#);
}
