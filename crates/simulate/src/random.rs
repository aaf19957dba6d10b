//! A small repeatable source of choices.
//!
//! Not for secrets. The same seed must give the same company on every machine and in every release,
//! which the generators of the `rand` crate do not promise; hence these few lines (SplitMix64).

/// A stream of numbers that depends on the seed alone.
#[derive(Debug, Clone)]
pub(crate) struct Choices {
    state: u64,
}

impl Choices {
    /// Starts the stream of `seed`; `purpose` keeps streams of the same seed apart.
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let state = purpose.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self { state }
    }

    /// The next number.
    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when the bound is 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 {
            return 0;
        }
        let bound = u64::try_from(bound).unwrap_or(u64::MAX);
        usize::try_from(self.next() % bound).unwrap_or(0)
    }

    /// `count` different indexes below `total`, in ascending order.
    pub(crate) fn sample(&mut self, count: usize, total: usize) -> Vec<usize> {
        let mut indexes: Vec<usize> = (0..total).collect();
        let count = count.min(total);
        for position in 0..count {
            let other = position + self.below(total - position);
            indexes.swap(position, other);
        }
        indexes.truncate(count);
        indexes.sort_unstable();
        indexes
    }

    /// A GUID in the usual form, as Entra uses for its object ids.
    pub(crate) fn guid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            0x8000 | ((low >> 48) & 0x3fff),
            low & 0xffff_ffff_ffff
        )
    }

    /// `length` letters and digits after `prefix`, as Okta uses for its ids.
    pub(crate) fn identifier(&mut self, prefix: &str, length: usize) -> String {
        const LETTERS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let mut identifier = prefix.to_owned();
        for _ in 0..length {
            let letter = LETTERS.get(self.below(LETTERS.len())).copied().unwrap_or(b'0');
            identifier.push(char::from(letter));
        }
        identifier
    }
}

#[cfg(test)]
mod tests {
    use super::Choices;

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let mut one = Choices::new(7, "people");
        let mut two = Choices::new(7, "people");
        let mut other = Choices::new(7, "groups");
        assert_eq!(one.guid(), two.guid());
        assert_ne!(one.guid(), other.guid());
    }

    #[test]
    fn the_stream_never_changes_between_releases() {
        assert_eq!(Choices::new(1, "people").guid(), "c92e68f4-2215-432e-893e-9c765b535f75");
    }

    #[test]
    fn a_sample_has_different_indexes_in_order() {
        let sample = Choices::new(3, "sample").sample(50, 60);
        assert_eq!(sample.len(), 50);
        assert!(sample.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(sample.iter().all(|index| *index < 60));
        assert_eq!(Choices::new(3, "sample").sample(9, 4), vec![0, 1, 2, 3]);
    }
}
