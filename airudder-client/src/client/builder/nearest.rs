//! Which known names look like a misspelt one.

/// The entries of `known` that look most like `name`, the nearest first: at most three.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let allowed = (name.chars().count() / 5).max(2);
    let mut near: Vec<(usize, &str)> =
        known.map(|k| (distance(name, k), k)).filter(|(d, _)| *d <= allowed).collect();
    near.sort();
    near.into_iter().take(3).map(|(_, k)| k).collect()
}

/// Levenshtein distance.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_misses() {
        let known = ["collection.create_task", "collection.list_tasks", "auth.get_token"];
        assert_eq!(nearest("collection.creat_task", known.into_iter()), ["collection.create_task"]);
        assert!(nearest("xyz", known.into_iter()).is_empty());
    }
}
