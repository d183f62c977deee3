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
    for violation in check::check(R::ENDPOINT.request, R::ENDPOINT.family, json) {
        let _ = (violation.row(), violation.name());
        assert!(!violation.to_string().is_empty());
    }
}

/// What was read, and from what was written of it, if both are written as the same; with that.
fn written<C: Codec>(json: &[u8]) -> Option<(C::Value, C::Value, String)> {
    /// A field that came as nothing under one name, and as something under another, gets that the next time.
    const MOST_ROUNDS: usize = 4;
    let value = wire::decode::<C>(json).map_err(|error| assert!(!error.to_string().is_empty())).ok()?;
    let first = text::<C>(&value);
    let mut written = first.clone();
    for _ in 0..MOST_ROUNDS {
        let again = wire::decode::<C>(written.as_bytes());
        let again = again.unwrap_or_else(|error| panic!("what was written is not read: {error}\n{written}"));
        let next = text::<C>(&again);
        if next == written {
            return (first == written).then_some((value, again, written));
        }
        written = next;
    }
    panic!("it is read as something else each time: {written}");
}

/// As text and not as a tree, which has no place for a key that comes twice.
fn text<C: Codec>(value: &C::Value) -> String {
    let mut json = Vec::new();
    C::write(value, &mut serde_json::Serializer::new(&mut json)).expect("what was read can be written");
    String::from_utf8(json).expect("JSON is text")
}

fn round_trip<C: Codec<Value: PartialEq + Debug>>(json: &[u8]) {
    let Some((value, again, written)) = written::<C>(json) else { return };
    // Fractions of a second are not written: the vendor's forms have no place for them.
    let digit_at = |at: usize| written.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let has_time = written.match_indices(':').any(|(at, _)| at > 0 && digit_at(at - 1) && digit_at(at + 1));
    if !has_time {
        assert_eq!(value, again, "{written}");
    }
}
