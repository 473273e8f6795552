//! How long decisions take.
//!
//! 1. [`Running::check`] asks everything once, from handles and from strings, and compares with what is right; an engine
//!    that answers wrongly is never timed.
//! 2. [`Running::round`] times each request by itself, in batches long enough that reading the clock costs nothing, and
//!    then all requests in turn, each time in another order, so that branches are not learnt by heart. The engines take
//!    turns at rounds, so that neighbours on a shared machine disturb all of them alike; of each request, and of all in
//!    turn, the least time counts.
//! 3. [`Running::times`]: median and 99th percentile over requests, and the mean of all in turn.

use std::hint::black_box;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::apps::Ask;
use crate::engine::Engine;

/// How many rounds there are at most.
pub const ROUNDS: usize = 15;

/// How long a batch shall last: several decisions also of the slower engines, or they alone would be asked cold.
const BATCH: Duration = Duration::from_micros(50);

/// How long all requests are asked in turn.
const TURN: Duration = Duration::from_millis(3);

/// An engine that has used so much gets no further round.
const BUDGET: Duration = Duration::from_secs(3);

/// How long asking everything once may take.
const LIMIT: Duration = Duration::from_secs(30);

/// After so many requests it can be told how long all of them will take.
const ENOUGH: usize = 25;

/// Times in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    pub median: f64,
    pub p99: f64,
    pub turn: f64,
}

/// What is known of one way of asking.
struct Mode {
    /// The least time of each request.
    each: Vec<f64>,
    /// How often each request is asked in a batch.
    sizes: Vec<u32>,
    /// The least mean of all in turn.
    turn: f64,
}

/// An engine being timed.
pub struct Running<'c, E: Engine> {
    engine: E,
    handles: Vec<E::Handle>,
    asks: &'c [Ask],
    /// Interned, then strings.
    modes: [Mode; 2],
    spent: Duration,
}

/// An engine being timed, whichever it is.
pub trait Timed {
    /// Asks everything once; tells what is wrong.
    fn check(&mut self, right: &[bool]) -> Result<(), String>;

    /// Times everything once, if there is time left.
    fn round(&mut self);

    /// What was measured.
    fn times(&self) -> [Times; 2];
}

impl<'c, E: Engine> Running<'c, E> {
    /// An engine with its requests prepared.
    pub fn new(engine: E, asks: &'c [Ask]) -> Self {
        let mode = || Mode {
            each: vec![f64::INFINITY; asks.len()],
            sizes: Vec::new(),
            turn: f64::INFINITY,
        };
        Self {
            handles: asks.iter().map(|ask| engine.prepare(ask)).collect(),
            engine,
            asks,
            modes: [mode(), mode()],
            spent: Duration::ZERO,
        }
    }
}

impl<E: Engine> Timed for Running<'_, E> {
    fn check(&mut self, right: &[bool]) -> Result<(), String> {
        let (engine, handles, asks) = (&mut self.engine, &self.handles, self.asks);
        let [interned, strings] = &mut self.modes;
        self.spent += interned.check(right, |ix| engine.interned(&handles[ix]))?;
        self.spent += strings.check(right, |ix| engine.strings(&asks[ix]))?;
        Ok(())
    }

    fn round(&mut self) {
        if self.spent > BUDGET {
            return;
        }
        let start = Instant::now();
        let (engine, handles, asks) = (&mut self.engine, &self.handles, self.asks);
        let [interned, strings] = &mut self.modes;
        interned.round(|ix| engine.interned(&handles[ix]));
        strings.round(|ix| engine.strings(&asks[ix]));
        self.spent += start.elapsed();
    }

    fn times(&self) -> [Times; 2] {
        [0, 1].map(|mode| self.modes[mode].times())
    }
}

impl Mode {
    fn check(&mut self, right: &[bool], mut ask: impl FnMut(usize) -> bool) -> Result<Duration, String> {
        let (start, count) = (Instant::now(), right.len());
        let mut wrong = 0;
        for (ix, &expected) in right.iter().enumerate() {
            let before = Instant::now();
            wrong += usize::from(ask(ix) != expected);
            self.each[ix] = before.elapsed().as_nanos() as f64;
            let spent = start.elapsed();
            let all = spent.mul_f64(count as f64 / (ix + 1) as f64);
            if spent > LIMIT || ix == ENOUGH && all > LIMIT * 2 {
                return Err(format!("over budget: {count} requests would take {all:.0?}"));
            }
        }
        if wrong > 0 {
            return Err(format!("{wrong} of {count} answers wrong"));
        }
        self.turn = self.each.iter().sum::<f64>() / count as f64;
        Ok(start.elapsed())
    }

    fn round(&mut self, mut ask: impl FnMut(usize) -> bool) {
        let count = self.each.len();
        if self.sizes.is_empty() {
            self.sizes = (0..count).map(|ix| size(|| ask(black_box(ix)))).collect();
        }
        for (ix, least) in self.each.iter_mut().enumerate() {
            *least = least.min(batch(self.sizes[ix], || ask(black_box(ix))));
        }
        self.in_turn(&mut ask);
    }

    /// All requests, several times if that is quickly done.
    fn in_turn(&mut self, mut ask: impl FnMut(usize) -> bool) {
        let begin = Instant::now();
        let mut order: Vec<usize> = (0..self.each.len()).collect();
        while begin.elapsed() < TURN {
            Rng::new().shuffle(&mut order);
            let start = Instant::now();
            for &ix in &order {
                black_box(ask(ix));
            }
            self.turn = self.turn.min(start.elapsed().as_nanos() as f64 / order.len() as f64);
        }
    }

    fn times(&self) -> Times {
        let mut each = self.each.clone();
        each.sort_unstable_by(f64::total_cmp);
        Times {
            median: each[each.len() / 2],
            p99: each[each.len() * 99 / 100],
            turn: self.turn,
        }
    }
}

/// How often a request is to be asked for a batch to last long enough.
fn size(mut ask: impl FnMut() -> bool) -> u32 {
    let mut size = 1;
    while batch(size, &mut ask) * f64::from(size) < BATCH.as_nanos() as f64 && size < 1 << 16 {
        size *= 2;
    }
    size
}

/// The mean time of so many calls.
fn batch(size: u32, mut ask: impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    for _ in 0..size {
        black_box(ask());
    }
    start.elapsed().as_nanos() as f64 / f64::from(size)
}
