//! The document, from the routes.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use super::components;
use super::routes::Route;
use super::schemas::Schemas;
use super::sketch::{Security, Sketch};
use crate::api;
use crate::api::problem::ProblemDetails;

/// The document without a server: the same for every instance, and made once.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| document(&api::routes().all));

/// The document of this version of Enroll. Paths are relative to a server that it does not name.
pub(crate) fn described() -> &'static Value {
    &DOCUMENT
}

/// The document for an instance, whose API is at `server`, as indented JSON.
pub(crate) fn json(server: &str) -> String {
    let mut text = serde_json::to_string_pretty(&of(server)).unwrap_or_default();
    text.push('\n');
    text
}

/// The same as YAML.
pub(crate) fn yaml(server: &str) -> String {
    serde_saphyr::to_string(&of(server)).unwrap_or_default()
}

fn of(server: &str) -> Value {
    let mut document = DOCUMENT.clone();
    if let Some(servers) = document.get_mut("servers") {
        *servers = json!([{ "url": server }]);
    }
    document
}

/// What the parts of the API are.
const TAGS: [(&str, &str); 17] = [
    ("Access", "Who is in an organization, may she, and why."),
    ("Organizations", "Organizations: what people are members of."),
    ("Resources", "Resources of organizations: what access is decided on."),
    ("Grants", "Roles that are given to one user directly, whatever the groups say."),
    ("Mappings", "Which group gives which role in which organization or on which resource."),
    ("Directories", "Connections to identity providers: provisioning, sign-in, and the brake."),
    ("Tokens", "SCIM tokens for identity providers, API tokens for applications and administrators."),
    ("Sessions", "Who has signed in."),
    ("Clients", "Applications that let Enroll sign users in (OpenID Connect)."),
    ("Users and groups", "What came over SCIM; it is changed by the identity provider."),
    ("Request log", "What identity providers have sent, and what came of it."),
    ("Admins and bots", "Server admins, and users outside identity providers."),
    ("Audit", "Who has changed what, and when."),
    ("Events", "A feed of what has changed."),
    ("Webhooks", "Where events are sent."),
    ("Dry run", "What changes would come to."),
    ("Document", "This document."),
];

fn document(routes: &[Route]) -> Value {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for route in routes {
        let item = paths.entry(route.path).or_insert_with(|| item(route.path));
        let operation = operation(route, routes, &mut schemas);
        if let Some(item) = item.as_object_mut() {
            item.insert(route.method.to_owned(), operation);
        }
    }
    // Only refusals have it, and those are no part of what handlers give.
    let _ = schemas.written::<ProblemDetails>();
    let (schemas, differing) = schemas.components();
    debug_assert!(differing.is_empty(), "read otherwise than written: {differing:?}");
    let used: BTreeSet<&str> = routes.iter().map(|route| route.tag).collect();
    let tags: Vec<Value> = TAGS
        .iter()
        .filter(|(name, _)| used.contains(name))
        .map(|(name, description)| json!({ "name": name, "description": description }))
        .collect();
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Enroll, API for applications and administrators",
            "version": "1",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "Who is in which organization, and what is set up: organizations, resources, mappings, direct grants, \
                directories and tokens; users and groups to be read. Each operation names the scope of the API token that it needs. \
                What is refused is answered with problem details (RFC 9457).",
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }],
        "tags": tags,
        "paths": paths,
        "components": {
            "securitySchemes": components::security_schemes(),
            "headers": components::headers(),
            "responses": components::responses(),
            "parameters": components::parameters(),
            "schemas": schemas,
        },
    })
}

fn item(path: &str) -> Value {
    let shared: Vec<Value> = components::names(path)
        .map(|name| json!({ "$ref": format!("#/components/parameters/{name}") }))
        .collect();
    if shared.is_empty() { json!({}) } else { json!({ "parameters": shared }) }
}

fn operation(route: &Route, routes: &[Route], schemas: &mut Schemas) -> Value {
    let mut sketch = Sketch::new(schemas);
    (route.sketch)(&mut sketch);
    if takes_key(route, &sketch) {
        sketch.shares("idempotencyKey");
    }
    let named = components::names(route.path).count();
    debug_assert_eq!(
        sketch.path_values, named,
        "{}: values that the handler takes from the path",
        route.operation.id
    );
    let mut said = Map::new();
    said.insert("tags".to_owned(), json!([route.tag]));
    said.insert("operationId".to_owned(), route.operation.id.into());
    said.insert("summary".to_owned(), route.operation.summary.into());
    let own = matches!(sketch.security, Security::Token { own: true, .. })
        .then_some("Users who are no server admins may ask it about themselves.");
    let description: Vec<&str> = route.operation.description.into_iter().chain(own).collect();
    if !description.is_empty() {
        said.insert("description".to_owned(), description.join(" ").into());
    }
    said.insert("security".to_owned(), security(sketch.security));
    if !sketch.parameters.is_empty() {
        said.insert("parameters".to_owned(), sketch.parameters.clone().into());
    }
    if let Some((media_type, schema)) = sketch.body.take() {
        let content = json!({ media_type: { "schema": schema } });
        said.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    said.insert("responses".to_owned(), responses(route, routes, &sketch, said.contains_key("requestBody")));
    said.into()
}

/// Whether a request may have an `Idempotency-Key`.
fn takes_key(route: &Route, sketch: &Sketch<'_>) -> bool {
    route.method == "post" && matches!(sketch.security, Security::Token { .. })
}

/// Which scope a token needs stands in the list that OAuth has scopes in: OpenAPI 3.1 lets other schemes name roles there.
fn security(security: Security) -> Value {
    match security {
        Security::Nobody => json!([]),
        Security::Token { scope, .. } => json!([{ "token": [scope] }]),
        Security::Session => json!([{ "session": [] }]),
        Security::TokenOrSession { scope } => json!([{ "token": [scope] }, { "session": [] }]),
    }
}

fn responses(route: &Route, routes: &[Route], sketch: &Sketch<'_>, has_body: bool) -> Value {
    let mut responses = Map::new();
    for (status, what) in &route.operation.answers {
        let mut answer = Map::new();
        answer.insert("description".to_owned(), (*what).into());
        if sketch.has_etag {
            answer.insert("headers".to_owned(), json!({ "ETag": { "$ref": "#/components/headers/ETag" } }));
        }
        if *status != 204 && !sketch.content.is_empty() {
            let content: Map<String, Value> = sketch
                .content
                .iter()
                .map(|(media_type, schema)| ((*media_type).to_owned(), json!({ "schema": schema })))
                .collect();
            answer.insert("content".to_owned(), content.into());
        }
        let links = if *status == 201 { links(route, routes) } else { Map::new() };
        if !links.is_empty() {
            answer.insert("links".to_owned(), links.into());
        }
        responses.insert(status.to_string(), answer.into());
    }
    let mut refusals: BTreeSet<u16> = sketch.refusals.clone();
    refusals.extend(route.operation.refusals);
    // Of every operation at least a parameter that it does not have.
    refusals.insert(400);
    if has_body {
        refusals.insert(413);
    }
    if takes_key(route, sketch) {
        refusals.insert(422);
    }
    if sketch.path_values > 0 {
        refusals.insert(404);
    }
    let unauthenticated = match sketch.security {
        Security::Nobody => None,
        Security::Session => Some("SignedOut"),
        Security::Token { .. } | Security::TokenOrSession { .. } => Some("Unauthenticated"),
    };
    if unauthenticated.is_some() {
        refusals.extend([401, 403]);
    }
    for status in refusals {
        let name = if status == 401 { unauthenticated.unwrap_or("Problem") } else { "Problem" };
        responses.insert(status.to_string(), json!({ "$ref": format!("#/components/responses/{name}") }));
    }
    responses.insert("default".to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
    responses.into()
}

/// From an object that was made to what can be done with it: the methods of the path one step below, unless objects are made by
/// `PUT` there, and what the operation itself names.
fn links(route: &Route, routes: &[Route]) -> Map<String, Value> {
    let below = |other: &&Route| {
        let rest = other.path.strip_prefix(route.path).and_then(|rest| rest.strip_prefix("/{"));
        rest.is_some_and(|rest| rest.find('}') == Some(rest.len() - 1))
    };
    let mut targets: Vec<(&str, &Route)> = Vec::new();
    for other in routes.iter().filter(below) {
        match other.method {
            "get" => targets.push(("read", other)),
            "patch" => targets.push(("change", other)),
            "delete" => targets.push(("delete", other)),
            _ => return Map::new(),
        }
    }
    for (name, id) in &route.operation.links {
        targets.extend(routes.iter().find(|other| other.operation.id == *id).map(|other| (*name, other)));
    }
    let known = components::names(route.path).count();
    let link = |target: &Route| {
        let parameters: Map<String, Value> = components::names(target.path)
            .enumerate()
            .map(|(place, name)| {
                let from = if place < known {
                    format!("$request.path.{name}")
                } else {
                    "$response.body#/id".to_owned()
                };
                (name.to_owned(), from.into())
            })
            .collect();
        json!({ "operationId": target.operation.id, "parameters": parameters })
    };
    targets.into_iter().map(|(name, target)| (name.to_owned(), link(target))).collect()
}
