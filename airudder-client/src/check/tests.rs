use serde_json::{Value, json};

use super::*;
use crate::catalogue::{
    Code, Constraint, EnumForm, EnumInfo, Evidence, Kind, Limit, Scalar, SchemaProfile, StructInfo,
};
use crate::wire::{self, JsonMap, MapAccess, SerializeMap, Unread};

const fn field(wire: &'static str, kind: Kind) -> Field {
    Field { name: wire, wire, kind, evidence: Evidence::Documented, ..Field::EMPTY }
}

const fn code(number: i64) -> Code {
    Code::Number(number)
}

const fn required(wire: &'static str, kind: Kind) -> Field {
    Field { required: true, ..field(wire, kind) }
}

static GENDER: EnumInfo = EnumInfo { name: "Gender", values: &["male"], form: EnumForm::String };
static LEVEL: EnumInfo = EnumInfo { name: "Level", values: &["1", "2"], form: EnumForm::Integer };
static ROW: StructInfo = StructInfo {
    name: "Row",
    open: true,
    fields: &[
        required("Mobile", Kind::Scalar(Scalar::Phone)),
        Field {
            codes: &[(Problem::Missing, code(10415))],
            ..required("Debtor", Kind::Scalar(Scalar::String))
        },
        Field {
            constraints: &[Constraint::Limit(Limit::GreaterThan, 0)],
            codes: &[(Problem::OutOfRange, code(10420))],
            ..field("Arrears", Kind::Scalar(Scalar::Decimal))
        },
        Field {
            constraints: &[Constraint::Before("DueDate")],
            ..field("LoanDate", Kind::Scalar(Scalar::Date))
        },
        field("DueDate", Kind::Scalar(Scalar::Date)),
    ],
};
static TASK: &[Field] = &[
    Field {
        constraints: &[Constraint::Limit(Limit::MinChars, 2), Constraint::Limit(Limit::MaxChars, 64)],
        codes: &[(Problem::Missing, code(10401)), (Problem::TooLong, code(10402))],
        ..required("TaskName", Kind::Scalar(Scalar::String))
    },
    Field {
        constraints: &[Constraint::Before("End")],
        codes: &[(Problem::Invalid, code(10404))],
        ..field("Start", Kind::Scalar(Scalar::LocalDateTime))
    },
    field("End", Kind::Scalar(Scalar::LocalDateTime)),
    Field {
        constraints: &[Constraint::Limit(Limit::Min, 0), Constraint::Limit(Limit::Max, 15)],
        codes: &[(Problem::WrongType, code(10410)), (Problem::OutOfRange, code(10411))],
        ..field("Repeat", Kind::Scalar(Scalar::Integer))
    },
    Field {
        constraints: &[Constraint::Limit(Limit::MinItems, 1), Constraint::Limit(Limit::MaxItems, 3)],
        codes: &[
            (Problem::Missing, code(10412)),
            (Problem::RowIncomplete, code(10413)),
            (Problem::RowEmpty, code(10414)),
        ],
        ..required("Details", Kind::List(&Kind::Struct(&ROW)))
    },
];

/// What is wrong with an object, as text and while it is written.
fn run(fields: &'static [Field], json: &Value) -> Vec<Violation> {
    let text = json.to_string();
    let violations = check(fields, Family::Cloud, text.as_bytes());
    if let Value::Object(object) = json {
        let (written, seen) = encode(fields, Family::Cloud, None, &Anything(object.clone())).unwrap();
        assert_eq!(String::from_utf8(written).unwrap(), text);
        assert_eq!(seen, violations, "{text}");
    }
    violations
}

/// A request of any fields.
#[derive(Default)]
struct Anything(JsonMap);

impl Struct for Anything {
    const NAME: &'static str = "Anything";
    const FIELDS: &'static [Field] = &[];

    fn read_field<'de, A: MapAccess<'de>>(&mut self, _: usize, _: &mut A) -> Result<Unread, A::Error> {
        Ok(None)
    }

    fn write_fields<M: SerializeMap>(&self, _: &mut M) -> Result<(), M::Error> {
        Ok(())
    }

    fn extra(&self) -> Option<&JsonMap> {
        Some(&self.0)
    }
}

/// Any value where any belongs: written it is judged as it is when it is read.
#[test]
fn what_is_written_is_checked_as_what_is_read() {
    let mut random = fastrand::Rng::with_seed(11);
    let texts =
        ["", "x", "+447700900123", "2026-03-01", "2026-03-01 09:00:00", "male", "secret\"\\\n", "\u{85}é"];
    fn value(random: &mut fastrand::Rng, texts: &[&str], depth: u8) -> Value {
        match random.u8(0..if depth == 0 { 7 } else { 10 }) {
            0 => Value::Null,
            1 => json!(random.bool()),
            2 => json!(random.i64(-3..40)),
            3 => json!(random.u64(..)),
            4 => json!(random.f64() * 100.0),
            5 | 6 => json!(texts[random.usize(0..texts.len())]),
            7 | 8 => (0..random.u8(0..4)).map(|_| value(random, texts, depth - 1)).collect(),
            _ => Value::Object(object(random, texts, depth - 1)),
        }
    }
    fn object(random: &mut fastrand::Rng, texts: &[&str], depth: u8) -> JsonMap {
        let names = [
            "TaskName", "Start", "End", "Repeat", "Details", "Mobile", "Debtor", "Arrears", "LoanDate", "x",
            "a\"b",
        ];
        let mut object = good_task().as_object().unwrap().clone();
        object.retain(|_, _| random.u8(0..4) > 0);
        for _ in 0..random.u8(0..6) {
            object.insert(names[random.usize(0..names.len())].to_owned(), value(random, texts, depth));
        }
        object
    }
    static WRAPPED: &[Field] = &[
        field("TaskName", Kind::Map(&Kind::Scalar(Scalar::Integer))),
        field("Details", Kind::Struct(&StructInfo { name: "Task", open: true, fields: TASK })),
        field("Start", Kind::Scalar(Scalar::Json)),
        field("End", Kind::Scalar(Scalar::JsonSchema)),
        Field { unique: Some("Mobile"), ..field("x", Kind::List(&Kind::Struct(&ROW))) },
        required("a\"b", Kind::Scalar(Scalar::Date)),
    ];
    let mut wrong = 0;
    for round in 0..4_000 {
        let object = Value::Object(object(&mut random, &texts, 3));
        wrong += run(if round % 2 == 0 { TASK } else { WRAPPED }, &object).len();
    }
    assert!(wrong > 4_000, "{wrong}");
}

/// Amounts are written as text that is JSON already.
#[test]
fn a_decimal_is_checked_while_it_is_written() {
    #[derive(Default)]
    struct Amount(rust_decimal::Decimal);
    impl Struct for Amount {
        const NAME: &'static str = "Amount";
        const FIELDS: &'static [Field] = &[];

        fn read_field<'de, A: MapAccess<'de>>(&mut self, _: usize, _: &mut A) -> Result<Unread, A::Error> {
            Ok(None)
        }

        fn write_fields<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
            let mut writer = wire::Writer::new(map, &ROW.fields[2..3]);
            writer.required::<wire::Dec>(0, &self.0);
            writer.end()
        }
    }
    for (amount, fine) in [("0.01", true), ("300000", true), ("-0.50", false), ("0", false)] {
        let request = Amount(amount.parse().unwrap());
        let (json, violations) = encode(&ROW.fields[2..3], Family::Cloud, None, &request).unwrap();
        assert_eq!(String::from_utf8(json).unwrap(), format!("{{\"Arrears\":{amount}}}"));
        assert_eq!(violations.is_empty(), fine, "{amount}");
    }
}

/// Only times of the object itself are compared, and not those in its lists.
#[test]
fn dates_of_a_list_are_not_compared_with_those_beside_it() {
    static FIELDS: &[Field] = &[
        Field {
            constraints: &[Constraint::Before("End")],
            ..field("Days", Kind::List(&Kind::Scalar(Scalar::Date)))
        },
        field("End", Kind::Scalar(Scalar::Date)),
    ];
    assert_eq!(run(FIELDS, &json!({"Days": ["2026-03-02", "2026-03-03"], "End": "2026-03-01"})), []);
}

/// Place, problem and code of each violation.
fn seen(violations: &[Violation]) -> Vec<(&str, Problem, i64)> {
    violations.iter().map(|v| (v.field.as_str(), v.problem, v.code.map_or(0, ErrorCode::code))).collect()
}

fn problems(kind: Kind, value: &Value) -> Vec<Problem> {
    let fields: &'static [Field] = Box::leak(Box::new([field("f", kind)]));
    run(fields, &json!({"f": value})).iter().map(|v| v.problem).collect()
}

fn good_task() -> Value {
    json!({
        "TaskName": "march", "Start": "2026-03-01 09:00:00", "End": "2026-03-01 18:00:00", "Repeat": 15,
        "own": {"x": [1]},
        "Details": [{
            "Mobile": "+447700900123", "Debtor": "A", "Arrears": 0.01, "LoanDate": "2026-01-01",
            "DueDate": "2026-01-02", "x": 1,
        }]
    })
}

#[test]
fn a_right_request_passes() {
    assert_eq!(run(TASK, &good_task()), []);
}

#[test]
fn all_violations_are_told_with_their_codes_and_without_values() {
    let mut task = good_task();
    task["TaskName"] = json!("secret".repeat(11));
    task["Start"] = json!("secret");
    task["Repeat"] = json!(16);
    task["Details"][0]["Mobile"] = json!("447700900123");
    task["Details"][0]["Arrears"] = json!(0);
    let violations = run(TASK, &task);
    assert_eq!(
        seen(&violations),
        [
            ("Details[0].Arrears", Problem::OutOfRange, 10420),
            ("Details[0].Mobile", Problem::Invalid, 10302),
            ("Repeat", Problem::OutOfRange, 10411),
            ("Start", Problem::Invalid, 10404),
            ("TaskName", Problem::TooLong, 10402),
        ]
    );
    for violation in &violations {
        let text = format!("{violation}");
        assert!(!text.contains("secret") && !text.contains("7700"), "{text}");
        assert!(text.starts_with(&violation.field), "{text}");
    }
    assert_eq!(violations[4].message, "has 66 characters, at most 64 are allowed");
    assert_eq!(violations[2].message, "must be at most 15");
}

#[test]
fn characters_are_counted_and_not_bytes() {
    let mut task = good_task();
    task["TaskName"] = json!("ü".repeat(64));
    assert_eq!(run(TASK, &task), []);
    task["TaskName"] = json!("ü");
    assert_eq!(seen(&run(TASK, &task)), [("TaskName", Problem::TooShort, 10302)]);
}

#[test]
fn absent_null_and_empty_are_missing() {
    for name in [json!(null), json!("")] {
        let mut task = good_task();
        task["TaskName"] = name;
        assert_eq!(seen(&run(TASK, &task)), [("TaskName", Problem::Missing, 10401)]);
    }
    let missing = [("TaskName", Problem::Missing, 10401), ("Details", Problem::Missing, 10412)];
    assert_eq!(seen(&run(TASK, &json!({}))), missing);
    // An empty list is there; whether it will do is for its own limits to say.
    let few = [("TaskName", Problem::Missing, 10401), ("Details", Problem::TooFew, 10302)];
    assert_eq!(seen(&run(TASK, &json!({"Details": [], "taskName": "x"}))), few);
}

#[test]
fn what_is_missing_in_a_row_has_the_lists_code() {
    let mut task = good_task();
    task["Details"] = json!([{"Debtor": "A"}, {"x": 1}, {"Mobile": "+447700900123"}]);
    assert_eq!(
        seen(&run(TASK, &task)),
        [
            ("Details[0].Mobile", Problem::Missing, 10413),
            ("Details[1].Mobile", Problem::Missing, 10414),
            ("Details[1].Debtor", Problem::Missing, 10415),
            ("Details[2].Debtor", Problem::Missing, 10415),
        ]
    );
}

#[test]
fn lists_are_counted_and_rows_are_objects() {
    let mut task = good_task();
    let row = task["Details"][0].clone();
    task["Details"] = json!([row, row, row, row, 1]);
    assert_eq!(
        seen(&run(TASK, &task)),
        [("Details[4]", Problem::WrongType, 10302), ("Details", Problem::TooMany, 10302)]
    );
    task["Details"] = row;
    assert_eq!(seen(&run(TASK, &task)), [("Details", Problem::WrongType, 10302)]);
}

#[test]
fn order_is_judged_wherever_the_fields_stand() {
    for json in [
        r#"{"TaskName":"ab","Details":[{"Debtor":"A","Mobile":"+447700900123","DueDate":"2026-01-01",
            "LoanDate":"2026-01-01"}],"Start":"2026-03-02 09:00:00","End":"2026-03-01 09:00:00"}"#,
        r#"{"End":"2026-03-01 09:00:00","Start":"2026-03-01 09:00:00","TaskName":"ab",
            "Details":[{"Debtor":"A","Mobile":"+447700900123","LoanDate":"2026-01-02",
            "DueDate":"2026-01-01"}]}"#,
    ] {
        let mut violations = check(TASK, Family::Cloud, json.as_bytes());
        violations.sort_by(|a, b| a.field.cmp(&b.field));
        assert_eq!(
            seen(&violations),
            [("Details[0].LoanDate", Problem::NotBefore, 10302), ("Start", Problem::NotBefore, 10404)]
        );
        assert_eq!(violations[1].message, "must be before End");
    }
    // Malformed ones are reported as such, and not compared.
    let details = &good_task()["Details"];
    let task = json!({"TaskName": "ab", "Details": details, "Start": "x", "End": "2026-03-01 09:00:00"});
    assert_eq!(seen(&run(TASK, &task)), [("Start", Problem::Invalid, 10404)]);
}

#[test]
fn each_kind_has_its_type() {
    use Problem::WrongType;
    let cases: [(Kind, Value, Value); 13] = [
        (Kind::Scalar(Scalar::String), json!("a"), json!(1)),
        (Kind::Id("TaskId"), json!("a"), json!(true)),
        (Kind::Scalar(Scalar::Integer), json!(-1), json!("1")),
        (Kind::Scalar(Scalar::Integer), json!(u64::MAX), json!(1.0)),
        (Kind::Scalar(Scalar::Number), json!(1.5), json!("1.5")),
        (Kind::Scalar(Scalar::Decimal), json!(1), json!("1")),
        (Kind::Scalar(Scalar::Boolean), json!(false), json!("true")),
        (Kind::Scalar(Scalar::EpochMs), json!(1_700_000_000_000_i64), json!("1700000000000")),
        (Kind::Enum(&GENDER), json!("other"), json!(1)),
        (Kind::Enum(&LEVEL), json!(7), json!("seven")),
        (Kind::Enum(&LEVEL), json!("7"), json!([])),
        (Kind::List(&Kind::Scalar(Scalar::Integer)), json!([1]), json!({"a": 1})),
        (Kind::Map(&Kind::Scalar(Scalar::Integer)), json!({"a": 1}), json!([1])),
    ];
    for (kind, good, bad) in cases {
        assert_eq!(problems(kind, &good), [], "{kind:?} {good}");
        assert_eq!(problems(kind, &bad), [WrongType], "{kind:?} {bad}");
    }
    for any in [json!(1), json!([1]), json!({"a": 1}), json!("a"), json!(true)] {
        assert_eq!(problems(Kind::Scalar(Scalar::Json), &any), []);
    }
    assert_eq!(problems(Kind::List(&Kind::Scalar(Scalar::Integer)), &json!([null])), [WrongType]);
}

#[test]
fn each_kind_has_its_form() {
    let cases: [(Kind, &[&str], &[&str]); 10] = [
        (
            Kind::Scalar(Scalar::Date),
            &["2026-02-28", ""],
            &["2026-02-29", "2026-02-28 00:00:00", "28.02.2026"],
        ),
        (Kind::Scalar(Scalar::Time), &["23:59:59"], &["24:00:00", "9:00", "09:00"]),
        (
            Kind::Scalar(Scalar::LocalDateTime),
            &["2026-03-01 09:00:00"],
            &["2026-03-01T09:00:00", "2026-03-01 09:00:00Z", "2026-03-01"],
        ),
        (
            Kind::Scalar(Scalar::Instant),
            &["2026-03-01T09:00:00Z", "2026-03-01 09:00:00+08:00"],
            &["2026-03-01T09:00:00", "1772328605"],
        ),
        (
            Kind::Scalar(Scalar::InstantOffset),
            &["2026-03-01 09:00:00+08:00"],
            &["2026-03-01 09:00:00", "+08:00"],
        ),
        (
            Kind::Scalar(Scalar::Phone),
            &["+447700900123", ""],
            &["447700900123", "+44", "+44 7700 900123", "+1234567890123456"],
        ),
        (
            Kind::Scalar(Scalar::Url),
            &["https://example.com/a?b=c", "HTTP://127.0.0.1:80"],
            &[
                "example.com",
                "ftp://example.com",
                "https://",
                "http:example.com",
                "https://exa mple.com",
                " https://example.com",
                "éhttps://",
            ],
        ),
        (Kind::Scalar(Scalar::Base64), &["YQ=="], &["YQ", "a b", "é"]),
        (Kind::Scalar(Scalar::Binary), &["AP8="], &["AP8"]),
        (Kind::Scalar(Scalar::JsonText), &["{\"a\": 1}"], &["{a}", "--"]),
    ];
    for (kind, good, bad) in cases {
        for text in good {
            assert_eq!(problems(kind, &json!(text)), [], "{kind:?} {text}");
        }
        for text in bad {
            assert_eq!(problems(kind, &json!(text)), [Problem::Invalid], "{kind:?} {text}");
        }
    }
}

#[test]
fn digits_values_and_entries_have_limits() {
    static FIELDS: &[Field] = &[
        Field {
            constraints: &[Constraint::Limit(Limit::MaxDigits, 14)],
            codes: &[(Problem::Invalid, code(10510))],
            ..field("phone", Kind::Scalar(Scalar::Phone))
        },
        Field {
            constraints: &[Constraint::Limit(Limit::MaxDigits, 14)],
            ..field("phones", Kind::List(&Kind::Scalar(Scalar::Phone)))
        },
        Field {
            constraints: &[Constraint::OneOf(&["a", "b"])],
            codes: &[(Problem::NotOneOf, code(7))],
            ..field("word", Kind::Scalar(Scalar::String))
        },
        Field {
            constraints: &[Constraint::OneOf(&["1", "2"])],
            ..field("number", Kind::Scalar(Scalar::Integer))
        },
        Field { constraints: &[Constraint::OneOf(&["male"])], ..field("gender", Kind::Enum(&GENDER)) },
        Field {
            constraints: &[Constraint::Limit(Limit::LessThan, 10)],
            ..field("less", Kind::Scalar(Scalar::Number))
        },
        Field {
            constraints: &[Constraint::Limit(Limit::MinItems, 2)],
            ..field("two", Kind::List(&Kind::Scalar(Scalar::Json)))
        },
    ];
    let good = json!({
        "phone": "+12345678901234", "phones": ["+12345678901234"], "word": "a", "number": 2,
        "gender": "male", "less": 9.99, "two": [1, null],
    });
    assert_eq!(run(FIELDS, &good), []);
    let bad = r#"{"phone": "+123456789012345", "phones": ["+1234567", "+123456789012345"], "word": "c",
        "number": 3, "gender": "x", "less": 10, "two": [1]}"#;
    assert_eq!(
        seen(&check(FIELDS, Family::Cloud, bad.as_bytes())),
        [
            ("phone", Problem::Invalid, 10510),
            ("phones[1]", Problem::Invalid, 10302),
            ("word", Problem::NotOneOf, 7),
            ("number", Problem::NotOneOf, 10302),
            ("gender", Problem::NotOneOf, 10302),
            ("less", Problem::OutOfRange, 10302),
            ("two", Problem::TooFew, 10302),
        ]
    );
}

#[test]
fn big_numbers_are_compared_exactly() {
    static FIELDS: &[Field] = &[Field {
        constraints: &[Constraint::Limit(Limit::Max, 9_007_199_254_740_992)],
        ..field("n", Kind::Scalar(Scalar::Integer))
    }];
    assert_eq!(run(FIELDS, &json!({"n": 9_007_199_254_740_992_u64})), []);
    assert_eq!(run(FIELDS, &json!({"n": 9_007_199_254_740_993_u64})).len(), 1);
    assert_eq!(run(FIELDS, &json!({"n": u64::MAX})).len(), 1);
}

#[test]
fn keys_of_maps_are_shown_only_where_they_cannot_be_personal() {
    static FIELDS: &[Field] = &[field("m", Kind::Map(&Kind::Map(&Kind::Scalar(Scalar::Integer))))];
    let violations = run(FIELDS, &json!({"m": {"level 1": {"x": "?"}, "+447700900123": {"x": "?"}}}));
    assert_eq!(seen(&violations)[1].0, "m.level 1.x");
    assert_eq!(seen(&violations)[0].0, "m.*.x");
}

#[test]
fn a_family_without_codes_has_none() {
    let violations = check(TASK, Family::Sms, br#"{"TaskName": 1, "Details": [1]}"#);
    assert_eq!(violations[0].code, None);
}

#[test]
fn aliases_count_too() {
    static FIELDS: &[Field] = &[Field { aliases: &["taskId"], ..required("TaskID", Kind::Id("TaskId")) }];
    assert_eq!(run(FIELDS, &json!({"taskId": "1"})), []);
    assert_eq!(run(FIELDS, &json!({"taskid": "1"})).len(), 1);
}

#[test]
fn what_is_no_object_is_told_once() {
    for (json, problem) in [
        ("[]", Problem::WrongType),
        ("1", Problem::WrongType),
        ("\"secret\"", Problem::WrongType),
        ("", Problem::Invalid),
        ("{\"TaskName\": secret", Problem::Invalid),
        ("{} secret", Problem::Invalid),
    ] {
        let violations = check(TASK, Family::Cloud, json.as_bytes());
        assert_eq!((violations.len(), violations[0].problem), (1, problem), "{json}");
        assert!(!violations[0].message.contains("secret"), "{json}");
    }
    let deep = format!("{{\"own\": {}", "[".repeat(100_000));
    assert_eq!(check(TASK, Family::Cloud, deep.as_bytes()).len(), 1);
}

#[test]
fn all_violations_are_told_what_is_missing_first() {
    static ENTRY: StructInfo = StructInfo {
        name: "Entry",
        open: false,
        fields: &[required("id", Kind::Id("Id")), field("n", Kind::Scalar(Scalar::Integer))],
    };
    static FIELDS: &[Field] = &[field("list", Kind::List(&Kind::Struct(&ENTRY)))];
    let mut rows = vec![json!({"id": "1", "n": "x"}); 2_500];
    rows.push(json!({"n": 1}));
    let violations = run(FIELDS, &json!({"list": rows}));
    assert_eq!(violations.len(), 2_501);
    let first = &violations[0];
    assert_eq!((first.row(), first.name(), first.problem), (Some(2_500), "id", Problem::Missing));
    assert_eq!((first.message.as_str(), first.severity), ("is required", Severity::Error));
    assert_eq!(first.to_string(), "list[2500].id is required");
    let last = &violations[2_500];
    assert_eq!((last.row(), last.name(), last.field.as_str()), (Some(2_499), "n", "list[2499].n"));
    let whole = &check(FIELDS, Family::Cloud, b"[]")[0];
    assert_eq!((whole.row(), whole.name()), (None, ""));
    assert!(whole.to_string().starts_with("the request is not a JSON object"), "{whole}");
}

#[test]
fn the_same_number_twice_is_a_warning() {
    static FIELDS: &[Field] =
        &[Field { unique: Some("Mobile"), ..field("Details", Kind::List(&Kind::Struct(&ROW))) }];
    let row = |number: u32| json!({"Debtor": "A", "Mobile": format!("+4477009001{number:02}")});
    let mut rows: Vec<Value> = (0..50).map(row).collect();
    assert_eq!(run(FIELDS, &json!({"Details": rows})), []);
    rows.extend([row(7), json!({"Debtor": "A"}), row(7)]);
    let violations = run(FIELDS, &json!({"Details": rows}));
    let told: Vec<_> = violations.iter().map(|v| (v.field.as_str(), v.severity, v.row())).collect();
    assert_eq!(
        told,
        [
            ("Details[51].Mobile", Severity::Error, Some(51)),
            ("Details[50].Mobile", Severity::Warning, Some(50)),
            ("Details[52].Mobile", Severity::Warning, Some(52)),
        ]
    );
    assert_eq!(violations[1].to_string(), "Details[50].Mobile is the same as in row 7");
}

#[test]
fn in_a_query_everything_is_text() {
    static FIELDS: &[Field] = &[
        required("page", Kind::Scalar(Scalar::Integer)),
        Field {
            constraints: &[Constraint::Limit(Limit::GreaterThan, 0)],
            ..field("amount", Kind::Scalar(Scalar::Decimal))
        },
        field("flag", Kind::Scalar(Scalar::Boolean)),
        required("id", Kind::Id("TaskId")),
        field("level", Kind::Enum(&LEVEL)),
        Field {
            constraints: &[Constraint::Limit(Limit::MaxItems, 2)],
            ..field("n", Kind::List(&Kind::Scalar(Scalar::Integer)))
        },
        field("row", Kind::Struct(&ROW)),
        Field { constraints: &[Constraint::Before("to")], ..field("from", Kind::Scalar(Scalar::EpochS)) },
        field("to", Kind::Scalar(Scalar::EpochS)),
        field("name", Kind::Scalar(Scalar::String)),
    ];
    let run = |pairs: &[(&str, &str)]| {
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let violations = check_query(FIELDS, Family::Cloud, &pairs);
        seen(&violations)
            .iter()
            .map(|(field, problem, _)| ((*field).to_owned(), *problem))
            .collect::<Vec<_>>()
    };
    let expect =
        |list: &[(&str, Problem)]| list.iter().map(|(f, p)| ((*f).to_owned(), *p)).collect::<Vec<_>>();
    let base = [("page", "1"), ("id", "x")];
    let with = |more: &[(&'static str, &'static str)]| run(&[&base, more].concat());
    assert_eq!(run(&base), []);
    assert_eq!(
        with(&[("amount", "1.5"), ("flag", "true"), ("level", "2"), ("from", "1"), ("to", "2"), ("x", "y")]),
        []
    );
    assert_eq!(with(&[("amount", ""), ("flag", ""), ("n", ""), ("row", ""), ("name", "")]), []);
    assert_eq!(
        run(&[("page", ""), ("id", "")]),
        expect(&[("page", Problem::Missing), ("id", Problem::Missing)])
    );
    assert_eq!(
        with(&[("amount", "0"), ("flag", "x"), ("level", "x"), ("from", "2"), ("to", "1")]),
        expect(&[
            ("amount", Problem::OutOfRange),
            ("flag", Problem::WrongType),
            ("level", Problem::WrongType),
            ("from", Problem::NotBefore),
        ])
    );
    assert_eq!(with(&[("n", "1"), ("n", "2")]), []);
    assert_eq!(with(&[("n", "[1, 2]")]), []);
    assert_eq!(
        with(&[("n", "1"), ("n", "x"), ("n", "3")]),
        expect(&[("n[1]", Problem::WrongType), ("n", Problem::TooMany)])
    );
    assert_eq!(with(&[("n", "[1, ")]), expect(&[("n", Problem::WrongType)]));
    assert_eq!(
        with(&[("row", r#"{"Mobile": "+447700900123"}"#)]),
        expect(&[("row.Debtor", Problem::Missing)])
    );
    assert_eq!(with(&[("row", "secret")]), expect(&[("row", Problem::WrongType)]));
}

#[test]
fn a_field_with_one_value_takes_no_other() {
    static FIELDS: &[Field] = &[
        Field { fixed: Some("Stop"), ..field("Action", Kind::Scalar(Scalar::String)) },
        Field { fixed: Some("3"), ..field("Kind", Kind::Scalar(Scalar::Integer)) },
    ];
    let run = |json: &str| {
        check(FIELDS, Family::Cloud, json.as_bytes()).iter().map(|v| v.message.clone()).collect::<Vec<_>>()
    };
    assert!(run(r#"{"Action": "Stop", "Kind": 3}"#).is_empty() && run("{}").is_empty());
    assert_eq!(run(r#"{"Action": "Start", "Kind": 4}"#), ["must be Stop", "must be 3"]);
}

#[test]
fn a_day_may_not_lie_too_far_ahead() {
    const LIMIT: &[Constraint] = &[Constraint::Limit(Limit::MaxDaysAhead, 5)];
    static FIELDS: &[Field] = &[
        Field { constraints: LIMIT, ..field("day", Kind::Scalar(Scalar::Date)) },
        Field { constraints: LIMIT, ..field("at", Kind::Scalar(Scalar::LocalDateTime)) },
        Field { constraints: LIMIT, ..field("moment", Kind::Scalar(Scalar::EpochS)) },
    ];
    let today = jiff::civil::date(2026, 3, 2);
    let run = |json: &str| {
        check_on(FIELDS, Family::Cloud, json.as_bytes(), today)
            .iter()
            .map(|v| (v.field.clone(), v.problem))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        run(r#"{"day": "2026-03-07", "at": "2026-03-07 23:59:59", "moment": 1772928000}"#),
        [("moment".to_owned(), Problem::OutOfRange)]
    );
    assert_eq!(
        run(r#"{"day": "2026-03-08", "at": "2026-03-08 00:00:00", "moment": 1772927999}"#),
        ["day", "at"].map(|field| (field.to_owned(), Problem::OutOfRange))
    );
    // Of the zone of the account nothing is known: the day after tomorrow in UTC may be tomorrow there.
    let at = |days: i32| {
        let day = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let json = format!(r#"{{"day": "{}"}}"#, day.checked_add(jiff::Span::new().days(days)).unwrap());
        check(FIELDS, Family::Cloud, json.as_bytes()).len()
    };
    assert_eq!((at(5), at(6), at(8)), (0, 0, 1));
}

/// Fields of the form that the predictive dialer has: start and end on one day, so far apart, not past.
static WINDOW: &[Field] = &[
    Field {
        constraints: &[
            Constraint::Before("end"),
            Constraint::Limit(Limit::MinMinutesBefore, 5),
            Constraint::SameDay("end"),
            Constraint::NotPast,
        ],
        codes: &[
            (Problem::NotBefore, code(10620)),
            (Problem::TooClose, code(10620)),
            (Problem::OtherDay, code(10621)),
            (Problem::Past, code(10509)),
        ],
        ..field("start", Kind::Scalar(Scalar::LocalDateTime))
    },
    field("end", Kind::Scalar(Scalar::LocalDateTime)),
];

#[test]
fn two_times_may_have_to_be_far_apart_and_on_one_day() {
    let run = |start: &str, end: &str| {
        let json = format!(r#"{{"end": "{end}", "start": "{start}"}}"#);
        let found = check(WINDOW, Family::Callcenter, json.as_bytes());
        assert!(found.iter().all(|v| v.field == "start"), "{found:?}");
        found.iter().map(|v| (v.problem, v.code.unwrap().value())).collect::<Vec<_>>()
    };
    for (start, end, problems) in [
        ("2026-03-02 09:00:00", "2026-03-02 09:05:00", vec![]),
        ("2026-03-02 09:00:00", "2026-03-02 09:04:59", vec![(Problem::TooClose, code(10620))]),
        ("2026-03-02 09:00:00", "2026-03-02 09:00:00", vec![(Problem::NotBefore, code(10620))]),
        ("2026-03-02 09:00:00", "2026-03-01 09:00:00", vec![(Problem::NotBefore, code(10620))]),
        ("2026-03-02 09:00:00", "2026-03-03 08:00:00", vec![(Problem::OtherDay, code(10621))]),
        (
            "2026-03-02 23:58:00",
            "2026-03-03 00:01:00",
            vec![(Problem::TooClose, code(10620)), (Problem::OtherDay, code(10621))],
        ),
        // One end alone, or what is no time, is nothing to compare.
        ("", "2026-03-02 09:00:00", vec![]),
    ] {
        assert_eq!(run(start, end), problems, "{start} to {end}");
    }
}

#[test]
fn what_is_past_is_told_where_the_zone_is_known() {
    let json = |start: &str| format!(r#"{{"start": "{start}", "end": "2026-03-02 20:00:00"}}"#);
    let now: jiff::Zoned = "2026-03-02T09:00:30[Asia/Jakarta]".parse().unwrap();
    let run = |start: &str| {
        let found = check_at(WINDOW, Family::Callcenter, json(start).as_bytes(), &now);
        found.iter().map(|v| (v.problem, v.code.unwrap().value())).collect::<Vec<_>>()
    };
    assert_eq!(run("2026-03-02 08:59:29"), [(Problem::Past, code(10509))]);
    for fine in ["2026-03-02 08:59:30", "2026-03-02 09:00:30", "2026-03-02 15:00:00", ""] {
        assert_eq!(run(fine), [], "{fine}: a minute passes");
    }
    let long_ago = json("2026-03-02 00:00:00");
    assert!(
        check(WINDOW, Family::Callcenter, long_ago.as_bytes()).is_empty(),
        "whose day that is, who knows"
    );

    static DAYS: &[Field] = &[
        Field { constraints: &[Constraint::NotPast], ..field("day", Kind::Scalar(Scalar::Date)) },
        Field { constraints: &[Constraint::NotPast], ..field("moment", Kind::Scalar(Scalar::EpochS)) },
    ];
    let moment = now.timestamp().as_second();
    let run = |json: String| check_at(DAYS, Family::Cloud, json.as_bytes(), &now).len();
    assert_eq!(run(format!(r#"{{"day": "2026-03-02", "moment": {moment}}}"#)), 0, "today is not past");
    assert_eq!(run(format!(r#"{{"day": "2026-03-01", "moment": {}}}"#, moment - 61)), 2);
}

#[test]
fn schemas_are_held_to_their_profile() {
    static FLAT: SchemaProfile<'_> = SchemaProfile {
        types: &["string", "integer"],
        max_properties: Some(3),
        closed: true,
        without: &["$ref", "oneOf"],
    };
    static FIELDS: &[Field] = &[
        Field {
            constraints: &[Constraint::Schema(&FLAT)],
            codes: &[(Problem::Invalid, code(10423))],
            ..required("shape", Kind::Scalar(Scalar::JsonSchema))
        },
        field("free", Kind::Scalar(Scalar::JsonSchema)),
    ];
    let found = |shape: Value| -> Vec<(String, Problem, String)> {
        let found = run(FIELDS, &json!({"shape": shape, "free": {"type": "array"}}));
        found.into_iter().map(|one| (one.field, one.problem, one.message)).collect()
    };
    let with = |property: Value| {
        let properties = json!({"suits": property});
        json!({"type": "object", "additionalProperties": false, "properties": properties})
    };
    for good in [
        with(json!({"type": "string", "enum": ["yes", "no"], "description": "Whether it suits."})),
        json!({"type": "object", "additionalProperties": false, "properties": {}}),
        json!({"additionalProperties": false, "type": "object"}),
    ] {
        assert_eq!(found(good.clone()), [], "{good}");
    }
    let other = |text: &str| vec![("shape".to_owned(), Problem::Invalid, text.to_owned())];
    let many: serde_json::Map<String, Value> =
        (0..4).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect();
    for (bad, text) in [
        (json!({}), "must have `type: object`"),
        (json!({"type": "string", "additionalProperties": false}), "must have `type: object`"),
        (json!({"type": ["object", "null"], "additionalProperties": false}), "must have `type: object`"),
        (json!({"type": "object"}), "must have `additionalProperties: false`"),
        (json!({"type": "object", "additionalProperties": {}}), "must have `additionalProperties: false`"),
        (json!({"type": "object", "additionalProperties": false, "oneOf": []}), "must not have `oneOf`"),
        (
            json!({"type": "object", "additionalProperties": false, "properties": []}),
            "must have an object as `properties`",
        ),
        (
            json!({"type": "object", "additionalProperties": false, "properties": many}),
            "must have at most 3 properties",
        ),
    ] {
        assert_eq!(found(bad.clone()), other(text), "{bad}");
    }
    for (property, text) in [
        (json!({"type": "boolean"}), "must have one `type` of string, integer"),
        (json!({"type": ["string", "null"]}), "must have one `type` of string, integer"),
        (json!({"enum": ["yes"]}), "must have one `type` of string, integer"),
        (json!("string"), "must have one `type` of string, integer"),
        (json!({"type": "string", "$ref": "#/a"}), "must not have `$ref`"),
    ] {
        let expected = vec![("shape.suits".to_owned(), Problem::Invalid, text.to_owned())];
        assert_eq!(found(with(property.clone())), expected, "{property}");
    }
    // A name that may be a number of somebody's is not told.
    let mut named = with(json!({"type": "null"}));
    let properties = named["properties"].as_object_mut().unwrap();
    let property = properties.remove("suits").unwrap();
    properties.insert("+447700900123".to_owned(), property);
    assert_eq!(found(named)[0].0, "shape.*");
}
