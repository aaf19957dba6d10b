//! A receiver of webhooks that answers as it is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response};
use serde_json::Value;

/// How a receiver answers.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// With a status and perhaps a header.
    Status(u16, Option<(&'static str, String)>),
    /// Never.
    Silence,
    /// 204, after a while.
    Slow(Duration),
    /// 200, with this body.
    Document(String),
    /// 200, and a body without an end.
    Endless,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Inner {
    received: Vec<Received>,
    /// The next answers; afterwards 204.
    answers: VecDeque<Answer>,
}

#[derive(Clone, Default)]
pub(crate) struct Receiver {
    inner: Arc<Mutex<Inner>>,
    pub(crate) url: String,
}

impl Receiver {
    pub(crate) async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let inner = Inner { answers: answers.into_iter().collect(), ..Inner::default() };
        let receiver = Self {
            inner: Arc::new(Mutex::new(inner)),
            url: format!("http://{}/hook", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(take).with_state(receiver.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        receiver
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.inner.lock().unwrap().received.clone()
    }

    /// Waits until so many requests have come; gives them.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let received = self.received();
            if received.len() >= count {
                return received;
            }
            let waited = begun.elapsed();
            assert!(waited < Duration::from_secs(30), "{} of {count} have come", received.len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let answer = {
        let mut inner = receiver.inner.lock().unwrap();
        inner.received.push(Received { headers, body: String::from_utf8(body.to_vec()).unwrap() });
        inner.answers.pop_front().unwrap_or(Answer::Status(204, None))
    };
    match answer {
        Answer::Status(status, header) => {
            let mut response = Response::builder().status(status);
            if let Some((name, value)) = header {
                response = response.header(name, value);
            }
            response.body(Body::from("because")).unwrap()
        }
        Answer::Document(text) => Response::new(Body::from(text)),
        Answer::Slow(time) => {
            tokio::time::sleep(time).await;
            Response::builder().status(204).body(Body::empty()).unwrap()
        }
        Answer::Silence => std::future::pending().await,
        Answer::Endless => {
            let chunks = futures_util::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 1024]));
            Response::new(Body::from_stream(chunks))
        }
    }
}
