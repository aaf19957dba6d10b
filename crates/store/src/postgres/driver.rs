//! Who moves what a connection sends and receives.

use std::future::Future;
use std::io;
use std::time::Duration;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::wait::wait;

/// How long a connection that is not needed any more may take to say goodbye.
const GOODBYE: Duration = Duration::from_millis(100);

/// Who drives a connection.
pub(super) enum Driver {
    /// A thread that drives others as well: callers may wait for answers on any thread.
    Shared(Handle),
    /// Whoever waits for an answer. It saves two changes of threads for each, but all of them have to be waited for on one thread, and
    /// that has to be of no runtime.
    Waiting { runtime: Runtime, task: Option<JoinHandle<()>> },
}

impl Driver {
    /// # Errors
    /// The system gives no descriptors.
    pub(super) fn waiting() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self::Waiting { runtime, task: None })
    }

    /// Begins to drive a connection.
    pub(super) fn drive(&mut self, connection: impl Future<Output = ()> + Send + 'static) {
        match self {
            Self::Shared(handle) => drop(handle.spawn(connection)),
            Self::Waiting { runtime, task } => *task = Some(runtime.spawn(connection)),
        }
    }

    /// What the future gives, if it does in time; without a limit, when it does.
    pub(super) fn wait<T>(&self, limit: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
        match (self, limit) {
            (Self::Shared(_), limit) => wait(limit, future),
            (Self::Waiting { runtime, .. }, None) => Some(runtime.block_on(future)),
            (Self::Waiting { runtime, .. }, Some(limit)) => {
                runtime.block_on(async { timeout(limit, future).await.ok() })
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if let Self::Waiting { runtime, task: Some(task) } = self
            && Handle::try_current().is_err()
        {
            runtime.block_on(async { timeout(GOODBYE, task).await.ok() });
        }
    }
}
