//! Every route, in one place.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post};

use crate::api::idempotency;
use crate::scim::{Custom, Groups, Users, discovery, unsupported};
use crate::surface::Surface;
use crate::{App, api, health, metrics, oidc, reference, saml, scim};

/// All surfaces.
pub(crate) fn all(app: &App) -> Router<App> {
    let mut router = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::metrics));
    for base in ["/scim/v2", "/scim"] {
        for (path, methods) in scim_routes() {
            router = route(router, &format!("{base}{path}"), methods);
        }
    }
    for (path, methods) in api::routes().by_path() {
        let once = from_fn_with_state(app.clone(), idempotency::handle);
        router = route(router, &format!("/api/v1{path}"), methods.route_layer(once));
    }
    let limited =
        |methods: MethodRouter<App>| methods.route_layer(from_fn_with_state(app.clone(), saml::by_address));
    for (path, methods) in oidc_routes() {
        router = route(router, path, limited(methods));
    }
    for base in ["/saml", "/saml/{directory}"] {
        for (path, methods) in saml_routes() {
            router = route(router, &format!("{base}{path}"), limited(methods));
        }
    }
    let login = get(saml::login_page).post(saml::login_page);
    router = route(router, "/login", limited(login));
    router = router.route("/docs/api", get(reference::page)).route("/docs/api.css", get(reference::style));
    router = router.route("/", get(saml::home));
    router.fallback(unknown).method_not_allowed_fallback(wrong_method)
}

/// `/scim/v2`, and `/scim` for clients that name no version (RFC 7644 §3.13).
fn scim_routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/Users", post(scim::create::<Users>).get(scim::list::<Users>)),
        ("/Users/{id}", resource::<Users>()),
        ("/Users/.search", post(scim::search::<Users>)),
        ("/Groups", post(scim::create::<Groups>).get(scim::list::<Groups>)),
        ("/Groups/{id}", resource::<Groups>()),
        ("/Groups/.search", post(scim::search::<Groups>)),
        ("/{endpoint}", post(scim::create::<Custom>).get(scim::list::<Custom>)),
        ("/{endpoint}/{id}", resource::<Custom>()),
        ("/{endpoint}/.search", post(scim::search::<Custom>)),
        ("/ServiceProviderConfig", get(discovery::service_provider_config)),
        ("/ResourceTypes", get(discovery::resource_types)),
        ("/ResourceTypes/{name}", get(discovery::resource_type)),
        ("/Schemas", get(discovery::schemas)),
        ("/Schemas/{uri}", get(discovery::schema)),
        ("/Bulk", post(scim::bulk)),
        ("/readiness", get(scim::readiness)),
        ("/Me", any(unsupported::me)),
        ("/.search", post(scim::search_all)),
        ("", get(scim::list_all)),
    ]
}

fn resource<K: scim::Kind>() -> MethodRouter<App> {
    get(scim::read::<K>).put(scim::replace::<K>).patch(scim::patch::<K>).delete(scim::delete::<K>)
}

fn oidc_routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/.well-known/openid-configuration", get(oidc::configuration)),
        ("/oidc/jwks", get(oidc::keys)),
        ("/oidc/authorize", get(oidc::authorize).post(oidc::authorize)),
        ("/oidc/resume", get(oidc::resume)),
        ("/oidc/token", post(oidc::token)),
        ("/oidc/userinfo", get(oidc::userinfo).post(oidc::userinfo)),
        ("/oidc/logout", get(oidc::logout).post(oidc::logout)),
    ]
}

/// The sign-in of the default directory, and that of each.
fn saml_routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/metadata", get(saml::metadata)),
        ("/login", get(saml::login)),
        ("/acs", post(saml::acs)),
        ("/logout", get(saml::logout).post(saml::logout)),
    ]
}

/// With and without a slash at the end (H12): both spellings are routes, nothing is rewritten.
fn route(router: Router<App>, path: &str, methods: MethodRouter<App>) -> Router<App> {
    router.route(path, methods.clone()).route(&format!("{path}/"), methods)
}

async fn unknown(request: Request) -> Response {
    let path = request.uri().path();
    match Surface::of(path) {
        Surface::Scim => scim::unknown(path),
        Surface::Api => Surface::Api.refuse(StatusCode::NOT_FOUND, "nothing is at this URL"),
    }
}

/// The framework adds `Allow`.
async fn wrong_method(request: Request) -> Response {
    let detail = format!("this URL does not take {}; the header Allow says what it takes", request.method());
    Surface::of(request.uri().path()).refuse(StatusCode::METHOD_NOT_ALLOWED, detail)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_openapi_document_has_every_scim_path_and_no_other() {
        let document = include_str!("../../../docs/openapi/scim.yaml");
        let described: BTreeSet<&str> =
            document.lines().filter_map(|line| line.strip_prefix("  /")?.strip_suffix(':')).collect();
        let routes = scim_routes();
        let served: BTreeSet<&str> = routes.iter().map(|(path, _)| path.trim_start_matches('/')).collect();
        assert_eq!(described, served);
    }
}
