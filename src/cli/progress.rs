//! How far long work is, on a terminal; in a pipe nothing is shown.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of users, which hides itself in a pipe.
pub(super) fn of_users(count: usize) -> ProgressBar {
    let template = "{wide_bar} {human_pos} of {human_len} users, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(count as u64).with_style(style)
}

/// Does some work while a bar shows how many of `bytes` are done.
pub(super) fn watch<T>(what: &'static str, bytes: u64, done: &AtomicU64, work: impl FnOnce() -> T) -> T {
    if !std::io::stderr().is_terminal() {
        return work();
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| show(what, bytes, done, &over));
        let result = work();
        over.store(true, Ordering::Relaxed);
        result
    })
}

fn show(what: &'static str, bytes: u64, done: &AtomicU64, over: &AtomicBool) {
    let template = "{msg} {wide_bar} {bytes} of {total_bytes}, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(bytes).with_style(style).with_message(what);
    while !over.load(Ordering::Relaxed) {
        // A table with attributes is read twice.
        bar.set_position(done.load(Ordering::Relaxed).min(bytes));
        std::thread::sleep(Duration::from_millis(100));
    }
    bar.finish_and_clear();
}
