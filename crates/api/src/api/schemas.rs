//! `/api/v1/directories/{directory}/schemas`: schemas and resource types beside those of the RFCs.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_service::CustomSchemas;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::TextBody;
use crate::App;

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
    TextBody(body): TextBody,
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
