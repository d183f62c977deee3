//! JSON to values and back: what decodes is written as something that decodes to the same.

use std::fmt::Debug;

use airudder_client::request::{Payload, Request};
use airudder_client::wire::{self, Codec, Obj};
use airudder_client::{
    auth, check, collection, leads_generation, number_detection, predictive_dialer, sms, workflow,
};

/// Reads the input as the requests and answers of a number of endpoints.
pub fn run(data: &[u8]) {
    endpoint::<auth::GetToken>(data);
    endpoint::<collection::CreateTask>(data);
    endpoint::<collection::GetTaskDetail>(data);
    endpoint::<collection::ListTasks>(data);
    endpoint::<collection::StopTask>(data);
    endpoint::<leads_generation::CreateInstance>(data);
    endpoint::<number_detection::CheckNumbers>(data);
    endpoint::<predictive_dialer::CreateTask>(data);
    endpoint::<predictive_dialer::ListCallResults>(data);
    endpoint::<sms::SendMessage>(data);
    endpoint::<workflow::GetCallTaskDetail>(data);
    endpoint::<workflow::VerifyNodeData>(data);
}

/// The codec of an answer.
trait Answer {
    type Codec: Codec;
}

impl<C: Codec> Answer for Payload<C> {
    type Codec = C;
}

fn endpoint<R>(json: &[u8])
where
    R: Request<Reader: Answer>,
    <<R::Reader as Answer>::Codec as Codec>::Value: PartialEq + Debug,
{
    written::<Obj<R>>(json);
    round_trip::<<R::Reader as Answer>::Codec>(json);
    let violations = check::check(R::ENDPOINT.request, R::ENDPOINT.family, json);
    let _ =
        violations.iter().map(|violation| (violation.row(), violation.name(), violation.to_string())).count();
}

/// What was read from what was written, and that.
fn written<C: Codec>(json: &[u8]) -> Option<(C::Value, String)> {
    let value = wire::decode::<C>(json).map_err(|error| assert!(!error.to_string().is_empty())).ok()?;
    let written = text::<C>(&value);
    let again = wire::decode::<C>(written.as_bytes());
    let again = again.unwrap_or_else(|error| panic!("what was written is not read: {error}\n{written}"));
    assert_eq!(text::<C>(&again), written);
    Some((again, written))
}

/// As text and not as a tree, which has no place for a key that comes twice.
fn text<C: Codec>(value: &C::Value) -> String {
    let mut json = Vec::new();
    C::write(value, &mut serde_json::Serializer::new(&mut json)).expect("what was read can be written");
    String::from_utf8(json).expect("JSON is text")
}

fn round_trip<C: Codec<Value: PartialEq + Debug>>(json: &[u8]) {
    let Some((again, written)) = written::<C>(json) else { return };
    // Fractions of a second are not written: the vendor's forms have no place for them.
    let digit_at = |at: usize| written.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let has_time = written.match_indices(':').any(|(at, _)| at > 0 && digit_at(at - 1) && digit_at(at + 1));
    if !has_time {
        assert_eq!(wire::decode::<C>(json).ok(), Some(again), "{written}");
    }
}
