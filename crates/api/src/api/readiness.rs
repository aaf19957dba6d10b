//! `/api/v1/directories/{directory}/readiness` (enrollment.md §7.1).

use axum::Json;
use axum::extract::{Path, State};
use enroll_service::ReadinessReport;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use crate::App;
use crate::openapi::{Routes, op};

/// What to look at in a directory.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<ReadinessReport>, Problem> {
    Ok(Json(app.service().readiness(&directory).await?))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories").get(
        "/directories/{directory}/readiness",
        read,
        op("readReadiness", "Read what to look at in a directory").ok("The findings, errors first"),
    )
}
