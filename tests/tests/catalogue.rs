//! The catalogue holds everything that the vendor's contents list, as it is known there.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail as the tests themselves do")]

use std::collections::{BTreeMap, BTreeSet};

use airudder_client::Family;
use airudder_client::catalogue::{
    Auth, BodyForm, Code, ENDPOINTS, Evidence, FAMILIES, Kind, Method, Paging, ResponseKind, WEBHOOKS,
};

/// A line of the list that is kept beside these tests.
struct Kept {
    kind: &'static str,
    key: &'static str,
    method: &'static str,
    method_evidence: &'static str,
    path: Option<&'static str>,
    path_evidence: Option<&'static str>,
}

fn kept() -> Vec<Kept> {
    let known = |word: &'static str| (word != "-").then_some(word);
    include_str!("../data/catalogue.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let words: Vec<&'static str> = line.split(' ').collect();
            let [kind, key, method, method_evidence, path, path_evidence] = words[..] else {
                panic!("not a line of six words: {line}")
            };
            Kept {
                kind,
                key,
                method,
                method_evidence,
                path: known(path),
                path_evidence: known(path_evidence),
            }
        })
        .collect()
}

fn keys_of(kind: &str) -> BTreeSet<&'static str> {
    kept().iter().filter(|kept| kept.kind == kind).map(|kept| kept.key).collect()
}

#[test]
fn the_list_is_whole() {
    assert_eq!((keys_of("request").len(), keys_of("webhook").len()), (135, 56));
    assert_eq!(kept().len(), 135 + 56, "each once");
}

#[test]
fn every_endpoint_of_the_contents_is_there_with_its_method_and_path() {
    let ours: BTreeSet<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.key).collect();
    assert_eq!(ours, keys_of("request"));
    assert_eq!(ENDPOINTS.len(), ours.len(), "each once");
    let endpoints: BTreeMap<&str, _> = ENDPOINTS.iter().map(|endpoint| (endpoint.key, endpoint)).collect();
    for kept in kept().into_iter().filter(|kept| kept.kind == "request") {
        let endpoint = endpoints[kept.key];
        assert_eq!(endpoint.path, kept.path, "{}", kept.key);
        if kept.method != "-" {
            assert_eq!(
                (endpoint.method.as_str(), endpoint.method_evidence.as_str()),
                (kept.method, kept.method_evidence),
                "{}",
                kept.key
            );
        }
        let evidence = kept.path_evidence.unwrap_or("assumed");
        assert_eq!(endpoint.evidence.as_str(), evidence, "{}", kept.key);
    }
}

#[test]
fn every_webhook_of_the_contents_is_there() {
    let ours: BTreeSet<&str> = WEBHOOKS.iter().map(|webhook| webhook.key).collect();
    assert_eq!(ours, keys_of("webhook"));
    assert_eq!(WEBHOOKS.len(), ours.len(), "each once");
    let webhooks: BTreeMap<&str, _> = WEBHOOKS.iter().map(|webhook| (webhook.key, webhook)).collect();
    for kept in kept().into_iter().filter(|kept| kept.kind == "webhook") {
        let webhook = webhooks[kept.key];
        if kept.method != "-" {
            assert_eq!(
                (webhook.method.as_str(), webhook.method_evidence.as_str()),
                (kept.method, kept.method_evidence),
                "{}",
                kept.key
            );
        }
    }
}

#[test]
fn entries_are_sound_in_themselves() {
    for endpoint in ENDPOINTS {
        let key = endpoint.key;
        assert!(key.starts_with(&format!("{}.", endpoint.section)), "{key}");
        assert!(!endpoint.title.is_empty() && !endpoint.summary.is_empty(), "{key}");
        assert!(
            endpoint.path.is_none_or(|path| path.starts_with('/') && !path.contains([' ', '?', '#'])),
            "{key}"
        );
        assert!(endpoint.timeout_secs >= 30, "{key}");
        assert!(
            endpoint.method != Method::Get || endpoint.body == BodyForm::Query,
            "{key}: a GET has no body"
        );
        assert!(
            ENDPOINTS.iter().any(|other| other.key == endpoint.root),
            "{key} comes from {}",
            endpoint.root
        );
        let mut names = BTreeSet::new();
        for field in endpoint.request {
            assert!(names.insert(field.wire), "{key}: {} twice", field.wire);
            assert!(!field.doc.is_empty(), "{key}.{}", field.name);
        }
        if let Some(json) = endpoint.sample.request {
            assert!(serde_json::from_str::<serde_json::Value>(json).unwrap().is_object(), "{key}");
        }
        let has = |wire: &str| endpoint.request.iter().any(|field| field.wire == wire);
        match endpoint.paging {
            Some(Paging::Number { page, size, .. }) => assert!(has(page) && has(size), "{key}"),
            Some(Paging::Offset { offset, limit, .. }) => assert!(has(offset) && has(limit), "{key}"),
            Some(Paging::Cursor { cursor, size, .. }) => {
                assert!(has(cursor) && size.is_none_or(has), "{key}")
            }
            None => {}
        }
        if let Auth::Token(auth) = endpoint.auth {
            let token = auth.endpoint.key;
            assert!(ENDPOINTS.iter().any(|other| other.key == token), "{key}: its token comes from {token}");
        }
    }
    for webhook in WEBHOOKS {
        assert!(webhook.key.starts_with(&format!("{}.", webhook.section)), "{}", webhook.key);
        assert!(!webhook.title.is_empty() && !webhook.summary.is_empty(), "{}", webhook.key);
        assert!(
            WEBHOOKS.iter().any(|other| other.key == webhook.root),
            "{} comes from {}",
            webhook.key,
            webhook.root
        );
    }
}

/// Facts by hand, so that the list and the spec cannot go wrong together.
#[test]
fn well_known_entries_are_as_they_are_known() {
    let find = |key: &str| ENDPOINTS.iter().find(|endpoint| endpoint.key == key).unwrap();
    let create = find("collection.create_task");
    assert_eq!(
        (create.method, create.path, create.evidence),
        (Method::Post, Some("/service/cloud/task"), Evidence::Documented)
    );
    assert_eq!((create.family, create.pages), (Family::Cloud, &["doc-1678229"][..]));
    assert_eq!(find("telemarketing.create_task").evidence, Evidence::Inferred);
    assert_eq!(find("telemarketing.create_task").root, "collection.create_task");
    assert_eq!(find("workflow.create_instance").path, Some("/service/cloud/workflow/createinstance"));
    assert_eq!(find("sms.send_message").family, Family::Sms);
    assert_eq!(find("flex_route.make_outbound_call").path, None);
    assert!(matches!(find("collection.get_call_recording").response, ResponseKind::File));
    let details = create.request.iter().find(|field| field.wire == "Details").unwrap();
    assert!(details.required && matches!(details.kind, Kind::List(Kind::Struct(_))));

    let family = |name: &str| FAMILIES.iter().find(|family| family.name == name).unwrap();
    let success = |name: &str| family(name).envelope.unwrap().success;
    assert_eq!(
        ["cloud", "callcenter", "chatbot", "sms"].map(success),
        [Code::Number(200), Code::Number(0), Code::Number(200), Code::Number(0)]
    );
    assert!(family("number_detection").envelope.is_none());
    assert_eq!(family("number_detection").base_url, "https://detection.airudder.com");
    assert_eq!(family("cloud").base_url, "https://api.airudder.com");
    assert!(matches!(family("chatbot").auth, Auth::Signature));
    let Auth::Token(dialer) = family("callcenter").auth else { panic!("a token") };
    assert_eq!((dialer.endpoint.key, dialer.lifetime_secs), ("predictive_dialer.get_token", 24 * 3600));
}
