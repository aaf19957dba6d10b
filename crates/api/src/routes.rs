//! Every route, in one place.

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodRouter, any, delete, get, post, put};

use crate::api::{
    admins, brake, clients, directories, grants, idempotency, mappings, members, organizations, people,
    previews, resource_grants, resources, sessions, tokens, webhooks,
};
use crate::scim::{Custom, Groups, Users, discovery, unsupported};
use crate::surface::Surface;
use crate::{App, api, health, metrics, oidc, saml, scim};

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
    for (path, methods) in api_routes() {
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

fn api_routes() -> Vec<(&'static str, MethodRouter<App>)> {
    vec![
        ("/organizations", get(organizations::list).post(organizations::create)),
        (
            "/organizations/{organization}",
            get(organizations::read).patch(organizations::change).delete(organizations::delete),
        ),
        ("/organizations/{organization}/members", get(members::members)),
        ("/organizations/{organization}/grants", get(grants::list)),
        (
            "/organizations/{organization}/grants/{user}",
            get(grants::read).put(grants::give).delete(grants::take),
        ),
        ("/organizations/{organization}/resources", get(resources::list).post(resources::create)),
        (
            "/organizations/{organization}/resources/{resource}",
            get(resources::read).patch(resources::change).delete(resources::delete),
        ),
        ("/organizations/{organization}/resources/{resource}/members", get(members::of_resource)),
        ("/organizations/{organization}/resources/{resource}/grants", get(resource_grants::list)),
        (
            "/organizations/{organization}/resources/{resource}/grants/{user}",
            get(resource_grants::read).put(resource_grants::give).delete(resource_grants::take),
        ),
        ("/mappings", get(mappings::list).post(mappings::create)),
        ("/mappings:preview", post(previews::preview)),
        ("/mappings/{mapping}", get(mappings::read).patch(mappings::change).delete(mappings::delete)),
        ("/mappings/{mapping}/rebind", post(mappings::rebind)),
        ("/directories", get(directories::list).post(directories::create)),
        (
            "/directories/{directory}",
            get(directories::read).patch(directories::change).delete(directories::delete),
        ),
        ("/directories/{directory}/readiness", get(api::readiness::read)),
        ("/directories/{directory}/sso", get(api::sso::read).put(api::sso::set).delete(api::sso::remove)),
        ("/directories/{directory}/sso/refresh", post(api::sso::refresh)),
        ("/directories/{directory}/sso/test", post(api::sso::test)),
        ("/directories/{directory}/sign-ins", get(api::sso::sign_ins)),
        ("/directories/{directory}/tokens", get(tokens::list_scim).post(tokens::create_scim)),
        (
            "/directories/{directory}/tokens/{token}",
            get(tokens::read_scim).patch(tokens::change_scim).delete(tokens::delete_scim),
        ),
        ("/directories/{directory}/export", get(api::transfer::export)),
        ("/directories/{directory}/import", post(api::transfer::import)),
        ("/directories/{directory}/users", get(people::users)),
        ("/directories/{directory}/groups", get(people::groups)),
        ("/directories/{directory}/groups/{group}", get(people::group)),
        ("/directories/{directory}/groups/{group}/members", get(people::group_members)),
        ("/directories/{directory}/schemas", get(api::schemas::list).post(api::schemas::register)),
        ("/directories/{directory}/schemas/{name}", delete(api::schemas::remove)),
        ("/directories/{directory}/brake", get(brake::read).put(brake::set).delete(brake::off)),
        ("/directories/{directory}/brake/approve", post(brake::approve)),
        ("/directories/{directory}/pause", post(brake::pause)),
        ("/directories/{directory}/resume", post(brake::resume)),
        ("/users/{user}", get(people::user).patch(people::change).delete(people::delete)),
        ("/users/{user}/access", get(api::access)),
        ("/admins", get(admins::list).post(admins::create)),
        ("/admins/{user}", put(admins::grant).delete(admins::revoke)),
        ("/bots", get(admins::list_bots).post(admins::create_bot)),
        ("/bots/{bot}", delete(admins::delete_bot)),
        ("/users/{user}/sessions", get(sessions::list_of_user).delete(sessions::end_of_user)),
        ("/me", get(sessions::me)),
        ("/sessions", get(sessions::list_own)),
        ("/sessions/{session}", delete(sessions::end)),
        ("/api-tokens", get(tokens::list_api).post(tokens::create_api)),
        ("/api-tokens/{token}", get(tokens::read_api).delete(tokens::delete_api)),
        ("/audit", get(api::audit::list)),
        ("/request-log", get(api::request_log::list)),
        ("/request-log/{request}", get(api::request_log::read)),
        ("/clients", get(clients::list).post(clients::create)),
        ("/clients/{client}", get(clients::read).patch(clients::change).delete(clients::delete)),
        ("/clients/{client}/secret", post(clients::rotate_secret)),
        ("/signing-keys", post(clients::rotate_keys)),
        ("/check", get(api::check)),
        ("/explain", get(api::explain)),
        ("/events", get(api::events)),
        ("/webhooks", get(webhooks::list).post(webhooks::create)),
        ("/webhooks/{webhook}", get(webhooks::read).patch(webhooks::change).delete(webhooks::delete)),
        ("/webhooks/{webhook}/test", post(webhooks::test)),
        ("/webhooks/{webhook}/replay", post(webhooks::replay)),
        ("/webhooks/{webhook}/rotate-secret", post(webhooks::rotate)),
        ("/webhooks/{webhook}/deliveries", get(webhooks::deliveries)),
        ("/jwks.json", get(api::keys)),
        ("/openapi.yaml", get(api::openapi)),
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

    #[test]
    fn the_openapi_document_has_every_api_path_and_no_other() {
        let document = include_str!("../../../docs/openapi/admin.yaml");
        let described: BTreeSet<&str> =
            document.lines().filter_map(|line| line.strip_prefix("  /")?.strip_suffix(':')).collect();
        let routes = api_routes();
        let served: BTreeSet<&str> = routes.iter().map(|(path, _)| path.trim_start_matches('/')).collect();
        assert_eq!(described, served);
    }
}
