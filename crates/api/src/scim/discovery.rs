//! `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644 §4), for anybody: a client reads here how to sign in.

use std::sync::Arc;

use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;
use enroll_scim::discovery::{self, Bulk, Pagination, ServiceProviderConfig};
use enroll_scim::{Object, Registry, ScimError};
use enroll_service::{CURSOR_TIMEOUT, SECURITY_EVENT_URIS, Service};
use serde_json::json;

use super::parameters::Segment;
use super::{Authenticated, Refusal, answer};
use crate::parse::query::Query;
use crate::{App, HttpConfig};

/// The documents of what every directory has, made once: they change with the configuration only.
pub(crate) struct DiscoveryDocuments {
    service_provider_config: Object,
    /// The same while a webhook gets security event tokens. Absent otherwise, as RFC 9967 §4 allows: clients are in use that
    /// refuse a configuration with an attribute that they do not know.
    with_security_events: Object,
    types: Types,
}

impl DiscoveryDocuments {
    /// The documents of a service.
    pub(crate) fn of(service: &Service, http: &HttpConfig) -> Self {
        let base = service.public_url().scim_base();
        let options = service.options();
        let announced = |limit: usize| u32::try_from(limit).unwrap_or(u32::MAX);
        let config = ServiceProviderConfig {
            bulk: Bulk {
                supported: true,
                max_operations: announced(options.limits.bulk_operations),
                max_payload_size: announced(http.bulk_body_bytes),
            },
            filter_max_results: Some(options.max_page_size),
            pagination: Pagination {
                cursor_timeout: Some(CURSOR_TIMEOUT),
                default_page_size: options.default_page_size,
                max_page_size: options.max_page_size,
            },
            ..ServiceProviderConfig::default()
        };
        let security_events = SECURITY_EVENT_URIS.map(str::to_owned).to_vec();
        Self {
            service_provider_config: config.to_object(&base),
            with_security_events: ServiceProviderConfig { security_events, ..config }.to_object(&base),
            types: Types::of(service.registry(), &base),
        }
    }
}

/// Resource types and schemas: those that every directory has, or with a token those of its directory.
#[derive(Clone)]
pub(crate) struct Types(Arc<TypeDocuments>);

struct TypeDocuments {
    resource_types: Vec<Object>,
    schemas: Vec<Object>,
}

impl Types {
    fn of(registry: &Registry, base: &str) -> Self {
        Self(Arc::new(TypeDocuments {
            resource_types: discovery::resource_types(registry, base),
            schemas: discovery::schemas(registry, base),
        }))
    }
}

impl FromRequestParts<App> for Types {
    type Rejection = Refusal;

    /// Whoever shows a token wants to know what it opens, so a token that is not valid is refused, though none is needed.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if !parts.headers.contains_key(AUTHORIZATION) {
            return Ok(app.discovery().types.clone());
        }
        let Authenticated(session) = Authenticated::from_request_parts(parts, app).await?;
        let registry = session.models.registry();
        if std::ptr::eq(registry, app.service().registry()) {
            return Ok(app.discovery().types.clone());
        }
        Ok(Self::of(registry, &app.service().public_url().scim_base()))
    }
}

/// The request has no `filter`. With one it is refused, so that no client believes it was applied; `attributes`,
/// `startIndex` and the like are ignored (RFC 7644 §4).
pub(crate) struct Unfiltered;

impl FromRequestParts<App> for Unfiltered {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Refusal> {
        if Query::new(parts.uri.query()).has("filter") {
            return Err(
                ScimError::new(403, "this endpoint takes no filter (RFC 7644 §4): leave it out").into()
            );
        }
        Ok(Self)
    }
}

/// `GET /ServiceProviderConfig`: one object, not a list.
pub(crate) async fn service_provider_config(
    State(app): State<App>,
    _unfiltered: Unfiltered,
) -> Result<Response, Refusal> {
    let documents = app.discovery();
    let sends = app.service().sends_security_events()?;
    let config = if sends { &documents.with_security_events } else { &documents.service_provider_config };
    Ok(answer::scim_json(StatusCode::OK, config))
}

/// `GET /ResourceTypes`
pub(crate) async fn resource_types(_unfiltered: Unfiltered, Types(types): Types) -> Response {
    answer::scim_json(StatusCode::OK, &list(&types.resource_types))
}

/// `GET /ResourceTypes/{name}`
pub(crate) async fn resource_type(
    _unfiltered: Unfiltered,
    Types(types): Types,
    Segment(name): Segment,
) -> Result<Response, Refusal> {
    one(&types.resource_types, "name", &name)
}

/// `GET /Schemas`
pub(crate) async fn schemas(_unfiltered: Unfiltered, Types(types): Types) -> Response {
    answer::scim_json(StatusCode::OK, &list(&types.schemas))
}

/// `GET /Schemas/{uri}`, the URI percent-encoded or not.
pub(crate) async fn schema(
    _unfiltered: Unfiltered,
    Types(types): Types,
    Segment(uri): Segment,
) -> Result<Response, Refusal> {
    one(&types.schemas, "id", &uri)
}

/// All of them in one ListResponse (RFC 7644 §3.4.2): these lists are never paged.
fn list(documents: &[Object]) -> Object {
    let count = json!(documents.len());
    Object::from_iter([
        ("schemas".to_owned(), json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"])),
        ("totalResults".to_owned(), count.clone()),
        ("startIndex".to_owned(), json!(1)),
        ("itemsPerPage".to_owned(), count),
        ("Resources".to_owned(), json!(documents)),
    ])
}

fn one(documents: &[Object], key: &str, wanted: &str) -> Result<Response, Refusal> {
    let is_it = |document: &&Object| {
        document
            .get(key)
            .and_then(|value| value.as_str())
            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
    };
    match documents.iter().find(is_it) {
        Some(document) => Ok(answer::scim_json(StatusCode::OK, document)),
        None => Err(ScimError::not_found(
            "this server has none of that name; GET the list without a name to see all",
        )
        .into()),
    }
}
