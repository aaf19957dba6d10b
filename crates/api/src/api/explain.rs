//! `GET /api/v1/explain?user=&organization=&resource=&at=` (enrollment.md 3.10).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::Problem;
use super::authenticated::{Authenticated, ToReadOwn};
use super::parameters::{At, UserAndTarget};
use crate::App;

/// Every source of a role, and what nearly gives one; with `at`, what was at that time, and what brought it.
pub(crate) async fn explain(
    State(app): State<App>,
    caller: Authenticated<ToReadOwn>,
    UserAndTarget { user, organization, resource }: UserAndTarget,
    At(at): At,
) -> Result<Response, Problem> {
    caller.about(&user).await?;
    let service = app.service();
    Ok(match (resource, at) {
        (None, None) => Json(service.explain(&user, &organization).await?).into_response(),
        (Some(resource), None) => {
            Json(service.explain_resource(&user, &organization, &resource).await?).into_response()
        }
        (None, Some(at)) => Json(service.explain_at(&user, &organization, at).await?).into_response(),
        (Some(_), Some(_)) => {
            return Err(Problem::bad_request(
                "the history has roles on organizations only: leave away resource, or at",
            ));
        }
    })
}
