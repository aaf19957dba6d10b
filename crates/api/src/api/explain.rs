//! `GET /api/v1/explain?user=&organization=&resource=` (enrollment.md 3.10).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Problem;
use super::authenticated::{Authenticated, ToReadOwn};
use super::parameters::UserAndTarget;
use crate::App;

/// Every source of a role, and what nearly gives one.
pub(crate) async fn explain(
    State(app): State<App>,
    caller: Authenticated<ToReadOwn>,
    UserAndTarget { user, organization, resource }: UserAndTarget,
) -> Result<Response, Problem> {
    caller.about(&user).await?;
    let service = app.service();
    Ok(match resource {
        None => Json(service.explain(&user, &organization).await?).into_response(),
        Some(resource) => {
            Json(service.explain_resource(&user, &organization, &resource).await?).into_response()
        }
    })
}
