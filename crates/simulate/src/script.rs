//! What a sequence sends its requests with: a session, the name of the sequence, and the dialect.

use reqwest::Method;
use reqwest::header::HeaderValue;
use serde_json::Value;

use crate::answer::Answer;
use crate::plan::Idp;
use crate::session::Session;
use crate::wire::{encode, equals, resource};

/// A sequence in progress. Cheap to copy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Script<'s> {
    pub(crate) session: &'s Session,
    name: &'static str,
    flagged: bool,
}

impl<'s> Script<'s> {
    /// Begins the sequence of this name; the name appears in failed checks.
    pub(crate) fn new(session: &'s Session, name: &'static str) -> Self {
        Self { session, name, flagged: false }
    }

    /// The same with Entra's tenant URL ending in `?aadOptscim062020` (E-21).
    pub(crate) fn flagged(self) -> Self {
        Self { flagged: true, ..self }
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer<'s> {
        if self.flagged {
            let separator = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{separator}aadOptscim062020");
            return self.session.send(self.name, method, &path, body, None).await;
        }
        self.session.send(self.name, method, path, body, None).await
    }

    /// GET of a path with its query.
    pub(crate) async fn get(&self, path: &str) -> Answer<'s> {
        self.send(Method::GET, path, None).await
    }

    /// GET with an Authorization header of its own, for a wrong token.
    pub(crate) async fn get_as(&self, path: &str, authorization: &'static str) -> Answer<'s> {
        let header = HeaderValue::from_static(authorization);
        self.session.send(self.name, Method::GET, path, None, Some(header)).await
    }

    /// POST to a collection.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer<'s> {
        self.send(Method::POST, path, Some(body)).await
    }

    /// GET of one resource.
    pub(crate) async fn read(&self, collection: &str, id: &str) -> Answer<'s> {
        self.get(&resource(collection, id)).await
    }

    /// PUT of one resource.
    pub(crate) async fn put(&self, collection: &str, id: &str, body: &Value) -> Answer<'s> {
        self.send(Method::PUT, &resource(collection, id), Some(body)).await
    }

    /// PATCH of one resource.
    pub(crate) async fn patch(&self, collection: &str, id: &str, body: &Value) -> Answer<'s> {
        self.send(Method::PATCH, &resource(collection, id), Some(body)).await
    }

    /// DELETE of one resource.
    pub(crate) async fn delete(&self, collection: &str, id: &str) -> Answer<'s> {
        self.send(Method::DELETE, &resource(collection, id), None).await
    }

    /// The lookup `attribute eq "value"` as the identity provider writes it.
    pub(crate) async fn find(&self, collection: &str, attribute: &str, value: &str) -> Answer<'s> {
        let idp = self.session.idp();
        let filter = encode(idp, &equals(attribute, value));
        let path = match (idp, collection) {
            (Idp::Okta, _) => format!("{collection}?filter={filter}&startIndex=1&count=100"),
            (Idp::Entra, "/Groups") => format!("{collection}?excludedAttributes=members&filter={filter}"),
            _ => format!("{collection}?filter={filter}"),
        };
        self.get(&path).await
    }
}
