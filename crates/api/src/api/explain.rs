//! `GET /api/v1/explain?user=&organization=` (enrollment.md 3.10).

use axum::Json;
use axum::extract::State;
use enroll_service::ExplainAnswer;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::parameters::UserAndOrganization;
use crate::App;

/// Every source of a role, and what nearly gives one.
pub(crate) async fn explain(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    UserAndOrganization { user, organization }: UserAndOrganization,
) -> Result<Json<ExplainAnswer>, Problem> {
    Ok(Json(app.service().explain(&user, &organization).await?))
}
