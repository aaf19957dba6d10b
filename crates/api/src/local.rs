//! The API for the program at the command line, which has the database itself: without a socket and without a token.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use bytes::Bytes;
use enroll_domain::audit::Actor;
use enroll_outbound::AllowedNetworks;
use enroll_service::Service;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::{HttpConfig, Server};

/// Somebody who could change the database without being asked: no request from the network has this, it is put into requests by
/// [`LocalApi`] alone.
#[derive(Debug, Clone)]
pub(crate) struct LocalCaller {
    pub(crate) actor: Actor,
    /// Whether changes are made although an organization or the server is left without anybody in charge.
    pub(crate) force: bool,
}

/// `/api/v1` in the same process, for whoever may read and write the database file anyway.
#[derive(Debug, Clone)]
pub struct LocalApi {
    router: Router,
    caller: LocalCaller,
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct LocalAnswer {
    /// The status.
    pub status: StatusCode,
    /// The body, JSON or nothing.
    pub body: Bytes,
}

impl LocalApi {
    /// The API on a service; the audit trail names `actor`. With `force`, changes are made although the server loses its last
    /// admin, or an organization its last owner (enrollment.md 2.8).
    /// `networks` are those that are not public and may be asked for metadata.
    pub fn new(service: Service, actor: Actor, force: bool, networks: AllowedNetworks) -> Self {
        let config = HttpConfig {
            rate_limit: None,
            address_limit: None,
            outbound_networks: networks,
            ..HttpConfig::default()
        };
        Self { router: Server::new(service, config).router(), caller: LocalCaller { actor, force } }
    }

    /// Sends a request and waits for the answer. `target` is the path below `/api/v1` with its query; `body` is JSON.
    ///
    /// # Errors
    /// When the target is none, or the answer cannot be read to its end.
    pub async fn send(
        &self,
        method: Method,
        target: &str,
        body: Option<Vec<u8>>,
    ) -> Result<LocalAnswer, axum::Error> {
        let response = self.answer(method, target, body).await?;
        let status = response.status();
        Ok(LocalAnswer { status, body: to_bytes(response.into_body(), usize::MAX).await? })
    }

    /// Reads an answer that is too large to be held, piece by piece. The answer that is given back has the body of a refusal.
    ///
    /// # Errors
    /// As [`LocalApi::send`], and what `piece` gives.
    pub async fn download(
        &self,
        target: &str,
        piece: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> Result<LocalAnswer, axum::Error> {
        let response = self.answer(Method::GET, target, None).await?;
        let status = response.status();
        let mut body = response.into_body();
        if !status.is_success() {
            return Ok(LocalAnswer { status, body: to_bytes(body, usize::MAX).await? });
        }
        while let Some(frame) = body.frame().await {
            if let Ok(bytes) = frame?.into_data() {
                piece(&bytes).map_err(axum::Error::new)?;
            }
        }
        Ok(LocalAnswer { status, body: Bytes::new() })
    }

    async fn answer(
        &self,
        method: Method,
        target: &str,
        body: Option<Vec<u8>>,
    ) -> Result<Response, axum::Error> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{target}"))
            .header(CONTENT_TYPE, "application/json")
            .extension(self.caller.clone())
            .body(body.map_or_else(Body::empty, Body::from))
            .map_err(axum::Error::new)?;
        match self.router.clone().oneshot(request).await {
            Ok(response) => Ok(response),
            Err(never) => match never {},
        }
    }
}
