//! Where receipts are verified: on all cores, off the async threads. What holds goes straight on to the sequencer, so that
//! an async thread wakes once for a receipt, when its answer is there.

use std::{
    io,
    panic::{self, AssertUnwindSafe},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver, SyncSender},
    },
    thread,
};

/// Most receipts that wait for a core: more than there are connections. At 32 KiB each this is the memory that a flood can take.
const QUEUE: usize = 1024;

type Work = Box<dyn FnOnce() + Send>;

/// Threads that verify, one for each core: more at a time would only wait for each other.
pub(crate) struct Intake(SyncSender<Work>);

/// There is no place in the queue.
pub(crate) struct Full;

impl Intake {
    /// Starts the threads; they end when the last handle is dropped.
    pub(crate) fn start() -> io::Result<Self> {
        let (queue, work) = mpsc::sync_channel(QUEUE);
        let work = Arc::new(Mutex::new(work));
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            let work = Arc::clone(&work);
            thread::Builder::new()
                .name("verify".to_owned())
                .spawn(move || while next(&work) {})?;
        }
        Ok(Self(queue))
    }

    /// Has `work` done on one of the threads. A panic ends the work alone.
    pub(crate) fn run(&self, work: impl FnOnce() + Send + 'static) -> Result<(), Full> {
        self.0.try_send(Box::new(work)).map_err(|_| Full)
    }
}

/// Does the next piece of work; false when there will be none.
fn next(queue: &Mutex<Receiver<Work>>) -> bool {
    // One thread waits in the queue, the others for their turn to wait.
    let work = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
    let Ok(work) = work else { return false };
    if panic::catch_unwind(AssertUnwindSafe(work)).is_err() {
        tracing::error!("a verification panicked");
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_done_also_after_a_panic() {
        let intake = Intake::start().unwrap();
        let (done, doing) = mpsc::channel();
        for number in 0..20 {
            let done = done.clone();
            let work = move || {
                assert!(number % 2 == 0, "an odd number");
                done.send(number).unwrap();
            };
            assert!(intake.run(work).is_ok());
        }
        drop(done);
        let mut numbers: Vec<_> = doing.iter().collect();
        numbers.sort_unstable();
        assert_eq!(numbers, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
    }

    #[test]
    fn a_flood_is_told_that_there_is_no_place() {
        let intake = Intake::start().unwrap();
        let gate = Arc::new(Mutex::new(()));
        let closed = gate.lock().unwrap();
        let refused = (0..2 * QUEUE).filter(|_| {
            let gate = Arc::clone(&gate);
            intake.run(move || drop(gate.lock())).is_err()
        });
        assert!(refused.count() >= QUEUE / 2);
        drop(closed);
    }
}
