//! The server: takes connections, keeps slow and idle clients from costing anything, and leaves without cutting an answer.

mod activity;
mod connection;
mod watched;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::{Drain, HttpConfig};

/// How long clients with open connections may go on using them before idle ones are closed: each answer in that time asks its
/// client to close, so that no client sends a request into a connection that is being closed under it (R15).
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until `shutdown` is done, then leaves in this order: not ready; no new connections; running requests finish, for at
/// most `drain_time`.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    config: Arc<HttpConfig>,
    drain: Drain,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let mut server = Server {
        listener,
        router,
        permits: Arc::new(Semaphore::new(config.max_connections)),
        config,
        drain,
        connections: JoinSet::new(),
    };
    server.until(shutdown).await;
    server.drain.begin();
    server.until(tokio::time::sleep(server.config.drain_notice)).await;
    server.leave().await;
    Ok(())
}

struct Server {
    listener: TcpListener,
    router: Router,
    permits: Arc<Semaphore>,
    config: Arc<HttpConfig>,
    drain: Drain,
    connections: JoinSet<()>,
}

impl Server {
    /// Takes connections until `end`.
    async fn until(&mut self, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        loop {
            tokio::select! {
                biased;
                () = &mut end => return,
                Some(_) = self.connections.join_next() => {}
                accepted = accept(&self.listener, &self.permits) => self.take(accepted),
            }
        }
    }

    fn take(&mut self, (stream, permit): (TcpStream, tokio::sync::OwnedSemaphorePermit)) {
        let (router, config, drain) = (self.router.clone(), Arc::clone(&self.config), self.drain.clone());
        let permits = Arc::clone(&self.permits);
        self.connections.spawn(async move {
            connection::serve(stream, router, &config, &drain, &permits).await;
            drop(permit);
        });
    }

    /// Takes what already stands in the accept queue, closes the door, and waits for running requests.
    async fn leave(mut self) {
        while let Ok(accepted) =
            tokio::time::timeout(Duration::ZERO, accept(&self.listener, &self.permits)).await
        {
            self.take(accepted);
        }
        drop(self.listener);
        let connections = &mut self.connections;
        let drain = &self.drain;
        let orderly = async {
            let farewell = async { while connections.join_next().await.is_some() {} };
            if tokio::time::timeout(FAREWELL, farewell).await.is_err() {
                drain.close_idle();
                while connections.join_next().await.is_some() {}
            }
        };
        if tokio::time::timeout(self.config.drain_time, orderly).await.is_err() {
            tracing::warn!(
                connections = self.connections.len(),
                "left with requests unfinished: their time was up"
            );
        }
    }
}

/// The next connection, as soon as one may be open.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, tokio::sync::OwnedSemaphorePermit) {
    loop {
        // The semaphore is never closed.
        let Ok(permit) = Arc::clone(permits).acquire_owned().await else { std::future::pending().await };
        match listener.accept().await {
            Ok((stream, _address)) => return (stream, permit),
            Err(error) if is_of_the_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be taken just now");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Whether the connection was gone before it was taken. Anything else, such as too many open files, lasts a while.
fn is_of_the_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
