use super::*;

fn problem(builder: ClientBuilder) -> String {
    match builder.build() {
        Err(error @ Error::Config(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn base_urls() {
    for (given, kept) in [
        ("https://gateway.example/", "https://gateway.example"),
        (" https://gateway.example/airudder/ ", "https://gateway.example/airudder"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://localhost", "http://localhost"),
    ] {
        let client = Client::builder().base_url(given).build().unwrap();
        assert_eq!(client.core.settings.hosts.shared(), Some(kept));
    }
    for bad in [
        "",
        "api.airudder.com",
        "ftp://x",
        "https://",
        "https://u:p@x.example",
        "https://x.example?a=1",
        "file:///tmp",
    ] {
        problem(Client::builder().base_url(bad));
    }
    assert!(problem(Client::builder().base_url("http://simulator:8080")).contains("allow_http"));
    Client::builder().base_url("http://simulator:8080").allow_http(true).build().unwrap();
}

#[test]
fn paths() {
    let build = |key: &str, path: &str| Client::builder().override_path(key, path);
    build("auth.get_token", "/v2/auth").build().unwrap();
    build("ours.special", "/ours").build().unwrap();
    assert!(problem(build("auth.get_tokn", "/v2")).contains("did you mean `auth.get_token`"));
    problem(build("create_task", "/v2"));
    problem(build("auth.get_token", "v2"));
    problem(build("auth.get_token", "//evil.example/"));
    problem(build(".x", "/v2"));
}

#[test]
fn values_that_cannot_work() {
    problem(Client::builder().credentials("", "secret"));
    problem(Client::builder().credentials("key", " "));
    problem(Client::builder().user_agent("line\nbreak"));
    problem(Client::builder().token_scheme("line\nbreak"));
    problem(Client::builder().max_concurrent(0));
    Client::builder().max_concurrent(usize::MAX).build().unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let builder = Client::builder()
        .credentials("the-key", "the-secret")
        .encryption(encryption::Key::new("airudderredduria").unwrap());
    let mut text = format!("{builder:?}");
    text.push_str(&format!("{:?}", builder.build().unwrap()));
    assert!(
        !text.contains("the-key") && !text.contains("the-secret") && !text.contains("redduria"),
        "{text}"
    );
}

#[test]
fn clients_are_shared_between_threads() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Client>();
    fn sent<T: Send>(_: T) {}
    let client = Client::builder().build().unwrap();
    sent(client.raw("GET", "/x").send());
}
