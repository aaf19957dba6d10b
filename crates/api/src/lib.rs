//! HTTP: `/scim/v2` for identity providers, `/api/v1` for applications, health for operators, and the server that carries
//! them.
//!
//! A request passes the edge (once for everything: request id, size of the head, time limit, panic, log), is
//! matched in one table of routes, is authenticated by an extractor (a handler cannot be written without saying who calls),
//! and ends in a use case of [`enroll_service`]. This crate decides nothing about users and groups and knows no SQL; it reads
//! what stands in a request and writes what stands in an answer. Each surface has one error type: SCIM errors
//! (RFC 7644 §3.12) below `/scim`, also for what the server itself refuses, and problem details (RFC 9457) elsewhere.
//!
//! ```no_run
//! # async fn run(service: enroll_service::Service) -> std::io::Result<()> {
//! let server = enroll_api::Server::new(service, enroll_api::HttpConfig::default());
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! server.serve(listener, async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await
//! # }
//! ```

mod api;
mod app;
mod config;
mod drain;
mod edge;
mod health;
mod local;
mod metrics;
mod network;
mod oidc;
mod openapi;
mod parse;
mod rate_limit;
mod reference;
mod routes;
mod saml;
mod scim;
mod serve;
mod server;
mod session_cookie;
mod surface;

pub(crate) use app::App;
pub use config::{HttpConfig, RateLimit};
pub(crate) use drain::Drain;
pub use local::{LocalAnswer, LocalApi};
pub use network::{InvalidNetwork, Network};
pub use server::{MetricsServer, Server};
pub use session_cookie::set_session_cookie;
