//! `GET /api/v1/explain?user=&organization=&resource=&at=` (enrollment.md 3.10).

use axum::Json;
use axum::extract::State;
use enroll_service::{ExplainAnswer, PastAnswer, ResourceExplainAnswer, ResourcePastAnswer};
use schemars::JsonSchema;
use serde::Serialize;

use super::Problem;
use super::authenticated::{Authenticated, ToReadOwn};
use super::parameters::{At, UserAndTarget};
use crate::App;
use crate::openapi::{Routes, op};

/// Why somebody has, had, or has not a role.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub(crate) enum Explained {
    /// In an organization.
    Organization(ExplainAnswer),
    /// On a resource.
    Resource(ResourceExplainAnswer),
    /// In an organization at an earlier time.
    Past(Box<PastAnswer>),
    /// On a resource at an earlier time.
    PastOnResource(Box<ResourcePastAnswer>),
}

/// Every source of a role, and what nearly gives one; with `at`, what was at that time, and what brought it.
pub(crate) async fn explain(
    State(app): State<App>,
    caller: Authenticated<ToReadOwn>,
    UserAndTarget { user, organization, resource }: UserAndTarget,
    At(at): At,
) -> Result<Json<Explained>, Problem> {
    caller.about(&user).await?;
    let service = app.service();
    Ok(Json(match (resource, at) {
        (None, None) => Explained::Organization(service.explain(&user, &organization).await?),
        (Some(resource), None) => {
            Explained::Resource(service.explain_resource(&user, &organization, &resource).await?)
        }
        (None, Some(at)) => Explained::Past(Box::new(service.explain_at(&user, &organization, at).await?)),
        (Some(resource), Some(at)) => Explained::PastOnResource(Box::new(
            service.explain_resource_at(&user, &organization, &resource, at).await?,
        )),
    }))
}

pub(crate) fn routes() -> Routes {
    let explain = op("explain", "Every source of a role, and what narrowly gives none");
    Routes::of("Access").get("/explain", self::explain, explain.ok("The explanation").refuses(&[404, 409]))
}
