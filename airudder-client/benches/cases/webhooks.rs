//! Two messages as they come to a webhook.

use airudder_client::webhook::{self, Event};

/// One call is over.
pub(crate) const CALL_FINISHED: &str = r#"{
    "TaskID": "00000000000000000000000000000002", "Comments": "42", "Status": "finished", "Intention": "A",
    "RingType": "text", "HangupType": "text", "RobotID": "00000000000000000000000000000001",
    "CallStartTime": "2026-03-02T01:00:00Z", "CallEndTime": "2026-03-02T01:01:00Z", "Multi_intention": "{}"
}"#;

/// An agent of the predictive dialer has filled in the form.
pub(crate) const AGENT_EVENT: &str = r#"{
    "type": "AgentStatus",
    "body": {
        "taskId": "1", "taskName": "demo", "groupName": "group", "State": "TALKRESULT", "agentName": "agent1",
        "phoneNumber": "+6281200000000", "callid": "00000000000000000000000000000001",
        "timestamp": 1700000000000, "hangupReason": 12, "customizeResults": {"Level1": "Connected"},
        "customerInfo": {"account_id": "1"}
    }
}"#;

// Ours.

#[inline(never)]
pub(crate) fn call_finished() -> Event {
    webhook::parse("collection.call_finished", CALL_FINISHED.as_bytes()).expect("it is a message")
}

#[inline(never)]
pub(crate) fn agent_event() -> Event {
    webhook::parse("predictive_dialer.agent_status_changed", AGENT_EVENT.as_bytes()).expect("it is a message")
}

// By hand: the same fields, read exactly.

#[inline(never)]
pub(crate) fn derived_call_finished() -> derived::CallFinished {
    serde_json::from_slice(CALL_FINISHED.as_bytes()).expect("it is a message")
}

#[inline(never)]
pub(crate) fn derived_agent_event() -> derived::AgentStatusChanged<derived::AgentEvent> {
    serde_json::from_slice(AGENT_EVENT.as_bytes()).expect("it is a message")
}

// As ours does: what they do not know is kept.

#[inline(never)]
pub(crate) fn derived_call_finished_open() -> derived::OpenCallFinished {
    serde_json::from_slice(CALL_FINISHED.as_bytes()).expect("it is a message")
}

#[inline(never)]
pub(crate) fn derived_agent_event_open() -> derived::AgentStatusChanged<derived::OpenAgentEvent> {
    serde_json::from_slice(AGENT_EVENT.as_bytes()).expect("it is a message")
}

/// Both ways read the same, or comparing them would say nothing.
pub(crate) fn assert_same() {
    let Event::CollectionCallFinished(call) = call_finished() else { panic!("another event") };
    assert_eq!(call.call_end_time, derived_call_finished().call_end_time.map(|time| time.0));
    assert_eq!(call.call_end_time, derived_call_finished_open().call_end_time.map(|time| time.0));
    let Event::PredictiveDialerAgentStatusChanged(event) = agent_event() else { panic!("another event") };
    let callid = event.body.and_then(|body| body.callid).map(|id| id.into_string());
    assert!(callid.is_some());
    assert_eq!(callid, derived_agent_event().body.callid);
    assert_eq!(callid, derived_agent_event_open().body.callid);
}

pub(crate) mod derived {
    use std::collections::BTreeMap;

    use airudder_client::jiff::Timestamp;
    use serde::Deserialize as DeriveDeserialize;
    use serde::de::{Deserialize, Deserializer, Error as _, Visitor};

    type Extra = serde_json::Map<String, serde_json::Value>;

    macro_rules! call_finished {
        ($name:ident, $($extra:tt)*) => {
            #[derive(DeriveDeserialize)]
            #[serde(rename_all = "PascalCase")]
            #[allow(dead_code)]
            pub(crate) struct $name {
                #[serde(rename = "TaskID")]
                task_id: Option<String>,
                comments: Option<String>,
                status: Option<String>,
                intention: Option<String>,
                #[serde(rename = "Multi_intention")]
                multi_intention: Option<String>,
                ring_type: Option<String>,
                hangup_type: Option<String>,
                #[serde(rename = "RobotID")]
                robot_id: Option<String>,
                call_start_time: Option<Instant>,
                pub(crate) call_end_time: Option<Instant>,
                $($extra)*
            }
        };
    }
    call_finished!(CallFinished,);
    call_finished!(OpenCallFinished, #[serde(flatten)] extra: Extra,);

    #[derive(DeriveDeserialize)]
    #[allow(dead_code)]
    pub(crate) struct AgentStatusChanged<B> {
        #[serde(rename = "type")]
        kind: Option<String>,
        pub(crate) body: B,
    }

    macro_rules! agent_event {
        ($name:ident, $($extra:tt)*) => {
            #[derive(DeriveDeserialize)]
            #[serde(rename_all = "camelCase")]
            #[allow(dead_code)]
            pub(crate) struct $name {
                task_id: Option<String>,
                task_name: Option<String>,
                group_name: Option<String>,
                #[serde(rename = "State")]
                state: Option<State>,
                phone_number: Option<String>,
                pub(crate) callid: Option<String>,
                contact_name: Option<String>,
                address: Option<String>,
                info1: Option<String>,
                info2: Option<String>,
                info3: Option<String>,
                remark: Option<String>,
                main_number: Option<String>,
                phone_tag: Option<String>,
                private_data: Option<serde_json::Value>,
                timestamp: Option<EpochMs>,
                rec_link: Option<String>,
                nth_call: Option<i64>,
                hangup_reason: Option<i64>,
                #[serde(default)]
                customer_info: BTreeMap<String, String>,
                agent_name: Option<String>,
                talkremarks: Option<String>,
                #[serde(default)]
                customize_results: BTreeMap<String, String>,
                $($extra)*
            }
        };
    }
    agent_event!(AgentEvent,);
    agent_event!(OpenAgentEvent, #[serde(flatten)] extra: Extra,);

    #[derive(DeriveDeserialize)]
    #[serde(rename_all = "UPPERCASE")]
    pub(crate) enum State {
        Calling,
        Ringing,
        Answered,
        Hangup,
        TalkResult,
        #[serde(other)]
        Other,
    }

    /// As jiff's own `Deserialize` does it.
    pub(crate) struct Instant(pub(crate) Timestamp);

    impl<'de> Deserialize<'de> for Instant {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_str(InstantVisitor)
        }
    }

    struct InstantVisitor;

    impl Visitor<'_> for InstantVisitor {
        type Value = Instant;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a moment")
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Instant, E> {
            text.parse().map(Instant).map_err(E::custom)
        }
    }

    #[allow(dead_code)]
    pub(crate) struct EpochMs(Timestamp);

    impl<'de> Deserialize<'de> for EpochMs {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let number = i64::deserialize(deserializer)?;
            Timestamp::from_millisecond(number).map(EpochMs).map_err(D::Error::custom)
        }
    }
}
