//! `GET /api/v1/openapi.yaml`: what this surface has, for generators and readers (OpenAPI 3.1). It tells nothing of the
//! instance and needs no token.

use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

/// The document.
pub(crate) const DOCUMENT: &str = include_str!("../../../../docs/openapi/admin.yaml");

/// The document as YAML (RFC 9512).
pub(crate) async fn openapi() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/yaml")], DOCUMENT)
}
