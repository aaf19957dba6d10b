//! Resource types as types: one handler serves all, and a route cannot leave open which one it is for.

use std::marker::PhantomData;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use enroll_scim::ScimError;
use enroll_service::{ResourceKind, ScimSession};

use super::unknown::{is_version, other_version};
use super::{Authenticated, Refusal};
use crate::App;

/// What a route says of the resource type of its requests.
pub(crate) trait Kind: Send + Sync + 'static {
    /// The type, if it is one that every directory has.
    const CORE: Option<ResourceKind>;
}

/// `/Users`
pub(crate) struct Users;

/// `/Groups`
pub(crate) struct Groups;

/// What the directory has defined: the type is told by the segment `endpoint` of the path.
pub(crate) struct Custom;

impl Kind for Users {
    const CORE: Option<ResourceKind> = Some(ResourceKind::User);
}

impl Kind for Groups {
    const CORE: Option<ResourceKind> = Some(ResourceKind::Group);
}

impl Kind for Custom {
    const CORE: Option<ResourceKind> = None;
}

/// Who asks, and for which resource type. A type that only other directories have is not there.
pub(crate) struct Target<K> {
    /// Who asks.
    pub(crate) session: ScimSession,
    /// The type.
    pub(crate) kind: ResourceKind,
    route: PhantomData<K>,
}

impl<K: Kind> FromRequestParts<App> for Target<K> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let endpoint = match K::CORE {
            Some(_) => None,
            None => endpoint(parts, app).await,
        };
        if endpoint.as_deref().is_some_and(is_version) {
            return Err(other_version().into());
        }
        let Authenticated(session) = Authenticated::from_request_parts(parts, app).await?;
        match K::CORE.or_else(|| session.models.at(endpoint.as_deref()?)) {
            Some(kind) => Ok(Self { session, kind, route: PhantomData }),
            None => Err(nothing_here(&session).into()),
        }
    }
}

/// The segment of the path that names a resource type. It may be a version of the protocol: `/scim` is a base URL too.
async fn endpoint(parts: &mut Parts, app: &App) -> Option<String> {
    let segments = RawPathParams::from_request_parts(parts, app).await.ok()?;
    segments.iter().find(|(name, _)| *name == "endpoint").map(|(_, segment)| segment.to_owned())
}

fn nothing_here(session: &ScimSession) -> ScimError {
    let kinds = session.models.kinds();
    let urls: Vec<String> = kinds.iter().map(|kind| format!("/scim/v2{}", kind.endpoint())).collect();
    ScimError::not_found(format!("nothing is at this URL; resources are below {}", urls.join(" and ")))
}
