//! `GET /api/v1/openapi.json` and `.yaml`: what this surface has, for generators and readers (OpenAPI 3.1). It tells nothing of the
//! instance but its address and needs no token.

use std::sync::OnceLock;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::App;
use crate::openapi::{self, Answer, Routes, Sketch, op};

/// The texts of the document for one instance: each is written when it is first asked for, and once.
#[derive(Default)]
pub(crate) struct Texts {
    json: OnceLock<Bytes>,
    yaml: OnceLock<Bytes>,
}

/// The document as JSON.
pub(crate) struct AsJson(Bytes);

/// The document as YAML (RFC 9512).
pub(crate) struct AsYaml(Bytes);

impl IntoResponse for AsJson {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

impl IntoResponse for AsYaml {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/yaml")], self.0).into_response()
    }
}

impl Answer for AsJson {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives::<serde_json::Map<String, serde_json::Value>>("application/json");
    }
}

impl Answer for AsYaml {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives::<serde_json::Map<String, serde_json::Value>>("application/yaml");
    }
}

fn server(app: &App) -> String {
    format!("{}/api/v1", app.service().public_url())
}

/// As JSON.
pub(crate) async fn json(State(app): State<App>) -> AsJson {
    AsJson(app.document().json.get_or_init(|| openapi::json(&server(&app)).into()).clone())
}

/// As YAML.
pub(crate) async fn yaml(State(app): State<App>) -> AsYaml {
    AsYaml(app.document().yaml.get_or_init(|| openapi::yaml(&server(&app)).into()).clone())
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Document")
        .get(
            "/openapi.json",
            json,
            op("readDocumentAsJson", "Read this document as JSON").ok("This document"),
        )
        .get("/openapi.yaml", yaml, op("readDocument", "Read this document").ok("This document"))
}
