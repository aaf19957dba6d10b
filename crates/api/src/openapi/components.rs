//! What operations share: parameters, headers, refusals, and how a sender shows who it is.

use serde_json::{Map, Value, json};

use crate::session_cookie;

/// Every parameter of a path: name, what it is, and an example for the few that a new server has.
const PATH: [(&str, &str, Option<&str>); 13] = [
    ("organization", "Name or id", Some("acme")),
    ("resource", "Name, KIND:NAME or id", None),
    ("directory", "Name or id", Some("default")),
    ("user", "Handle, userName or id", None),
    ("bot", "Handle, userName or id", None),
    ("group", "Id", None),
    ("mapping", "Id", None),
    ("token", "Id, the public part of the token", None),
    ("name", "The URN of a schema or the name of a resource type", None),
    ("session", "The id of a session, or `current` for that of the request", None),
    ("client", "The `client_id`", None),
    ("request", "The number of a request in the log, or the request id from its answer", None),
    ("webhook", "The id of a webhook", None),
];

/// The names between braces of a path, in their order.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split('}').next())
}

/// The shared parameters.
pub(super) fn parameters() -> Map<String, Value> {
    let mut all = Map::new();
    for (name, description, example) in PATH {
        let mut schema = json!({ "type": "string", "minLength": 1 });
        if let (Some(example), Some(schema)) = (example, schema.as_object_mut()) {
            schema.insert("examples".to_owned(), json!([example]));
        }
        let parameter = json!({ "name": name, "in": "path", "required": true, "description": description, "schema": schema });
        all.insert(name.to_owned(), parameter);
    }
    let others = json!({
        "limit": {
            "name": "limit", "in": "query",
            "description": "Most objects on the page; less than 1 counts as 1, more than the largest page as that",
            "schema": { "type": "integer", "default": 100 },
        },
        "after": {
            "name": "after", "in": "query", "description": "The `next` of the page before",
            "schema": { "type": "string" },
        },
        "ifMatch": {
            "name": "If-Match", "in": "header",
            "description": "The ETag of the version to be changed; 412 when there is another one",
            "schema": { "type": "string", "examples": ["W/\"1\""] },
        },
        "idempotencyKey": {
            "name": "Idempotency-Key", "in": "header",
            "description": "Visible ASCII, new for each request. The same request sent again with it is answered as the first time and \
                not carried out again; another request with it is 422",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" },
        },
    });
    if let Value::Object(others) = others {
        all.extend(others);
    }
    all
}

/// Headers of answers.
pub(super) fn headers() -> Value {
    json!({
        "ETag": {
            "description": "The version of the object",
            "schema": { "type": "string", "pattern": "^W/\"[0-9a-f]+\"$" },
        },
    })
}

/// Refusals.
pub(super) fn responses() -> Value {
    let content =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
    let challenge = |scheme: &str| {
        json!({ "WWW-Authenticate": {
            "description": "What to show instead",
            "required": true,
            "schema": { "type": "string", "pattern": format!("^{scheme} ") },
        } })
    };
    json!({
        "Problem": { "description": "Why the request was not carried out (RFC 9457)", "content": content },
        "Unauthenticated": { "description": "No valid API token", "headers": challenge("Bearer"), "content": content },
        "SignedOut": {
            "description": "No session that is in force", "headers": challenge("Cookie"), "content": content,
        },
    })
}

/// How a sender shows who it is.
pub(super) fn security_schemes() -> Value {
    json!({
        "token": {
            "type": "http",
            "scheme": "bearer",
            "description": "An API token, as `enroll api-token create` prints it, with the scope that the operation names, or a higher one: \
                `check` is the lowest, then `read`, then `admin`. The cookie of a session opens the same operations to its user, as \
                far as she may do this.",
        },
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": session_cookie::NAME,
            "description": "The cookie of a user who has signed in; a change must come from a page of this service",
        },
    })
}
