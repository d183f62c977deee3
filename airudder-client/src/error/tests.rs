use super::*;
use crate::catalogue::Problem;
use crate::check::Severity;

#[test]
fn numbers_of_ours_are_not_masked() {
    for (number, text) in
        [(0, "0"), (999, "999"), (1_000, "1_000"), (123_456, "123_456"), (67_108_864, "67_108_864")]
    {
        assert_eq!(count(number), text);
        assert_eq!(mask(text, 100), text);
    }
}

#[test]
fn numbers_are_masked_and_texts_bounded() {
    for (text, shown) in [
        ("call +6281234567890 failed", "call <number> failed"),
        ("call +62 812-3456-7890.", "call <number>."),
        ("call 081234567890, code 10402", "call <number>, code 10402"),
        ("page 2 of 31", "page 2 of 31"),
        ("1234567", "<number>"),
        ("+1 and +", "+1 and +"),
        ("a\u{0}b\nc", "a b c"),
        ("１２３４５６７", "<number>"),
        ("借款人", "借款人"),
    ] {
        assert_eq!(redact::mask(text, 100), shown);
    }
    assert_eq!(redact::mask(&"x".repeat(500), 10), "xxxxxxxxxx…");
}

#[test]
fn excerpts_hold_no_values() {
    for (body, shown) in [
        (
            r#"{"code": 1, "data": {"Debtor": "Jane \" Doe", "list": [1, "x", true]}}"#,
            r#"{"code":…,"data":{"Debtor":…,"list":[…,…,…]}}"#,
        ),
        (r#"{"Debtor":"Ja"#, r#"{"Debtor":…"#),
        (r#"{"08123456789":1}"#, r#"{"<number>":…}"#),
        ("<html><Title> Bad Gateway </TITLE>", "an HTML page, \"Bad Gateway\""),
        ("<?xml?>", "an HTML or XML page"),
        ("", ""),
        (" busy, call 08123456789 ", "busy, call <number>"),
        ("\u{0}\u{1}", "binary data"),
    ] {
        assert_eq!(excerpt(body.as_bytes()), shown);
    }
    let whole = r#"{"a":"借款人\"","b":["\\",1.5e3]}"#;
    for cut in 0..whole.len() {
        let _ = excerpt(&whole.as_bytes()[..cut]);
    }
}

#[test]
fn invalid_requests_name_what_is_wrong() {
    let violation = |n: usize, code| Violation {
        field: format!("Details[{n}].Mobile"),
        problem: Problem::Invalid,
        code,
        severity: Severity::Error,
        message: "must begin with a plus".to_owned(),
    };
    let code = ErrorCode::from_code(Family::Cloud, 10402);
    let context = Context::new("collection.create_task", Family::Cloud, Effect::CallsPeople);
    let violations = (0..7).map(|n| violation(n, (n > 0).then_some(code))).collect();
    let error = Error::Invalid(Box::new(Invalid::new(context, violations)));
    assert_eq!((error.vendor_code(), error.violations().len()), (Some(10402), 7));
    assert!(!error.may_have_reached_vendor() && !error.is_retryable());
    let text = error.to_string();
    assert!(
        text.starts_with(
            "collection.create_task: not sent: Details[0].Mobile must begin with a plus; Details[1]"
        ),
        "{text}"
    );
    assert!(text.ends_with("and 2 more"), "{text}");
}

#[test]
fn too_many_queries_may_be_asked_again() {
    let api = |effect, family, code| {
        Error::Api(Box::new(ApiError {
            context: Context::new("x", family, effect).sent(true),
            code: ErrorCode::from_code(family, code),
            status: 200,
            message: None,
            retry_after: None,
            raw: Raw::default(),
        }))
    };
    assert!(api(Effect::Read, Family::Callcenter, 10705).is_retryable());
    assert!(!api(Effect::Changes, Family::Callcenter, 10705).is_retryable());
    assert!(!api(Effect::Read, Family::Cloud, 10705).is_retryable());
}

#[test]
fn secrets_are_taken_out() {
    let mut text = "key abcd-secret and abcd-secret, x".to_owned();
    redact::scrub(&mut text, &["abcd-secret", "x"]);
    assert_eq!(text, "key <redacted> and <redacted>, x");
}

#[test]
fn an_error_is_small_and_shared() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Error>();
    assert!(size_of::<Error>() <= 16);
}
