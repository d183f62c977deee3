//! A bounded store of entries with ids, in the order of their making.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

/// How many tasks, plans and so on are kept; then the oldest go.
const CAPACITY: usize = 10_000;
/// How many contacts all entries of a store have together at most; then the oldest go, but for the newest.
const MAX_WEIGHT: usize = 1_000_000;

/// The number of an entry in its store. Never used twice.
pub(crate) type Serial = u64;

/// Something that has an id.
pub(crate) trait Identified {
    fn id(&self) -> &str;

    /// How many contacts, messages and so on it has.
    fn weight(&self) -> usize;
}

/// Keeps entries until there are too many, or until they are too much together; then the oldest go.
#[derive(Debug, Serialize, Deserialize)]
#[serde(from = "Saved<T>", bound(deserialize = "T: Identified + Deserialize<'de>"))]
pub(crate) struct BoundedStore<T> {
    #[serde(skip)]
    capacity: usize,
    #[serde(skip)]
    max_weight: usize,
    next: Serial,
    entries: BTreeMap<Serial, T>,
    #[serde(skip)]
    serials: HashMap<String, Serial>,
}

/// The form in the state file.
#[derive(Deserialize)]
struct Saved<T> {
    next: Serial,
    entries: BTreeMap<Serial, T>,
}

impl<T: Identified> From<Saved<T>> for BoundedStore<T> {
    fn from(saved: Saved<T>) -> Self {
        let serials = saved.entries.iter().map(|(serial, entry)| (entry.id().to_owned(), *serial)).collect();
        Self { next: saved.next, entries: saved.entries, serials, ..Self::default() }
    }
}

impl<T> Default for BoundedStore<T> {
    fn default() -> Self {
        Self {
            capacity: CAPACITY,
            max_weight: MAX_WEIGHT,
            next: 1,
            entries: BTreeMap::new(),
            serials: HashMap::new(),
        }
    }
}

impl<T: Identified> BoundedStore<T> {
    /// The serial that the next entry gets.
    pub(crate) fn next_serial(&self) -> Serial {
        self.next
    }

    /// Keeps an entry, and gives back what had to go for it.
    pub(crate) fn insert(&mut self, entry: T) -> Vec<T> {
        let serial = self.next;
        self.next += 1;
        self.serials.insert(entry.id().to_owned(), serial);
        self.entries.insert(serial, entry);
        // Entries grow while they are kept: their weight is taken anew.
        let mut weight: usize = self.entries.values().map(Identified::weight).sum();
        let mut all_gone = Vec::new();
        while self.entries.len() > self.capacity || (weight > self.max_weight && self.entries.len() > 1) {
            let Some((oldest, gone)) = self.entries.pop_first() else { break };
            if self.serials.get(gone.id()) == Some(&oldest) {
                self.serials.remove(gone.id());
            }
            weight = weight.saturating_sub(gone.weight());
            all_gone.push(gone);
        }
        all_gone
    }

    pub(crate) fn serial(&self, id: &str) -> Option<Serial> {
        self.serials.get(id).copied()
    }

    pub(crate) fn get(&self, serial: Serial) -> Option<&T> {
        self.entries.get(&serial)
    }

    pub(crate) fn get_mut(&mut self, serial: Serial) -> Option<&mut T> {
        self.entries.get_mut(&serial)
    }

    pub(crate) fn find(&self, id: &str) -> Option<&T> {
        self.get(self.serial(id)?)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        self.get_mut(self.serial(id)?)
    }

    /// All of them, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (Serial, &T)> {
        self.entries.iter().map(|(serial, entry)| (*serial, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identified for String {
        fn id(&self) -> &str {
            self
        }

        fn weight(&self) -> usize {
            self.len()
        }
    }

    fn store() -> BoundedStore<String> {
        BoundedStore { capacity: 2, ..BoundedStore::default() }
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut store = store();
        assert!(store.insert("a".to_owned()).is_empty());
        assert!(store.insert("b".to_owned()).is_empty());
        assert_eq!(store.insert("c".to_owned()), ["a"]);
        assert!(store.find("a").is_none());
        assert_eq!(store.serial("c"), Some(3));
        assert_eq!(store.iter().count(), 2);
    }

    #[test]
    fn what_is_heavy_makes_the_oldest_go_and_stays_itself() {
        let mut store = BoundedStore { max_weight: 5, ..BoundedStore::default() };
        for light in ["a", "b", "c"] {
            assert!(store.insert(light.to_owned()).is_empty());
        }
        assert_eq!(store.insert("four".to_owned()), ["a", "b"]);
        assert_eq!(store.insert("more than all".to_owned()), ["c", "four"]);
        assert!(store.find("more than all").is_some());
    }

    #[test]
    fn a_saved_store_goes_on_where_it_was() {
        let mut store = store();
        store.insert("a".to_owned());
        store.insert("b".to_owned());
        let saved = serde_json::to_string(&store).unwrap();
        let mut loaded: BoundedStore<String> = serde_json::from_str(&saved).unwrap();
        assert_eq!((loaded.serial("b"), loaded.next_serial()), (Some(2), 3));
        loaded.insert("c".to_owned());
        assert_eq!(loaded.serial("c"), Some(3));
    }
}
