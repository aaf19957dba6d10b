//! What the types of a handler say of its operation.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::schemas::Schemas;

/// How the sender of a request shows who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Security {
    /// Anybody may send it.
    Nobody,
    /// An API token with this scope; with `own`, users may also ask it about themselves.
    Token { scope: &'static str, own: bool },
    /// The cookie of a session.
    Session,
    /// An API token with this scope, or the cookie of a session.
    TokenOrSession { scope: &'static str },
}

/// Filled in by each argument of a handler and by what it gives.
pub(crate) struct Sketch<'s> {
    schemas: Option<&'s mut Schemas>,
    pub(super) security: Security,
    pub(super) parameters: Vec<Value>,
    /// The names of the parameters of the query.
    pub(super) queries: Vec<String>,
    pub(super) body: Option<(&'static str, Value)>,
    pub(super) content: Vec<(&'static str, Value)>,
    pub(super) has_etag: bool,
    pub(super) refusals: BTreeSet<u16>,
    pub(super) path_values: usize,
}

impl<'s> Sketch<'s> {
    pub(super) fn new(schemas: &'s mut Schemas) -> Self {
        Self { schemas: Some(schemas), ..Self::without_schemas() }
    }

    /// For what is asked without the schemas of bodies, which take most of the time.
    pub(super) fn without_schemas() -> Self {
        Self {
            schemas: None,
            security: Security::Nobody,
            parameters: Vec::new(),
            queries: Vec::new(),
            body: None,
            content: Vec::new(),
            has_etag: false,
            refusals: BTreeSet::new(),
            path_values: 0,
        }
    }

    /// Who may send the request.
    pub(crate) fn secured(&mut self, security: Security) {
        self.security = security;
    }

    /// A parameter that several operations have: the name of a component.
    pub(crate) fn shares(&mut self, component: &str) {
        self.parameters.push(json!({ "$ref": format!("#/components/parameters/{component}") }));
    }

    /// As [`Sketch::shares`], for one of the query; the component has its name.
    pub(crate) fn shares_query(&mut self, name: &str) {
        self.queries.push(name.to_owned());
        self.shares(name);
    }

    /// A parameter of the query.
    pub(crate) fn query(&mut self, name: &str, description: &str, schema: Value) {
        self.parameter(name, description, &[], schema);
    }

    /// A parameter of the query that has to be there.
    pub(crate) fn required_query(&mut self, name: &str, description: &str, schema: Value) {
        self.parameter(name, description, &[("required", Value::Bool(true))], schema);
    }

    fn parameter(&mut self, name: &str, description: &str, more: &[(&str, Value)], schema: Value) {
        self.queries.push(name.to_owned());
        let mut parameter = Map::new();
        let texts = [("name", name.into()), ("in", "query".into()), ("description", description.into())];
        for (member, value) in more.iter().cloned().chain(texts) {
            parameter.insert(member.to_owned(), value);
        }
        parameter.insert("schema".to_owned(), schema);
        self.parameters.push(parameter.into());
    }

    /// The schema of what is read as `T`.
    pub(crate) fn read<T: JsonSchema>(&mut self) -> Value {
        self.schemas.as_mut().map(|schemas| schemas.read::<T>()).unwrap_or_default()
    }

    /// A body that is read as `T`.
    pub(crate) fn takes<T: JsonSchema>(&mut self) {
        self.body = Some(("application/json", self.read::<T>()));
    }

    /// A body of text.
    pub(crate) fn takes_text(&mut self, media_type: &'static str) {
        self.body = Some((media_type, json!({ "type": "string" })));
    }

    /// A body that is written as `T`.
    pub(crate) fn gives<T: JsonSchema>(&mut self, media_type: &'static str) {
        let schema = self.schemas.as_mut().map(|schemas| schemas.written::<T>()).unwrap_or_default();
        self.content.push((media_type, schema));
    }

    /// A body of text.
    pub(crate) fn gives_text(&mut self, media_type: &'static str) {
        self.content.push((media_type, json!({ "type": "string" })));
    }

    /// A status that the request may be refused with.
    pub(crate) fn refuses(&mut self, status: u16) {
        self.refusals.insert(status);
    }

    /// The answer has the version of the object as `ETag`.
    pub(crate) fn tells_version(&mut self) {
        self.has_etag = true;
    }

    /// So many values are taken from the path.
    pub(crate) fn takes_from_path(&mut self, count: usize) {
        self.path_values = count;
    }
}
