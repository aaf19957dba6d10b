//! `GET /api/v1/explain?user=&organization=` (enrollment.md 3.10).

use axum::Json;
use axum::extract::State;
use enroll_domain::enrollment::Explanation;
use enroll_service::UserSummary;
use serde::Serialize;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use super::parameters::UserAndOrganization;
use crate::App;

/// The user, and why she has a role or none.
#[derive(Debug, Serialize)]
pub(crate) struct ExplainAnswer {
    user: UserSummary,
    #[serde(flatten)]
    explanation: Explanation,
}

/// Every source of a role, and what nearly gives one.
pub(crate) async fn explain(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    UserAndOrganization { user, organization }: UserAndOrganization,
) -> Result<Json<ExplainAnswer>, Problem> {
    let (user, explanation) = app.service().explain(&user, &organization).await?;
    Ok(Json(ExplainAnswer { user, explanation }))
}
