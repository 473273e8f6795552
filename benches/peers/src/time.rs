//! How long decisions take.
//!
//! 1. [`agreement`] asks everything once and compares with what is right; what differs is never timed.
//! 2. [`measure`] times each request by itself: batches long enough that reading the clock costs nothing, and of
//!    [`BATCHES`] of them the median. Median and 99th percentile are over requests.
//! 3. Then all requests in turn, so that branches and caches are not warm for one of them: the time of a decision is
//!    that of the fastest round.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How many batches each request gets.
const BATCHES: usize = 7;

/// How long a batch shall last.
const BATCH: Duration = Duration::from_micros(10);

/// All that one engine may take for the timing of one cell.
const BUDGET: Duration = Duration::from_secs(8);

/// Times in nanoseconds.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    pub median: f64,
    pub p99: f64,
    pub turn: f64,
}

/// What came of asking everything once.
#[derive(Debug, Clone, Copy)]
pub enum Agreement {
    /// All answers are right; asking took so long.
    All(Duration),
    /// So many answers are wrong.
    Wrong(usize),
    /// Asking all would take longer than is allowed: about so long.
    TooSlow(Duration),
}

/// Asks everything once, up to a limit of time.
pub fn agreement(right: &[bool], limit: Duration, mut ask: impl FnMut(usize) -> bool) -> Agreement {
    let start = Instant::now();
    let mut wrong = 0;
    for (ix, &expected) in right.iter().enumerate() {
        wrong += usize::from(ask(ix) != expected);
        let spent = start.elapsed();
        if spent > limit && ix + 1 < right.len() {
            return Agreement::TooSlow(spent.mul_f64(right.len() as f64 / (ix + 1) as f64));
        }
    }
    match wrong {
        0 => Agreement::All(start.elapsed()),
        wrong => Agreement::Wrong(wrong),
    }
}

/// Times `count` requests; asking all of them once is known to take `once`.
pub fn measure(count: usize, once: Duration, mut ask: impl FnMut(usize) -> bool) -> Times {
    let batches = BATCHES.min((BUDGET.as_secs_f64() / once.as_secs_f64()) as usize).max(1);
    let mut each: Vec<f64> = (0..count).map(|ix| single(batches, || ask(black_box(ix)))).collect();
    each.sort_unstable_by(f64::total_cmp);
    Times {
        median: each[count / 2],
        p99: each[count * 99 / 100],
        turn: in_turn(count, once, ask),
    }
}

/// The time of one request: the median of its batches.
fn single(batches: usize, mut ask: impl FnMut() -> bool) -> f64 {
    let mut size = 1;
    let mut taken = batch(size, &mut ask);
    while taken * f64::from(size) < BATCH.as_nanos() as f64 && size < 1 << 16 {
        size *= 2;
        taken = batch(size, &mut ask);
    }
    let mut times: Vec<f64> = (1..batches).map(|_| batch(size, &mut ask)).collect();
    times.push(taken);
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

fn batch(size: u32, mut ask: impl FnMut() -> bool) -> f64 {
    let start = Instant::now();
    for _ in 0..size {
        black_box(ask());
    }
    start.elapsed().as_nanos() as f64 / f64::from(size)
}

fn in_turn(count: usize, once: Duration, mut ask: impl FnMut(usize) -> bool) -> f64 {
    let rounds = ((BUDGET.as_secs_f64() / 20.0 / once.as_secs_f64()) as usize).clamp(1, 200);
    let round = |_| {
        let start = Instant::now();
        for ix in 0..count {
            black_box(ask(black_box(ix)));
        }
        start.elapsed().as_nanos() as f64 / count as f64
    };
    (0..rounds).map(round).fold(f64::INFINITY, f64::min)
}
