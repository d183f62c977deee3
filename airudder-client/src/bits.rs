//! A set of small numbers, such as those of the fields of a struct that have come.

/// Up to 64 cost no memory but their own.
#[derive(Debug, Default)]
pub(crate) struct Bits {
    low: u64,
    high: Vec<u64>,
}

impl Bits {
    #[inline]
    pub(crate) fn has(&self, index: usize) -> bool {
        let word = match index.checked_sub(64) {
            None => self.low,
            Some(index) => self.high.get(index / 64).copied().unwrap_or(0),
        };
        word >> (index % 64) & 1 == 1
    }

    #[inline]
    pub(crate) fn set(&mut self, index: usize) {
        match index.checked_sub(64) {
            None => self.low |= 1 << index,
            Some(index) => self.set_high(index),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.low == 0 && self.high.is_empty()
    }

    #[cold]
    fn set_high(&mut self, index: usize) {
        let word = index / 64;
        if self.high.len() <= word {
            self.high.resize(word + 1, 0);
        }
        self.high[word] |= 1 << (index % 64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_is_there_and_nothing_else() {
        for chosen in [vec![], vec![0], vec![63], vec![64], vec![3, 63, 64, 127, 128, 500]] {
            let mut bits = Bits::default();
            chosen.iter().for_each(|index| bits.set(*index));
            let found: Vec<usize> = (0..600).filter(|index| bits.has(*index)).collect();
            assert_eq!(found, chosen);
            assert_eq!(bits.is_empty(), chosen.is_empty());
        }
    }
}
