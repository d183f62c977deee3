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
        ("0812-3456-7890 is busy", "<number> is busy"),
        ("0917 123 4567", "<number>"),
        ("(022) 4012-345", "<number>"),
        ("62.812.3456.7890", "<number>"),
        ("0812/3456/7890", "<number>"),
        ("+44 (0) 7700 900-123", "<number>"),
        ("[0812] 345 67 890", "<number>"),
        ("0812\u{2011}3456\u{2013}7890", "<number>"),
        ("0812\u{a0}3456\u{202f}7890", "<number>"),
        ("0812\u{200b}3456\u{202c}7890", "<number>"),
        ("0812 – 3456 – 7890", "<number>"),
        ("（０８１２）３４５６－７８９０", "<number>"),
        ("٠٨١٢ ٣٤٥٦ ٧٨٩٠", "<number>"),
        ("०८१२-३४५६-७८९०", "<number>"),
        ("98765 43210", "<number>"),
        ("1234567", "<number>"),
        ("1234567890123456789", "<number>"),
        ("called 2026-03-02 0812 3456 7890", "called 2026-03-02 <number>"),
        ("at 09:00 081234567", "at 09:00 <number>"),
        ("0812 3456 7890 2026-03-02 09:00:00", "<number> 2026-03-02 09:00:00"),
        ("2026-03-02-3456", "<number>"),
        ("3456-13-45-2026", "<number>"),
        ("a\u{0}b\nc", "a b c"),
    ] {
        assert_eq!(redact::mask(text, 100), shown);
    }
    assert_eq!(redact::mask(&"x".repeat(500), 10), "xxxxxxxxxx…");
}

#[test]
fn codes_statuses_dates_and_times_stay_readable() {
    for text in [
        "page 2 of 31",
        "+1 and +",
        "(a) [b] (1)",
        "code 10402 (HTTP 400)",
        "HTTP 400 10402",
        "10402 10403 10504",
        "one of 10402/10403",
        "on 2026-03-02",
        "on 2/3/2026 and 02.03.2026, 12/31/2026",
        "2026-03-02 09:00:00",
        "2026-03-02T09:00:00.123456+08:00",
        "2026/03/02 09:00 - 2026/03/03 18:30",
        "2026-03-02 2026-03-03",
        "from 09:00:00 to 18:00:00 +0800",
        "09:00-18:00",
        "2026-03-02-09:00",
        "20260302T090000Z and 20260302090000",
        "12.5 of 100.00, 99,999",
        "version 1.20.3, 127.0.0.1",
        "借款人 10402",
    ] {
        assert_eq!(redact::mask(text, 100), text);
    }
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
        (r#"cannot parse {"Debtor":"Jane Doe"}"#, r#"cannot parse {"Debtor":…}"#),
        ("8f\r\n{\"Debtor\":\"Jane Doe\"}", r#"8f  {"Debtor":…}"#),
        (r#"near "Jane Doe": unexpected"#, "near …:…"),
        (r#"near "Jane Doe","Arrears":1}"#, r#"near …,"Arrears":…}"#),
        ("cannot parse Debtor=Jane%20Doe&x=1", "cannot parse Debtor=…"),
        ("cannot parse {'Debtor': 'Jane Doe'}", "cannot parse {………}"),
        ("near 'Jane Doe'", "near…"),
        ("near “Jane Doe”", "near …"),
        ("can't do that", "can't do that"),
        ("bad <Debtor>Jane Doe</Debtor>", "bad …"),
        (r#"<title>bad {"Debtor":"Jane Doe"}</title>"#, r#"an HTML page, "bad {"Debtor":…}""#),
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
fn values_of_the_request_are_taken_out() {
    let values = ["Jane Doe", "王伟", "Li", "42", "321000"].map(str::to_owned);
    for (text, shown) in [
        ("JANE DOE and jane doe owe 321000", "<hidden> and <hidden> owe <hidden>"),
        ("客户王伟不存在", "客户<hidden>不存在"),
        ("Li: the list of 42 is not 10402 or 421", "<hidden>: the list of <hidden> is not 10402 or 421"),
        ("LiLi Li", "LiLi <hidden>"),
        ("nothing", "nothing"),
    ] {
        let mut text = text.to_owned();
        redact::conceal(&mut text, &values);
        assert_eq!(text, shown);
    }
}

#[test]
fn debug_is_the_variant_and_what_display_says() {
    let error = Context::new("x.y", Family::Cloud, Effect::Read).config("no");
    assert_eq!(format!("{error:?} {error:#?}"), "Config(x.y: no) Config(x.y: no)");
}

#[test]
fn an_error_is_small_and_shared() {
    fn shared<T: Send + Sync + Clone + 'static>() {}
    shared::<Error>();
    assert!(size_of::<Error>() <= 16);
}
