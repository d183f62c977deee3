//! Comparing names.

/// Whether two keys are the same but for the case of ASCII letters, underscores, hyphens and spaces.
///
/// The vendor spells one key in several ways (`TaskID`, `taskId`, `task_id`); what reads its answers looks
/// past that.
pub fn loosely_equal(one: &str, other: &str) -> bool {
    fn letters(key: &str) -> impl Iterator<Item = u8> {
        key.bytes().filter(|b| !matches!(b, b'_' | b'-' | b' ')).map(|b| b.to_ascii_lowercase())
    }
    letters(one).eq(letters(other))
}

#[cfg(test)]
mod tests {
    use super::loosely_equal;

    #[test]
    fn case_and_separators_do_not_count() {
        for (a, b) in [("TaskID", "taskId"), ("task_id", "TaskID"), ("call-id", "Call Id"), ("", "")] {
            assert!(loosely_equal(a, b), "{a} {b}");
        }
        for (a, b) in [("TaskID", "TaskIDs"), ("task.id", "taskid"), ("é", "É"), ("a", "")] {
            assert!(!loosely_equal(a, b), "{a} {b}");
        }
    }
}
