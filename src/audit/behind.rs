//! Batches of rows written on a thread of their own, in their order, while the rows behind them are made.

use std::io;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// So many batches wait at most, beside the one that is made and the one that is written.
const WAITING: usize = 1;

/// Where batches go.
pub(super) trait Sink: Send + 'static {
    /// What is written at once.
    type Batch: Send + 'static;

    /// Writes a batch.
    fn write(&mut self, batch: Self::Batch) -> io::Result<()>;
    /// How many bytes are written.
    fn len(&self) -> u64;
    /// Writes what stands behind all batches.
    fn finish(self) -> io::Result<()>;
}

/// What is done when all before it is written; it is told how many bytes that are.
type Then = Box<dyn FnOnce(u64) -> io::Result<()> + Send>;

enum Job<B> {
    Write(B),
    Then(Then),
    Finish,
}

/// A thread that writes; whoever drops it waits for it.
pub(super) struct Behind<B> {
    /// `None` when there is nothing more to come.
    jobs: Option<SyncSender<Job<B>>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl<B: Send + 'static> Behind<B> {
    pub(super) fn new(sink: impl Sink<Batch = B>) -> io::Result<Self> {
        let (jobs, todo) = sync_channel(WAITING);
        let thread = thread::Builder::new().name("audit writer".to_owned());
        Ok(Self {
            jobs: Some(jobs),
            thread: Some(thread.spawn(move || work(sink, &todo))?),
        })
    }

    /// Writes a batch, soon.
    ///
    /// # Errors
    ///
    /// Those of writing, of this batch or of one before it.
    pub(super) fn write(&mut self, batch: B) -> io::Result<()> {
        self.give(Job::Write(batch))
    }

    /// Does something when all before it is written.
    ///
    /// # Errors
    ///
    /// As [`Self::write`]; those of what is done come later.
    pub(super) fn then(&mut self, then: impl FnOnce(u64) -> io::Result<()> + Send + 'static) -> io::Result<()> {
        self.give(Job::Then(Box::new(then)))
    }

    /// Waits until all is written.
    ///
    /// # Errors
    ///
    /// Those of all that was given.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.give(Job::Finish)?;
        self.join()
    }

    /// The thread takes no more only if something failed.
    fn give(&mut self, job: Job<B>) -> io::Result<()> {
        match self.jobs.as_ref().map(|jobs| jobs.send(job)) {
            Some(Ok(())) => Ok(()),
            _ => Err(self
                .join()
                .err()
                .unwrap_or_else(|| io::Error::other("writing failed before"))),
        }
    }

    fn join(&mut self) -> io::Result<()> {
        self.jobs = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Err(panic)) => resume_unwind(panic),
            Some(Ok(outcome)) => outcome,
            None => Ok(()),
        }
    }
}

impl<B> Drop for Behind<B> {
    fn drop(&mut self) {
        self.jobs = None;
        // Whoever drops it before the end has been told of an error, or wants no more of it.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

fn work<S: Sink>(mut sink: S, todo: &Receiver<Job<S::Batch>>) -> io::Result<()> {
    for job in todo {
        match job {
            Job::Write(batch) => sink.write(batch)?,
            Job::Then(then) => then(sink.len())?,
            Job::Finish => return sink.finish(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes so many numbers and fails at the next.
    struct Few {
        left: usize,
        taken: Arc<Mutex<Vec<u64>>>,
    }

    impl Sink for Few {
        type Batch = u64;

        fn write(&mut self, batch: u64) -> io::Result<()> {
            self.left = self.left.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            self.taken.lock().expect("nobody fails").push(batch);
            Ok(())
        }

        fn len(&self) -> u64 {
            self.taken.lock().expect("nobody fails").len() as u64
        }

        fn finish(self) -> io::Result<()> {
            self.taken.lock().expect("nobody fails").push(u64::MAX);
            Ok(())
        }
    }

    fn few(left: usize) -> (Behind<u64>, Arc<Mutex<Vec<u64>>>) {
        let taken = Arc::default();
        let sink = Few {
            left,
            taken: Arc::clone(&taken),
        };
        (Behind::new(sink).expect("there is a thread"), taken)
    }

    #[test]
    fn what_is_to_be_done_then_is_done_behind_what_stands_before_it() {
        let (mut behind, taken) = few(100);
        for number in 0..100 {
            behind.write(number).expect("there is room");
            if number % 10 == 9 {
                let taken = Arc::clone(&taken);
                let note = move |len| {
                    let mut taken = taken.lock().expect("nobody fails");
                    assert_eq!(taken.len() as u64, len);
                    taken.push(1_000 + len);
                    Ok(())
                };
                behind.then(note).expect("there is room");
            }
        }
        behind.finish().expect("all was taken");
        let tens = (0..10u64).flat_map(|ten| (ten * 10..ten * 10 + 10).chain([1_000 + ten * 11 + 10]));
        let all: Vec<u64> = tens.chain([u64::MAX]).collect();
        assert_eq!(*taken.lock().expect("nobody fails"), all);
    }

    /// The error comes with one of the next batches, or at the end; nothing is done behind it.
    #[test]
    fn an_error_is_told_once_and_ends_all() {
        for batches in 1..6 {
            let (mut behind, taken) = few(0);
            let given = (0..batches).find_map(|number| behind.write(number).err());
            let noted = Arc::clone(&taken);
            let note = move |_| {
                noted.lock().expect("nobody fails").push(0);
                Ok(())
            };
            let all = [given, behind.then(note).err(), behind.finish().err()];
            let full = |error: &&io::Error| error.kind() == io::ErrorKind::StorageFull;
            assert_eq!(all.iter().flatten().filter(full).count(), 1, "{all:?}");
            assert!(all[2].is_some(), "{all:?}");
            assert!(taken.lock().expect("nobody fails").is_empty());
        }
    }

    #[test]
    fn an_error_of_what_is_done_then_is_told() {
        let (mut behind, _) = few(1);
        let fails = |_| Err(io::ErrorKind::Interrupted.into());
        behind.then(fails).expect("it is told later");
        let error = behind.finish().expect_err("it was told");
        assert_eq!(error.kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn what_is_dropped_before_the_end_is_not_ended() {
        let (mut behind, taken) = few(1);
        behind.write(7).expect("there is room");
        drop(behind);
        assert_eq!(*taken.lock().expect("nobody fails"), [7]);
    }
}
