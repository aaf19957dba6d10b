//! `GET /api/v1/check?user=&organization=` (enrollment.md 6.1).

use axum::Json;
use axum::extract::State;
use enroll_service::CheckAnswer;

use super::Problem;
use super::authenticated::{Authenticated, ToCheck};
use super::parameters::UserAndOrganization;
use crate::App;

/// Whether the user may act in the organization, in which role, and why.
pub(crate) async fn check(
    State(app): State<App>,
    _caller: Authenticated<ToCheck>,
    UserAndOrganization { user, organization }: UserAndOrganization,
) -> Result<Json<CheckAnswer>, Problem> {
    Ok(Json(app.service().check(&user, &organization).await?))
}
