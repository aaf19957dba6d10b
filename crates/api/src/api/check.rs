//! `GET /api/v1/check?user=&organization=&resource=&role=` (enrollment.md 6.1).

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use enroll_domain::RoleWord;
use enroll_domain::word::UnknownWord;
use enroll_service::CheckAnswer;

use super::Problem;
use super::authenticated::{Authenticated, ToCheck};
use super::parameters::UserAndTarget;
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// `role`: the least role that is enough.
pub(crate) struct Least(Option<RoleWord>);

fn invalid(error: UnknownWord) -> Problem {
    Problem::bad_request(format!("role: {error}"))
}

impl FromRequestParts<App> for Least {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let least = Query::new(parts.uri.query()).one("role")?.map(|word| word.parse::<RoleWord>());
        least.transpose().map(Self).map_err(invalid)
    }
}

impl Input for Least {
    fn sketch(sketch: &mut Sketch<'_>) {
        let what = "The least role that is enough; without it any role is. A role of organizations, with a resource one of resources";
        let schema = sketch.read::<RoleWord>();
        sketch.query("role", what, schema);
    }
}

/// Whether the user may act in the organization or on its resource, in which role, and why; with `role`, whether in that role or
/// a higher one.
pub(crate) async fn check(
    State(app): State<App>,
    caller: Authenticated<ToCheck>,
    UserAndTarget { user, organization, resource }: UserAndTarget,
    Least(least): Least,
) -> Result<Json<CheckAnswer<RoleWord>>, Problem> {
    caller.about(&user).await?;
    let service = app.service();
    Ok(match resource {
        None => {
            let least = least.map(RoleWord::on_organization).transpose().map_err(invalid)?;
            answer(service.check_role(&user, &organization, least).await?)
        }
        Some(resource) => {
            let least = least.map(RoleWord::on_resource).transpose().map_err(invalid)?;
            answer(service.check_resource(&user, &organization, &resource, least).await?)
        }
    })
}

/// The answer with the role as the word for it.
fn answer<R: Into<RoleWord>>(answer: CheckAnswer<R>) -> Json<CheckAnswer<RoleWord>> {
    let CheckAnswer { allowed, role, reason } = answer;
    Json(CheckAnswer { allowed, role: role.map(Into::into), reason })
}

pub(crate) fn routes() -> Routes {
    let check = op("check", "May this user act in this organization or on this resource?");
    Routes::of("Access").get("/check", self::check, check.ok("Yes or no, and why").refuses(&[404, 409]))
}
