//! The way of one request: route, fault, token, check, handler, envelope.

use std::sync::Arc;

use airudder_client::catalogue::{
    Auth, Code, Effect, Endpoint, FAMILIES, FamilyInfo, Problem, ResponseKind, TokenAuth,
};
use airudder_client::encryption;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde_json::{Map, Value, json};

use crate::clock::{Moment, SECOND};
use crate::endpoints;
use crate::endpoints::call::{Call, Handled, HandlerReply};
use crate::endpoints::failure::{Failure, family, field_code, invalid_code};
use crate::fixture::Fixture;
use crate::http::audio::{Archive, wav};
use crate::http::authorization::{authorize, challenge, text, token_code};
use crate::http::canned;
use crate::http::decode::{Decoded, Incoming};
use crate::http::faults::Fault;
use crate::http::reply::{Content, Reply};
use crate::http::request_log::Logged;
use crate::http::router::{NotRouted, PathFields};
use crate::http::shared::Shared;
use crate::project;
use crate::sample;
use crate::state::keys::Scope;
use crate::state::recording::Recording;
use crate::world::World;

/// No request is longer.
const MAX_REQUEST: usize = 256 << 20;

/// How an answer reaches the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    Whole,
    HalfWay,
    /// Not at all: the connection is reset.
    Reset,
}

/// Answers one request.
pub(crate) async fn handle(shared: &Arc<Shared>, request: Request) -> (Response<Body>, Finish) {
    let (head, body) = request.into_parts();
    let (candidates, in_path) = match shared.routes.find(head.method.as_str(), head.uri.path()) {
        Ok((candidates, in_path)) => (shared.of_business_line(candidates), in_path),
        Err(problem) => {
            let mut response = match &problem {
                NotRouted::NoPath => {
                    reject(shared, &head, StatusCode::NOT_FOUND, "no endpoint has this path")
                }
                NotRouted::OtherMethod(_) => {
                    let message = "no endpoint of this path has this method";
                    reject(shared, &head, StatusCode::METHOD_NOT_ALLOWED, message)
                }
            };
            if let NotRouted::OtherMethod(methods) = problem
                && let Ok(allowed) = HeaderValue::try_from(methods.join(", "))
            {
                response.headers_mut().insert(header::ALLOW, allowed);
            }
            return (response, Finish::Whole);
        }
    };
    let Ok(body) = axum::body::to_bytes(body, MAX_REQUEST).await else {
        let message = "the body is too long or broke off";
        return (reject(shared, &head, StatusCode::PAYLOAD_TOO_LARGE, message), Finish::Whole);
    };
    let fault = shared.faults().meet(&candidates);
    let (reply, finish) =
        respond(shared, &head, body, &Route { candidates: &candidates, in_path }, fault.as_ref());
    // What was asked may have put something on the agenda.
    shared.clock.wake();
    // Whoever is told that people are called finds them again after a crash.
    if shared.state_file.is_some() && candidates.iter().any(|endpoint| endpoint.effect == Effect::CallsPeople)
    {
        let shared = Arc::clone(shared);
        // What fails is tried again, and the last time by who can be told.
        let _ = tokio::task::spawn_blocking(move || shared.save()).await;
    }
    if let Some(Fault::Delay(delay)) = fault {
        tokio::time::sleep(delay).await;
    }
    (reply.into_response(), finish)
}

/// The answer to a request that is for no endpoint, in the form of the family that its path belongs to.
fn reject(shared: &Shared, head: &Parts, status: StatusCode, message: &str) -> Response<Body> {
    shared.log().answered(logged(None, head, status.as_u16(), None));
    let path = head.uri.path();
    let of_path = |family: &&FamilyInfo| family.paths.iter().any(|start| path.starts_with(start));
    match FAMILIES.iter().filter(of_path).find_map(|family| Some((family, family.refusal?))) {
        Some((family, form)) => {
            let not_found = family.categories.not_found.first().filter(|_| status == StatusCode::NOT_FOUND);
            let code = not_found.copied().or(family.invalid_code).unwrap_or(Code::Number(400));
            Reply::refusal(&form, code, status, message).into_response()
        }
        None => Reply::plain(status, message).into_response(),
    }
}

fn logged(endpoint: Option<&'static str>, head: &Parts, status: u16, code: Option<Code>) -> Logged {
    Logged {
        endpoint,
        method: head.method.as_str().to_owned(),
        path: head.uri.path().to_owned(),
        status,
        code: code.and_then(Code::number),
    }
}

/// What a path means.
struct Route<'a> {
    candidates: &'a [&'static Endpoint],
    in_path: PathFields,
}

/// Answers a request for one of these endpoints.
fn respond(
    shared: &Shared,
    head: &Parts,
    body: Bytes,
    route: &Route<'_>,
    fault: Option<&Fault>,
) -> (Reply, Finish) {
    let candidates = route.candidates;
    let content_type =
        text(&head.headers, header::CONTENT_TYPE.as_str()).unwrap_or_default().to_ascii_lowercase();
    let query = head.uri.query().unwrap_or_default();
    let key = shared.encryption.as_ref().filter(|_| is_encrypted(&head.headers));
    let (mut incoming, unreadable) = if is_encrypted(&head.headers) {
        decrypt(shared, &head.headers, query, &body)
    } else {
        (Incoming::new(query.to_owned(), content_type, body), None)
    };
    incoming.headers = head.headers.clone();
    let fitting = incoming.decode_as(candidates, &route.in_path);

    let mut world = shared.up_to_date();
    world.changes += 1;
    let is_auth = candidates.iter().any(|endpoint| shared.routes.gives_tokens(endpoint));
    let keys: Vec<_> = fitting.iter().map(|decoded| decoded.endpoint).collect();
    shared.log().received(&keys, is_auth, fitting.first().map(|decoded| &decoded.input));
    let Some(mut decoded) = fitting.into_iter().next() else {
        return (Reply::plain(StatusCode::NOT_FOUND, "no endpoint has this path"), Finish::Whole);
    };
    let endpoint = decoded.endpoint;
    let sent_key = endpoint.idempotency.and_then(|key| text(&head.headers, key.header));
    if let Some(sent_key) = sent_key {
        shared.log().carries_key(endpoint.key, sent_key, &incoming.body);
    }
    let key = key.filter(|_| unreadable.is_none());
    if let Some(problem) = unreadable {
        decoded.failure = Some(Failure::code(invalid_code(endpoint), problem));
    }
    let finish = fault.map_or(Finish::Whole, |fault| match fault {
        Fault::ResetAfterEffect | Fault::Reset => Finish::Reset,
        Fault::Truncated => Finish::HalfWay,
        Fault::Delay(_)
        | Fault::Status { .. }
        | Fault::Html
        | Fault::Empty
        | Fault::Huge(_)
        | Fault::ExpiredToken
        | Fault::WrongCode(_)
        | Fault::WrongWord(_) => Finish::Whole,
    });
    let request_id = world.new_id();
    let mut reply = match fault.and_then(|fault| fault_reply(&mut world, endpoint, fault, &request_id)) {
        Some(reply) => reply,
        None => answer(shared, &mut world, &head.headers, &decoded, &request_id),
    };
    let status = if finish == Finish::Reset { 0 } else { reply.status.as_u16() };
    shared.log().answered(logged(Some(endpoint.key), head, status, reply.code));
    if !is_auth {
        shared.log().recorded(|| Fixture {
            endpoint: endpoint.key.to_owned(),
            request: Value::clone(&decoded.input),
            status,
            answer: reply.json().cloned().unwrap_or_default(),
        });
    }
    drop(world);
    if reply.status == StatusCode::UNAUTHORIZED
        && let Some(challenge) = challenge(endpoint)
    {
        reply.headers.push((header::WWW_AUTHENTICATE, challenge));
    }
    if let Some(key) = key {
        reply.encrypt(key);
    }
    (reply, finish)
}

fn is_encrypted(headers: &HeaderMap) -> bool {
    text(headers, encryption::IS_ENCRYPTED.as_str()).is_some_and(|value| value.trim() == "1")
}

/// The request in the clear, or what is wrong with it.
fn decrypt(shared: &Shared, headers: &HeaderMap, query: &str, body: &Bytes) -> (Incoming, Option<String>) {
    let read = |encrypted: &[u8]| {
        let key =
            shared.encryption.as_ref().ok_or("the request is encrypted, and the simulator has no key")?;
        let signed = text(headers, encryption::SIGNED.as_str()).ok_or("the header Signed is missing")?;
        key.decrypt_verified(encrypted, Some(signed)).map_err(|problem| problem.to_string())
    };
    // One of the two is the text; the other is empty.
    let (plain, in_query) =
        if body.is_empty() { (read(query.as_bytes()), true) } else { (read(body), false) };
    match plain {
        Ok(plain) if in_query => {
            let query = String::from_utf8_lossy(&plain).into_owned();
            (Incoming::new(query, String::new(), Bytes::new()), None)
        }
        Ok(plain) => (Incoming::new(query.to_owned(), "application/json".to_owned(), plain.into()), None),
        Err(problem) => (Incoming::new(String::new(), String::new(), Bytes::new()), Some(problem)),
    }
}

/// The answer of a fault that takes the place of the usual one.
fn fault_reply(
    world: &mut World,
    endpoint: &'static Endpoint,
    fault: &Fault,
    request_id: &str,
) -> Option<Reply> {
    let bytes = |kind, text: &'static str| Content::Bytes(kind, Bytes::from_static(text.as_bytes()));
    match fault {
        Fault::Delay(_) | Fault::ResetAfterEffect | Fault::Truncated => None,
        Fault::Reset | Fault::Empty => Some(Reply::new(StatusCode::OK, bytes("", ""))),
        Fault::Status { status, retry_after } => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut reply = Reply::new(status, Content::Json(json!({"error": "injected by the simulator"})));
            if let Some(after) = retry_after {
                reply.headers.push((header::RETRY_AFTER, HeaderValue::from(after.as_secs())));
            }
            Some(reply)
        }
        Fault::Html => {
            let page = "<html><head><title>502 Bad Gateway</title></head>\
                        <body><h1>502 Bad Gateway</h1></body></html>";
            Some(Reply::new(StatusCode::BAD_GATEWAY, bytes("text/html", page)))
        }
        Fault::Huge(length) => Some(Reply::new(StatusCode::OK, Content::Spaces(*length))),
        Fault::ExpiredToken => {
            if let Auth::Token(auth) = endpoint.auth {
                world.tokens.revoke(auth.endpoint.key);
            }
            Some(Reply::failure(endpoint, &Failure::unauthorized(token_code(endpoint)), request_id))
        }
        Fault::WrongWord(word) => {
            let failure = Failure::code(Code::word(word), "injected by the simulator");
            Some(Reply::failure(endpoint, &failure, request_id))
        }
        Fault::WrongCode(code) => {
            Some(Reply::failure(endpoint, &Failure::code(*code, "injected by the simulator"), request_id))
        }
    }
}

fn answer(
    shared: &Shared,
    world: &mut World,
    headers: &HeaderMap,
    decoded: &Decoded,
    request_id: &str,
) -> Reply {
    let endpoint = decoded.endpoint;
    let handled = authorize(shared, world, endpoint, headers)
        .and_then(|()| decoded.failure.clone().map_or(Ok(()), Err))
        .and_then(|()| {
            let empty = Map::new();
            if let Some(answer) = shared.canned().get(endpoint) {
                return Ok(HandlerReply::Canned(answer));
            }
            let key = idempotency_key(endpoint, headers)?;
            let scope = Scope::of(endpoint, &decoded.input, key);
            let replay = match &scope {
                Some(scope) => world.keys.find(scope, &decoded.input).map_err(|()| conflict(endpoint))?,
                None => None,
            };
            let call = Call { endpoint, input: decoded.input.as_object().unwrap_or(&empty), replay };
            if let Some(auth) = token_of(endpoint) {
                return issue_token(shared, world, auth, &call);
            }
            let handler = endpoints::handler(endpoint).filter(|_| !shared.stateless);
            let reply = handler.map_or(Ok(HandlerReply::Sample), |handle| handle(world, &call))?;
            if let Some(scope) = scope.filter(|_| call.replay.is_none()) {
                world.keys.bind(scope, &decoded.input, reply.made());
            }
            Ok(reply)
        });
    match handled {
        Ok(reply) => success(world, endpoint, reply, request_id),
        Err(failure) => Reply::failure(endpoint, &failure, request_id),
    }
}

fn success(world: &World, endpoint: &'static Endpoint, reply: HandlerReply, request_id: &str) -> Reply {
    let payload = match reply {
        HandlerReply::Payload(offered) => project::answer(endpoint, offered),
        HandlerReply::Made { payload, status, headers, .. } => {
            let mut reply = Reply::success(endpoint, payload, request_id);
            (reply.status, reply.headers) = (status, headers);
            return reply;
        }
        HandlerReply::Canned(answer) if canned::has_envelope(endpoint, &answer) => {
            let mut reply = Reply::new(StatusCode::OK, Content::Json(Value::clone(&answer)));
            reply.code = answer.get("code").and_then(code_of);
            return reply;
        }
        HandlerReply::Canned(answer) => Value::clone(&answer),
        HandlerReply::Sample => match endpoint.response {
            ResponseKind::Value(_) => sample::answer(endpoint),
            ResponseKind::File => {
                let recording = Recording { name: "sample".to_owned(), length: SECOND };
                return recording_reply(world, endpoint, &recording, request_id);
            }
        },
        HandlerReply::Recording(recording) => {
            return recording_reply(world, endpoint, &recording, request_id);
        }
        HandlerReply::Recordings(recordings) => {
            if matches!(endpoint.response, ResponseKind::File) && !world.rules.recordings_as_links {
                return Reply::file(Content::Archive(Archive::new(recordings)), "recordings.zip");
            }
            let entry = |recording: &Recording| {
                let link = world.link(&recording.name);
                json!({"callid": recording.name, "link": link})
            };
            json!({"list": recordings.iter().map(entry).collect::<Vec<_>>()})
        }
    };
    Reply::success(endpoint, payload, request_id)
}

fn recording_reply(
    world: &World,
    endpoint: &'static Endpoint,
    recording: &Recording,
    request_id: &str,
) -> Reply {
    if matches!(endpoint.response, ResponseKind::File) && !world.rules.recordings_as_links {
        return Reply::file(Content::Bytes("audio/wav", wav(recording)), &format!("{}.wav", recording.name));
    }
    Reply::success(endpoint, json!({"link": world.link(&recording.name)}), request_id)
}

/// The key that makes a repeated call the same call.
fn idempotency_key<'a>(endpoint: &Endpoint, headers: &'a HeaderMap) -> Result<Option<&'a str>, Failure> {
    let Some(idempotency) = endpoint.idempotency else { return Ok(None) };
    let key = text(headers, idempotency.header).map(str::trim).filter(|key| !key.is_empty());
    let most = usize::try_from(idempotency.max_chars).unwrap_or(usize::MAX);
    let refuse = |problem: String| Err(Failure::code(invalid_code(endpoint), problem));
    match key {
        Some(key) if key.chars().count() > most => {
            refuse(format!("the header {} has more than {most} characters", idempotency.header))
        }
        None if idempotency.required => refuse(format!("the header {} is missing", idempotency.header)),
        Some(_) | None => Ok(key),
    }
}

/// The refusal of a key that belongs to another request.
fn conflict(endpoint: &Endpoint) -> Failure {
    let codes = family(endpoint).categories.idempotency_conflict;
    let code = codes.first().copied().unwrap_or(Code::Number(409));
    Failure {
        status: StatusCode::CONFLICT,
        ..Failure::code(code, "the idempotency key belongs to another request")
    }
}

/// The code in an answer that was given.
fn code_of(value: &Value) -> Option<Code> {
    value.as_i64().map(Code::Number).or_else(|| value.as_str().map(Code::from_text))
}

/// How tokens are asked for, if this is the endpoint that gives them.
fn token_of(endpoint: &Endpoint) -> Option<TokenAuth> {
    FAMILIES.iter().find_map(|family| {
        let Auth::Token(auth) = family.auth else { return None };
        (auth.endpoint.key == endpoint.key).then_some(auth)
    })
}

fn issue_token(shared: &Shared, world: &mut World, auth: TokenAuth, call: &Call<'_>) -> Handled {
    let key = call.text(&[auth.key_field]).unwrap_or_default();
    let secret = call.text(&[auth.secret_field]).unwrap_or_default();
    let known = shared
        .credentials
        .as_ref()
        .is_none_or(|(good_key, good_secret)| *good_key == key && *good_secret == secret);
    if !known {
        return Err(refused_credentials(auth, call.endpoint));
    }
    let life = shared.token_life.unwrap_or_else(|| Moment::from(auth.lifetime_secs) * SECOND);
    let token = world.tokens.issue(auth.endpoint.key, &key, world.now, life, world.rules.seed);
    Ok(HandlerReply::Payload(Value::Object(Map::from_iter([(auth.token_at.to_owned(), Value::from(token))]))))
}

/// A wrong secret: the code that the spec has for it, in HTTP 200 (assumed). Where it has none, HTTP 401
/// (observed).
fn refused_credentials(auth: TokenAuth, endpoint: &Endpoint) -> Failure {
    let code = [Problem::Refused, Problem::Unknown, Problem::Invalid]
        .iter()
        .find_map(|problem| field_code(endpoint.request, auth.secret_field, *problem));
    match code {
        Some(code) => Failure::code(code, "the application secret does not match"),
        None => {
            let mut failure = Failure::unauthorized(token_code(endpoint));
            "key or secret do not match".clone_into(&mut failure.message);
            failure
        }
    }
}

/// A recording that a link leads to. It needs no token, and a token that comes all the same is counted.
pub(crate) fn file(shared: &Shared, request: &Request) -> Response<Body> {
    let world = shared.up_to_date();
    // On one port it is no foreign host that gets the token.
    if !shared.one_port && request.headers().contains_key(header::AUTHORIZATION) {
        shared.log().leaked_tokens += 1;
    }
    let name = request.uri().path().strip_prefix("/recordings/").and_then(|name| name.strip_suffix(".wav"));
    let recording = name.and_then(|name| match name {
        "sample" => Some(Recording { name: name.to_owned(), length: SECOND }),
        _ => world.find_call(name)?.recording(world.now),
    });
    match recording {
        Some(recording) => {
            let name = format!("{}.wav", recording.name);
            Reply::file(Content::Bytes("audio/wav", wav(&recording)), &name).into_response()
        }
        None => Reply::plain(StatusCode::NOT_FOUND, "there is no such recording").into_response(),
    }
}
