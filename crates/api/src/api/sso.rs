//! `/api/v1/directories/{directory}/sso`: the sign-in connection of a directory (enrollment.md §4).

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use enroll_outbound::Fetch;
use enroll_service::{LoggedSignIn, METADATA_BYTES, SignInTest, SsoInfo, SsoRefresh, SsoSettings, SsoTest};
use schemars::JsonSchema;
use serde::Serialize;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::Body;
use crate::App;
use crate::openapi::{Routes, op};

/// The last sign-ins of a directory.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIns {
    /// The last one first: at most 100 that the identity provider has signed, and 20 others.
    sign_ins: Vec<LoggedSignIn>,
}

/// The connection, with what has to be entered in the identity provider.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(directory): Path<String>,
) -> Result<Json<SsoInfo>, Problem> {
    Ok(Json(app.service().sso(&directory).await?))
}

/// Makes or changes it. Metadata that is given as a URL is fetched first.
pub(crate) async fn set(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(mut settings): Body<SsoSettings>,
) -> Result<Json<SsoInfo>, Problem> {
    if let Some(url) = settings.to_fetch()? {
        caller.service.directory(&directory).await?;
        let unusable = |why: String| Problem::bad_request(format!("metadataUrl: {url}: {why}"));
        let document = fetched(&app, url).await?.map_err(unusable)?;
        let document =
            String::from_utf8(document).map_err(|_| unusable("the answer is not UTF-8".to_owned()))?;
        settings.metadata = Some(document);
    }
    Ok(Json(caller.service.set_sso(&directory, settings).await?))
}

/// Fetches the metadata again, now. That it is not taken is no error of the request: the answer says so.
pub(crate) async fn refresh(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<SsoRefresh>, Problem> {
    let source = caller.service.sso_metadata_source(&directory).await?;
    let document = fetched(&app, &source.url).await?;
    Ok(Json(caller.service.refresh_sso(&source, document).await?))
}

/// The document at a URL, or why there is none.
async fn fetched(app: &App, url: &str) -> Result<Result<Vec<u8>, String>, Problem> {
    let fetched = app.outbound()?.fetch(url, Fetch::up_to(METADATA_BYTES)).await;
    Ok(fetched.map_err(|error| error.to_string()))
}

/// Removes it.
pub(crate) async fn remove(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.remove_sso(&directory).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tries it, and a response if one is given. Nothing is changed.
pub(crate) async fn test(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Body(test): Body<SignInTest>,
) -> Result<Json<SsoTest>, Problem> {
    Ok(Json(caller.service.test_sso(&directory, test).await?))
}

/// The last sign-ins with what was checked.
pub(crate) async fn sign_ins(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Json<SignIns>, Problem> {
    Ok(Json(SignIns { sign_ins: caller.service.sign_ins(&directory).await? }))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories")
        .get("/directories/{directory}/sso", read, op("readSso", "Read the sign-in connection of a directory, with what to enter in the identity provider").ok("The connection"))
        .put("/directories/{directory}/sso", set, op("setSso", "Make or change the sign-in connection of a directory").describe("What is not given stays as it is. A new connection needs `metadata`, or `entityId`, `signInUrl` and `certificates`.").ok("The connection as it is now").refuses(&[409]))
        .delete("/directories/{directory}/sso", remove, op("removeSso", "Remove the sign-in connection of a directory; sessions go on").gone("Removed"))
        .post("/directories/{directory}/sso/refresh", refresh, op("refreshSso", "Fetch the metadata of the identity provider again, now").describe("A document that cannot be taken changes nothing. Then `refreshed` is false, and `failure` says why.").ok("What came of it, and the connection now").refuses(&[409]))
        .post("/directories/{directory}/sso/test", test, op("testSso", "Try the connection, and a response if one is given; nothing is changed").ok("The checks with their verdicts"))
        .get("/directories/{directory}/sign-ins", sign_ins, op("listSignIns", "List the last sign-ins of a directory with what was checked, the last one first").ok("At most 100 that the identity provider has signed, and 20 others"))
}
