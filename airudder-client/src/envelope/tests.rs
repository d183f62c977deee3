use reqwest::header::{CONTENT_TYPE, HeaderValue};

use super::*;
use crate::catalogue::{Code, Effect};

const CLOUD: Envelope =
    Envelope { success: Code::Number(200), payload: &["data", "body"], message: &["message", "status"] };
const CALLCENTER: Envelope =
    Envelope { success: Code::Number(0), payload: &["body", "data"], message: &["message", "status"] };

const RULES: Rules = Rules {
    family: Family::Cloud,
    envelope: Some(CLOUD),
    refusal: None,
    token_codes: &[Code::Number(401)],
    any: false,
    needs_code: false,
    secret: false,
    success: SuccessRule::Envelope,
    payload_required: false,
};

const REFUSAL: RefusalForm =
    RefusalForm { code: "error.code", message: Some("error.message"), reason: Some("error.details.reason") };

fn open_as(envelope: Option<Envelope>, any: bool, status: u16, body: &str) -> Result<Answer, Refusal> {
    open_by(&Rules { envelope, any, ..RULES }, status, body)
}

fn open_by(rules: &Rules, status: u16, body: &str) -> Result<Answer, Refusal> {
    let context = Context::new("collection.create_task", Family::Cloud, Effect::Read).sent(true);
    let mut headers = HeaderMap::new();
    let kind = if body.starts_with('<') { "text/html; charset=utf-8" } else { "application/json" };
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    open(rules, &context, status, headers, Bytes::copy_from_slice(body.as_bytes()), None)
}

fn cloud(status: u16, body: &str) -> Result<Answer, Refusal> {
    open_as(Some(CLOUD), false, status, body)
}

fn payload(answer: Result<Answer, Refusal>) -> (&'static str, String) {
    let answer = answer.unwrap();
    (answer.key, String::from_utf8(answer.payload.to_vec()).unwrap())
}

fn other(answer: Result<Answer, Refusal>) -> Error {
    match answer.unwrap_err() {
        Refusal::Other(error) => error,
        Refusal::Token(error) | Refusal::Unclear(error) => panic!("token refusal: {error}"),
    }
}

#[test]
fn success() {
    for body in [
        r#"{"code":200,"status":"OK","data":{"TaskID":"1"}}"#,
        r#"{"data": {"TaskID":"1"},"code":"200"}"#,
        r#"{"code":200.0,"body":null,"data":{"TaskID":"1"}}"#,
        "\u{feff}{\"data\":{\"TaskID\":\"1\"}}",
        r#"{"code":null,"data":{"TaskID":"1"}}"#,
    ] {
        assert_eq!(payload(cloud(200, body)), ("data", r#"{"TaskID":"1"}"#.to_owned()), "{body}");
    }
    assert_eq!(payload(cloud(200, r#"{"code":200,"body":[1]}"#)).0, "body");
    assert_eq!(payload(cloud(200, r#"{"code":200,"body":[1],"data":2}"#)), ("data", "2".to_owned()));
    assert_eq!(
        payload(open_as(Some(CALLCENTER), false, 200, r#"{"code":0,"data":[1],"body":2}"#)),
        ("body", "2".to_owned())
    );
}

#[test]
fn a_payload_behind_the_code_of_success_is_read_along_with_it() {
    let read = |body: &str| {
        let context = Context::new("x", Family::Cloud, Effect::Read);
        let mut slot = wire::PayloadSlot::<wire::Int>::default();
        let body = Bytes::copy_from_slice(body.as_bytes());
        let answer = open(&RULES, &context, 200, HeaderMap::new(), body, Some(&mut slot));
        answer.map(|answer| slot.take().filter(|_| answer.is_read)).ok()
    };
    assert_eq!(read(r#"{"code": 200, "data": 7, "status": "OK"}"#), Some(Some(7)));
    assert_eq!(read(r#"{"code":"200","Data":"7","data":8}"#), Some(Some(7)));
    for unread in [
        r#"{"data":7,"code":200}"#,
        r#"{"code":200,"body":7}"#,
        r#"{"code":200,"data":null}"#,
        r#"{"code":200,"data":[1,2]}"#,
        r#"{"code":200,"data":null,"data":"x"}"#,
    ] {
        assert_eq!(read(unread), Some(None), "{unread}");
    }
    for refused in [
        r#"{"code":200,"data":7,"Code":10503}"#,
        r#"{"code":200,"data":7,"success":false}"#,
        r#"{"code":200,"data":7"#,
    ] {
        assert_eq!(read(refused), None, "{refused}");
    }
}

#[test]
fn success_without_payload_is_null() {
    assert_eq!(payload(cloud(200, r#"{"code":200,"data":null}"#)), ("data", "null".to_owned()));
    assert_eq!(payload(cloud(200, r#"{"code":200}"#)), ("data", "null".to_owned()));
}

#[test]
fn refusals_keep_both_layers() {
    let error =
        other(cloud(200, r#"{"code":10402,"status":"the name is too long","message":"","data":null}"#));
    assert!(matches!(error, Error::Api(_)));
    assert_eq!((error.vendor_code(), error.http_status()), (Some(10402), Some(200)));
    let Error::Api(api) = error else { unreachable!() };
    assert_eq!(api.message(), Some("the name is too long"));

    let error = other(cloud(400, r#"{"code":"99999","message":"no"}"#));
    assert_eq!((error.vendor_code(), error.http_status()), (Some(99999), Some(400)));
    // Only the family's own success code is success.
    assert_eq!(other(cloud(200, r#"{"code":0,"data":{}}"#)).vendor_code(), Some(0));
    assert_eq!(
        other(open_as(Some(CALLCENTER), false, 200, r#"{"code":200,"body":{}}"#)).vendor_code(),
        Some(200)
    );
}

#[test]
fn token_refusals() {
    for (status, body) in [
        (401, ""),
        (401, "<html>"),
        (200, r#"{"code":401}"#),
        (401, r#"{"code":10301}"#),
        (403, r#"{"code":"401"}"#),
    ] {
        assert!(matches!(cloud(status, body), Err(Refusal::Token(_))), "{status} {body}");
    }
}

#[test]
fn statuses_without_an_answer() {
    let error = other(cloud(502, "<html><head><title>502 Bad Gateway</title></head></html>"));
    assert!(matches!(error, Error::Http(_)));
    assert_eq!(
        error.to_string(),
        "collection.create_task: HTTP 502 without an answer of the API: an HTML page, \"502 Bad Gateway\""
    );
    // Success code or not: the status says that it was none.
    assert!(matches!(other(cloud(500, r#"{"code":200,"data":{}}"#)), Error::Http(_)));
    assert!(matches!(other(cloud(302, "")), Error::Http(_)));
}

#[test]
fn unreadable_answers() {
    for (body, expected) in [
        ("", "it is empty"),
        ("<html><title>Maintenance</title>", "it is not JSON, it is text/html"),
        (r#"{"code":200,"data":{"Debtor":"Jane","Mob"#, "it is cut off after 40 bytes"),
        (r#"{"code":200} trailing"#, "it is not JSON"),
        ("[1,2]", "it is not a JSON object"),
        (r#"{"foo":"bar"}"#, "neither a code nor a payload in it"),
        (r#"{"code":"OK","data":{}}"#, "its code is not a number"),
    ] {
        let error = other(cloud(200, body));
        assert!(matches!(error, Error::Decode(_)), "{body}");
        assert!(error.to_string().contains(expected), "{body}: {error}");
        assert!(!format!("{error} {error:?}").contains("Jane"), "{error}");
    }
    let error = open_as(Some(CLOUD), false, 200, "\u{0}").map(|_| ());
    assert!(error.is_err());
}

#[test]
fn anything_goes_where_the_answer_may_be_anything() {
    assert_eq!(payload(open_as(Some(CLOUD), true, 200, "")), ("", "null".to_owned()));
    assert_eq!(payload(open_as(Some(CLOUD), true, 204, "  \n")), ("", "null".to_owned()));
    assert!(open_as(Some(CLOUD), true, 200, "OK").is_err());
}

#[test]
fn without_an_envelope_the_body_is_the_payload() {
    assert_eq!(payload(open_as(None, false, 200, r#"{"code":5}"#)), ("", r#"{"code":5}"#.to_owned()));
    assert_eq!(payload(open_as(None, false, 200, "")), ("", "null".to_owned()));
    assert!(matches!(other(open_as(None, false, 404, "nothing here")), Error::Http(_)));
}

#[test]
fn nothing_that_comes_makes_it_panic() {
    let bodies = [
        r#"{"code":200,"status":"OK","data":{"TaskID":"借款","n":[1,2.5e3,null]}}"#,
        "\u{feff}{\"code\":\"401\",\"body\":\"\\u00e9\\\"\"}",
        "<html><title>x</title>",
        "+62 812-345",
    ];
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..20_000 {
        let mut body = bodies[round % bodies.len()].as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            match random.u8(0..3) {
                0 => body.truncate(random.usize(0..=body.len())),
                1 if !body.is_empty() => {
                    let at = random.usize(0..body.len());
                    body[at] = random.u8(..);
                }
                _ => body
                    .insert(random.usize(0..=body.len()), *random.choice(b"{}[]\",:\\0+<".iter()).unwrap()),
            }
        }
        for envelope in [Some(CLOUD), Some(CALLCENTER), None] {
            let rules = Rules {
                family: Family::Cloud,
                envelope,
                refusal: (round % 2 == 0).then_some(REFUSAL),
                token_codes: &[Code::Number(401)],
                any: round % 2 == 0,
                needs_code: round % 3 == 0,
                secret: round % 5 == 0,
                success: [SuccessRule::Envelope, SuccessRule::Status][round % 2],
                payload_required: round % 3 == 0,
            };
            let context = Context::new("x", Family::Cloud, Effect::Read);
            let status = 200 + (round % 3) as u16 * 100;
            let mut slot = wire::PayloadSlot::<wire::Json>::default();
            let opened = |reader| {
                let opened = open(&rules, &context, status, HeaderMap::new(), body.clone().into(), reader);
                opened.map_err(|refusal| refusal.into_error().to_string())
            };
            let (plain, read) = (opened(None), opened(Some(&mut slot)));
            let payload = |answer: &Result<Answer, String>| answer.clone().map(|answer| answer.payload);
            assert_eq!(payload(&plain), payload(&read), "{body:?}");
            let value = slot.take();
            if let Some(answer) = read.ok().filter(|answer| answer.is_read) {
                assert_eq!(value, wire::decode::<wire::Json>(&answer.payload).ok(), "{body:?}");
            }
        }
        let _ = serde_json::from_slice::<crate::json::Fields<'_>>(&body).map(|fields| fields.pairs().is_ok());
    }
}

#[test]
fn where_the_status_says_it_no_body_is_a_failure_but_a_refusal() {
    let rules = Rules { success: SuccessRule::Status, ..RULES };
    for body in ["", "OK", "<html>done</html>", "{\"status\":\"done\"}", "{\"code\":200}", "[1]"] {
        let answer = open_by(&rules, 200, body).unwrap();
        assert_eq!(answer.raw, body, "the body is kept as it came");
    }
    for body in ["{\"code\":10503}", "{\"code\":\"10503\"}", "{\"code\":{}}", "{\"code\":\"FAIL\"}"] {
        assert!(open_by(&rules, 200, body).is_err(), "{body}");
    }
    assert!(open_by(&rules, 500, "OK").is_err());
}

#[test]
fn a_required_payload_must_hold_something() {
    let rules = Rules { payload_required: true, any: true, ..RULES };
    for payload in ["", ",\"data\":null", ",\"data\":{}", ",\"data\": [ ]", ",\"data\":\"\""] {
        let error = other(open_by(&rules, 200, &format!("{{\"code\":200{payload}}}")));
        assert!(error.to_string().contains("the payload is missing"), "{error}");
        assert!(error.may_have_reached_vendor());
    }
    assert!(open_by(&rules, 200, "{\"code\":200,\"data\":{\"a\":1}}").is_ok());
    assert!(open_by(&RULES, 200, "{\"code\":200}").is_ok());
}
