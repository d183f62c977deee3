//! Keys of JSON objects, compared the way the client reads them: without case, underscores, hyphens and
//! blanks.

use serde_json::{Map, Value};

pub(crate) use airudder_client::wire::loosely_equal as same;

/// The value under a key: the exact one first, else one of the same name.
pub(crate) fn get<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    map.get(key).or_else(|| map.iter().find(|(name, _)| same(name, key)).map(|(_, value)| value))
}

/// The text under the first of these keys that is there: empty text and null are not.
#[allow(clippy::wildcard_enum_match_arm, reason = "JSON has no further kinds")]
pub(crate) fn text(map: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| match get(map, key)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The whole number under the first of these keys that is there, also from text.
#[allow(clippy::wildcard_enum_match_arm, reason = "JSON has no further kinds")]
pub(crate) fn integer(map: &Map<String, Value>, keys: &[&str]) -> Option<i64> {
    keys.iter().find_map(|key| match get(map, key)? {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// The list under the first of these keys that is there.
pub(crate) fn list<'a>(map: &'a Map<String, Value>, keys: &[&str]) -> &'a [Value] {
    keys.iter().find_map(|key| get(map, key)?.as_array()).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_field_has_many_spellings() {
        assert!(same("TaskID", "task_id") && same("taskId", "Task ID") && same("task-id", "TASKID"));
        assert!(!same("TaskID", "TaskName"));
        let map = json!({"TASKID": 7, "TaskID": "exact", "empty": "", "n": "12", "list": [1]});
        let map = map.as_object().unwrap();
        assert_eq!(text(map, &["TaskID"]).as_deref(), Some("exact"));
        assert_eq!(text(map, &["empty", "n"]).as_deref(), Some("12"));
        assert_eq!(integer(map, &["n"]), Some(12));
        assert_eq!(list(map, &["List"]).len(), 1);
        assert!(list(map, &["none"]).is_empty());
    }
}
