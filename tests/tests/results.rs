//! What results say, where facts decide.

use airudder_client::predictive_dialer::{CallResult, CallResultType};
use serde_json::json;

#[test]
fn a_result_says_whether_the_phone_was_answered_or_says_nothing() {
    for (word, expected) in [
        ("SuccUserHangup", Some(true)),
        ("AgentBusy", Some(true)),
        ("agentbusy", Some(true)),
        ("NoRinging", Some(false)),
        ("Dnc", Some(false)),
        ("Voicemail", None),
        ("NoAnwsered", None),
        ("Something", None),
    ] {
        assert_eq!(CallResultType::from(word).was_answered(), expected, "{word}");
        let record: CallResult = serde_json::from_value(json!({"callResultType": word})).unwrap();
        assert_eq!(record.was_answered(), expected, "{word}");
    }
    let silent: CallResult = serde_json::from_value(json!({})).unwrap();
    assert_eq!(silent.was_answered(), None);
}
