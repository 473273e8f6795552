//! A tape of random numbers that generators read, unrolled from one seed. Each rule, node, user and request has its own, so
//! that proptest shrinks a case by leaving them out one by one, without knowing what they are.

/// What one thing is made from.
pub(crate) type Seed = u64;

/// The numbers of a seed.
pub(crate) struct Tape(u64);

impl Tape {
    pub(crate) const fn new(seed: Seed) -> Self {
        Self(seed)
    }

    /// Another tape of the same seed: what is read from one does not move the other.
    pub(crate) const fn second(seed: Seed) -> Self {
        Self(seed ^ 0x5bd1_e995_9e37_79b9)
    }

    /// SplitMix64.
    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A seed of its own for something else.
    pub(crate) const fn word(&mut self) -> Seed {
        self.next()
    }

    /// A number below `n`.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        let word = usize::try_from(self.next() >> 33).unwrap_or(0);
        if n == 0 { 0 } else { word % n }
    }

    /// True in so many cases of 100.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list.
    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> Option<&'l T> {
        list.get(self.below(list.len()))
    }

    /// One of a list that is not empty.
    pub(crate) fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }
}
