//! `PATCH /Users/{id}`, `PATCH /Groups/{id}` (RFC 7644 §3.5.2).

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use enroll_service::ResourceKind;

use super::body::JsonBody;
use super::parameters::{ChangeParameters, Segment};
use super::{Kind, Target, answer};
use crate::App;
use crate::parse::prefer::{PREFERENCE_APPLIED, ReturnPreference};

/// Users: 200 with the resource. Groups: 204, since the answer would name every member again. `Prefer: return=...` chooses
/// the other, and a projection always brings the resource (RFC 7644 §3.5.2: with `attributes` it MUST be 200).
pub(crate) async fn patch<K: Kind>(
    State(app): State<App>,
    Target { session, kind, .. }: Target<K>,
    Segment(id): Segment,
    parameters: ChangeParameters,
    JsonBody(body): JsonBody,
) -> Response {
    let preference = parameters.preference;
    let representation = match preference {
        Some(preference) => preference == ReturnPreference::Representation,
        None => kind != ResourceKind::Group,
    };
    let options = parameters.with_representation(representation);
    let patched = app.service().patch(&session, &kind, &id, body, &options).await;
    answer::of(patched, |patched| {
        let mut response = answer::resource(StatusCode::OK, &patched);
        let followed = preference.filter(|preference| {
            (*preference == ReturnPreference::Representation) == patched.resource.is_some()
        });
        if let Some(preference) = followed {
            let applied = HeaderValue::from_static(preference.as_str());
            response.headers_mut().insert(PREFERENCE_APPLIED, applied);
        }
        response
    })
}
