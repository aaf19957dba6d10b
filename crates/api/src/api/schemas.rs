//! `/api/v1/directories/{directory}/schemas`: schemas and resource types beside those of the RFCs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_service::CustomSchemas;
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::TextBody;
use crate::App;
use crate::openapi::{Routes, op};

/// Schemas and resource types to be registered: also one of them alone, a list of them, or what `/Schemas` and `/ResourceTypes` of a
/// SCIM server answer.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NewDefinitions")]
#[expect(dead_code, reason = "describes what the use case reads by rules of its own")]
pub(crate) struct Definitions {
    /// Schemas (RFC 7643 §7).
    #[schemars(default)]
    schemas: Vec<Map<String, Value>>,
    /// Resource types (RFC 7643 §6).
    #[schemars(default)]
    resource_types: Vec<Map<String, Value>>,
}

/// What the directory has defined.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<CustomSchemas>, Problem> {
    Ok(Json(app.service().custom_schemas(&directory).await?))
}

/// Registers what the body defines, whole or not at all, and answers with all that the directory has defined then.
pub(crate) async fn register(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    TextBody(body, _): TextBody<Definitions>,
) -> Result<Json<CustomSchemas>, Problem> {
    Ok(Json(caller.service.register_schemas(&directory, &body).await?))
}

/// Removes a schema, by its URN, or a resource type, by its name.
pub(crate) async fn remove(
    caller: Authenticated<ToAdminister>,
    Path((directory, name)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.service.remove_schema(&directory, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories")
        .get(
            "/directories/{directory}/schemas",
            list,
            op("listSchemas", "Read the schemas and resource types that a directory has defined")
                .ok("All of them"),
        )
        .post(
            "/directories/{directory}/schemas",
            register,
            op("registerSchemas", "Register schemas and resource types, all or none")
                .ok("All that the directory has defined now")
                .refuses(&[409]),
        )
        .delete(
            "/directories/{directory}/schemas/{name}",
            remove,
            op("removeSchema", "Remove a schema by its URN, or a resource type by its name")
                .gone("It is gone")
                .refuses(&[409]),
        )
}
