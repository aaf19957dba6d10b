//! `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): a POST that is sent again, because its answer was lost, is
//! answered as the first time and not carried out again.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use enroll_service::{IdempotencyKey, Known, Once};
use http_body_util::BodyExt as _;

use super::Problem;
use super::body::read;
use crate::App;
use crate::edge::ClientAddress;
use crate::parse::bearer;

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Put into an answer that holds a secret: it is shown once, and never again for the same key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ShownOnce;

/// Around the routes below `/api/v1`: requests without a key pass.
pub(crate) async fn handle(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    match with_key(&app, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn with_key(app: &App, request: Request, next: Next) -> Result<Response, Problem> {
    let key = key(request.headers())?;
    let session = match bearer::token(request.headers()) {
        Ok(token) => {
            let address = ClientAddress::ip(request.extensions());
            app.service().authenticate_api(token, address).await.ok()
        }
        Err(_) => None,
    };
    let Some(session) = session else {
        // The handler says what is wrong with the token.
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str()).to_owned();
    let mut whole = Request::new(body);
    whole.headers_mut().clone_from(&parts.headers);
    let body = read(whole, app).await?;
    let known = || app.service().known(session.token, &key, &[target.as_bytes(), &body]);
    match known()? {
        Known::New(once) => {
            parts.headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
            parts.extensions.insert(once.clone());
            let response = next.run(Request::from_parts(parts, Body::from(body.clone()))).await;
            if !response.status().is_client_error() {
                return keep(app, &once, response).await;
            }
            // What is in the way may be what the same request has made meanwhile.
            match known()? {
                Known::New(_) => Ok(response),
                taken => answer(taken),
            }
        }
        known => answer(known),
    }
}

/// The answer to a request whose key was used.
fn answer(known: Known) -> Result<Response, Problem> {
    match known {
        Known::Answered { status, body } => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            let kind = HeaderValue::from_static("application/json");
            let headers =
                HeaderMap::from_iter([(CONTENT_TYPE, kind), (REPLAYED, HeaderValue::from_static("true"))]);
            Ok((status, headers, body).into_response())
        }
        Known::UnderWay => Err(Problem::new(
            StatusCode::CONFLICT,
            "the request with this Idempotency-Key was carried out just now: send this one again for its answer",
        )
        .again_after(1)),
        Known::Unanswered { at, secret: true } => Err(Problem::new(
            StatusCode::CONFLICT,
            format!(
                "the request with this Idempotency-Key was carried out at {at}, and its answer is not kept because it held a secret: \
                 look up what it made; if the secret is lost, delete that object and make another with a new key"
            ),
        )),
        Known::Unanswered { at, secret: false } => Err(Problem::new(
            StatusCode::CONFLICT,
            format!(
                "the request with this Idempotency-Key was carried out at {at}, and its answer was not kept, because the server or the connection ended before: \
                 look up what it made; if a secret was in the answer, delete that object and make another with a new key"
            ),
        )),
        Known::New(_) | Known::Other => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "this Idempotency-Key was used for another request: every request needs a key of its own",
        )),
    }
}

/// Keeps what a change answered; refusals are not kept, for they may be sent again.
async fn keep(app: &App, once: &Once, response: Response) -> Result<Response, Problem> {
    if !response.status().is_success() {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let secret = parts.extensions.get::<ShownOnce>().is_some();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::error!(%error, "an answer could not be collected");
            return Err(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the answer could not be written"));
        }
    };
    let text = (!secret).then(|| String::from_utf8_lossy(&body).into_owned());
    if let Err(error) = app.service().keep_answer(once, parts.status.as_u16(), text).await {
        tracing::warn!(%error, "the answer to a request with an Idempotency-Key is not kept");
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn key(headers: &HeaderMap) -> Result<IdempotencyKey, Problem> {
    let mut values = headers.get_all(KEY).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return Err(Problem::bad_request("Idempotency-Key: send the header once"));
    };
    // The draft's form is a string in quotes; most clients send the bare text.
    let text = value.to_str().unwrap_or_default().trim();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    text.parse().map_err(|error| Problem::bad_request(format!("Idempotency-Key: {error}")))
}
