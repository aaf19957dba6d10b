//! `GET /api/v1/check?user=&organization=&resource=&role=` (enrollment.md 6.1).

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use enroll_domain::RoleWord;

use super::Problem;
use super::authenticated::{Authenticated, ToCheck};
use super::parameters::UserAndTarget;
use crate::App;
use crate::parse::query::Query;

/// Whether the user may act in the organization or on its resource, in which role, and why; with `role`, whether in that role or
/// a higher one.
pub(crate) async fn check(
    State(app): State<App>,
    caller: Authenticated<ToCheck>,
    UserAndTarget { user, organization, resource }: UserAndTarget,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    caller.about(&user).await?;
    let invalid = |error| Problem::bad_request(format!("role: {error}"));
    let least = Query::new(query.as_deref()).one("role")?.map(|word| word.parse::<RoleWord>());
    let least = least.transpose().map_err(invalid)?;
    let service = app.service();
    Ok(match resource {
        None => {
            let least = least.map(RoleWord::on_organization).transpose().map_err(invalid)?;
            Json(service.check_role(&user, &organization, least).await?).into_response()
        }
        Some(resource) => {
            let least = least.map(RoleWord::on_resource).transpose().map_err(invalid)?;
            Json(service.check_resource(&user, &organization, &resource, least).await?).into_response()
        }
    })
}
