//! A run that goes on, as the program sees it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::error::Error;
use crate::progress::{Progress, Report};

/// Seq and version of an outcome that was handed out.
pub(super) type Handed = (i64, i64);

/// A run that goes on. As a stream it tells its [`Progress`]; what is not taken holds it up.
///
/// An outcome counts as handed out when the next item is asked for: if the program dies while it works on
/// one, the next run hands it out again. Dropping it interrupts the run.
#[derive(Debug)]
pub struct Running {
    receiver: mpsc::Receiver<(Progress, Option<Handed>)>,
    done: mpsc::UnboundedSender<Handed>,
    last: Option<Handed>,
    interrupt: watch::Sender<bool>,
    work: JoinHandle<Result<Report, Error>>,
}

impl Running {
    pub(super) fn new(
        receiver: mpsc::Receiver<(Progress, Option<Handed>)>,
        done: mpsc::UnboundedSender<Handed>,
        interrupt: watch::Sender<bool>,
        work: JoinHandle<Result<Report, Error>>,
    ) -> Self {
        Self { receiver, done, last: None, interrupt, work }
    }

    /// What it tells next; `None` at its end.
    pub async fn next(&mut self) -> Option<Progress> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Whoever asks for the next is done with the last.
    fn acknowledge(&mut self) {
        if let Some(last) = self.last.take() {
            // Without a runner it comes again.
            let _ = self.done.send(last);
        }
    }

    /// Sends nothing more, lets calls that are on their way come to their end, and ends. The next run goes
    /// on.
    pub fn interrupt(&self) {
        let _ = self.interrupt.send(true);
    }

    /// Waits for the end, whatever it tells meanwhile.
    ///
    /// # Errors
    ///
    /// What has ended the run before its time: [`Error::PlanRefused`], [`Error::Client`] for what does not
    /// pass by itself, [`Error::Ledger`]. Nothing is lost: the next run goes on.
    pub async fn finish(mut self) -> Result<Report, Error> {
        while self.next().await.is_some() {}
        match (&mut self.work).await {
            Ok(report) => report,
            Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            Err(_) => Ok(Report { is_interrupted: true, ..Report::default() }),
        }
    }
}

impl Stream for Running {
    type Item = Progress;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Progress>> {
        self.acknowledge();
        let item = ready!(self.receiver.poll_recv(context));
        Poll::Ready(item.map(|(progress, handed)| {
            self.last = handed;
            progress
        }))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.interrupt.send(true);
    }
}
