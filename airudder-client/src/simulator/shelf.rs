//! A bounded store of things with ids, in the order of their making.

use std::collections::{BTreeMap, HashMap};

/// The number of a thing on its shelf. Never used twice.
pub(super) type Serial = u64;

/// Something that has an id.
pub(super) trait Identified {
    fn id(&self) -> &str;
}

/// Keeps things until there are more than `room` of them; then the oldest goes.
#[derive(Debug)]
pub(super) struct Shelf<T> {
    room: usize,
    next: Serial,
    things: BTreeMap<Serial, T>,
    serials: HashMap<String, Serial>,
}

impl<T: Identified> Shelf<T> {
    pub(super) fn new(room: usize) -> Self {
        Self { room, next: 1, things: BTreeMap::new(), serials: HashMap::new() }
    }

    /// The serial that the next thing gets.
    pub(super) fn next_serial(&self) -> Serial {
        self.next
    }

    /// Puts a thing on the shelf, and gives back what had to go for it.
    pub(super) fn put(&mut self, thing: T) -> Option<T> {
        let serial = self.next;
        self.next += 1;
        self.serials.insert(thing.id().to_owned(), serial);
        self.things.insert(serial, thing);
        if self.things.len() <= self.room {
            return None;
        }
        let (oldest, gone) = self.things.pop_first()?;
        if self.serials.get(gone.id()) == Some(&oldest) {
            self.serials.remove(gone.id());
        }
        Some(gone)
    }

    pub(super) fn serial(&self, id: &str) -> Option<Serial> {
        self.serials.get(id).copied()
    }

    pub(super) fn get(&self, serial: Serial) -> Option<&T> {
        self.things.get(&serial)
    }

    pub(super) fn get_mut(&mut self, serial: Serial) -> Option<&mut T> {
        self.things.get_mut(&serial)
    }

    pub(super) fn find(&self, id: &str) -> Option<&T> {
        self.get(self.serial(id)?)
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut T> {
        self.get_mut(self.serial(id)?)
    }

    /// All of them, oldest first.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = (Serial, &T)> {
        self.things.iter().map(|(serial, thing)| (*serial, thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Identified for String {
        fn id(&self) -> &str {
            self
        }
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut shelf = Shelf::new(2);
        assert_eq!(shelf.put("a".to_owned()), None);
        assert_eq!(shelf.put("b".to_owned()), None);
        assert_eq!(shelf.put("c".to_owned()), Some("a".to_owned()));
        assert!(shelf.find("a").is_none());
        assert_eq!(shelf.serial("c"), Some(3));
        assert_eq!(shelf.iter().count(), 2);
    }
}
