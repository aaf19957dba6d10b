//! Checks on one answer, as the identity provider would make them.
//!
//! Every check records its own failure in the ledger and answers `None`, so a sequence can go on where it can.

use serde_json::Value;

use crate::compare::{differences, member_ids, text, unreal_booleans};
use crate::exchange::Exchange;
use crate::session::Session;
use crate::wire::{ERROR, LIST_RESPONSE};

/// The answer to one request.
#[derive(Debug)]
pub(crate) struct Answer<'s> {
    session: &'s Session,
    sequence: &'static str,
    exchange: Exchange,
    body: Option<Value>,
}

/// A page of a list (RFC 7644 §3.4.2).
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) total: u64,
    pub(crate) resources: Vec<Value>,
}

impl<'s> Answer<'s> {
    pub(crate) fn new(session: &'s Session, sequence: &'static str, exchange: Exchange) -> Self {
        let body = serde_json::from_str(&exchange.response_body).ok();
        Self { session, sequence, exchange, body }
    }

    /// The HTTP status, if an answer came.
    pub(crate) fn status(&self) -> Option<u16> {
        self.exchange.status
    }

    /// Records a failure that the sequence found by itself.
    pub(crate) fn fail(&self, sentence: impl Into<String>) {
        self.session.ledger.failed(self.sequence, sentence.into(), Some(&self.exchange));
    }

    /// Makes one check; a failure is recorded with this exchange as evidence.
    pub(crate) fn require(&self, holds: bool, sentence: impl FnOnce() -> String) -> Option<()> {
        self.session.ledger.checked();
        if !holds {
            self.fail(sentence());
        }
        holds.then_some(())
    }

    /// The status is one of those expected.
    pub(crate) fn is(&self, expected: &[u16]) -> Option<()> {
        self.session.ledger.checked();
        let Some(status) = self.exchange.status else {
            self.fail("no answer came");
            return None;
        };
        if expected.contains(&status) {
            return Some(());
        }
        let words: Vec<String> = expected.iter().map(u16::to_string).collect();
        let detail = self.body.as_ref().and_then(|body| text(body, "detail"));
        let reason = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        self.fail(format!("expected status {}, got {status}{reason}", words.join(" or ")));
        None
    }

    /// The media type is `application/scim+json`, whatever its parameters (RFC 7644 §3.1, E-17). Those who do not ask for
    /// it read plain JSON too (L-2).
    fn is_scim_json(&self) -> Option<&Value> {
        let media_type = self.exchange.content_type.as_deref().unwrap_or("no media type");
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        let plain = !self.session.idp().wants_scim_json() && essence.eq_ignore_ascii_case("application/json");
        self.require(plain || essence.eq_ignore_ascii_case("application/scim+json"), || {
            format!("expected the media type application/scim+json, got {media_type}")
        });
        self.require(self.body.as_ref().is_some_and(Value::is_object), || {
            if self.exchange.response_body.is_empty() {
                "expected a JSON object, got an empty body".to_owned()
            } else {
                "expected a JSON object as the body".to_owned()
            }
        })?;
        self.body.as_ref()
    }

    /// A JSON document with one of the statuses.
    pub(crate) fn document(&self, expected: &[u16]) -> Option<&Value> {
        self.is(expected)?;
        self.is_scim_json()
    }

    /// A resource with an id, its schemas and real booleans, with one of the statuses.
    fn resource(&self, expected: &[u16]) -> Option<(String, Value)> {
        self.is(expected)?;
        let body = self.is_scim_json()?;
        let id = text(body, "id").unwrap_or_default();
        self.require(!id.is_empty(), || "the resource has no id".to_owned())?;
        let has_schemas = body.get("schemas").and_then(Value::as_array).is_some_and(|uris| !uris.is_empty());
        self.require(has_schemas, || "the resource does not say its schemas".to_owned());
        for path in unreal_booleans(body) {
            self.require(false, || format!("{path} must be true or false without quotes"));
        }
        self.require(body.get("password").is_none(), || "a password must never be returned".to_owned());
        Some((id.to_owned(), body.clone()))
    }

    /// 201 with the whole resource; gives the new id. An empty body is an error at Okta (O-3).
    pub(crate) fn created(&self) -> Option<(String, Value)> {
        self.resource(&[201])
    }

    /// 200 with the resource of exactly this id.
    pub(crate) fn read(&self, id: &str) -> Option<Value> {
        let (got, body) = self.resource(&[200])?;
        self.same_id(id, &got)?;
        Some(body)
    }

    fn same_id(&self, id: &str, got: &str) -> Option<()> {
        self.require(got == id, || format!("the id changed from {id} to {got}"))
    }

    /// 204 without a body, or 200 with the resource of this id; never 200 with nothing.
    pub(crate) fn changed(&self, id: &str) -> Option<Option<Value>> {
        self.is(&[200, 204])?;
        if self.exchange.status == Some(204) {
            self.require(self.exchange.response_body.is_empty(), || "204 must have no body".to_owned())?;
            return Some(None);
        }
        self.require(!self.exchange.response_body.is_empty(), || {
            "200 with an empty body: answer 204, or 200 with the resource".to_owned()
        })?;
        self.read(id).map(Some)
    }

    /// 204 without a body.
    pub(crate) fn deleted(&self) -> Option<()> {
        self.is(&[204])?;
        self.require(self.exchange.response_body.is_empty(), || "204 must have no body".to_owned())
    }

    /// A `ListResponse` whose numbers are JSON integers and agree with the resources (O-2).
    pub(crate) fn list(&self) -> Option<Page> {
        self.is(&[200])?;
        let body = self.is_scim_json()?;
        self.require(has_schema(body, LIST_RESPONSE), || {
            "the list does not have the ListResponse schema".to_owned()
        });
        for name in ["startIndex", "itemsPerPage"] {
            self.require(body.get(name).is_some_and(Value::is_u64), || {
                format!("{name} must be a JSON integer")
            });
        }
        let total = body.get("totalResults").and_then(Value::as_u64);
        self.require(total.is_some(), || "totalResults must be a JSON integer".to_owned())?;
        let resources = body.get("Resources").and_then(Value::as_array).cloned();
        let total = total?;
        self.require(resources.is_some() || total == 0, || "Resources must be an array".to_owned())?;
        let resources = resources.unwrap_or_default();
        let counted = u64::try_from(resources.len()).unwrap_or(u64::MAX);
        let said = body.get("itemsPerPage").and_then(Value::as_u64);
        self.require(said == Some(counted), || {
            format!("itemsPerPage says {said:?} but the page holds {counted} resources")
        });
        self.require(total >= counted, || {
            format!("totalResults is {total} but the page alone holds {counted} resources")
        });
        Some(Page { total, resources })
    }

    /// 200 with an empty list: the way to say "nobody" (E-10).
    pub(crate) fn nobody(&self) -> Option<()> {
        let page = self.list()?;
        self.require(page.total == 0 && page.resources.is_empty(), || {
            format!("expected no match, got {} resources", page.total.max(1))
        })
    }

    /// A filter on a unique attribute finds exactly the resource of this id (O-9).
    pub(crate) fn only(&self, id: &str) -> Option<Value> {
        let page = self.list()?;
        let found = page.resources.first();
        let got = found.and_then(|resource| text(resource, "id")).unwrap_or("nothing");
        self.require(page.total == 1 && got == id, || {
            format!("expected exactly the resource {id}, got {} resources, the first {got}", page.total)
        })?;
        found.cloned()
    }

    /// An SCIM error with this status (as a string in the body), a detail, and the scimType if one is asked for.
    pub(crate) fn refused(&self, status: u16, scim_type: Option<&str>) -> Option<()> {
        self.is(&[status])?;
        let body = self.is_scim_json()?;
        self.require(has_schema(body, ERROR), || "the error does not have the Error schema".to_owned());
        self.require(text(body, "status") == Some(status.to_string().as_str()), || {
            format!("the error body must have \"status\": \"{status}\" as a string")
        });
        self.require(text(body, "detail").is_some_and(|detail| !detail.trim().is_empty()), || {
            "the error has no detail for the administrator".to_owned()
        });
        if let Some(scim_type) = scim_type {
            self.require(text(body, "scimType") == Some(scim_type), || {
                format!("expected the scimType {scim_type}")
            })?;
        }
        Some(())
    }

    /// Everything that was sent is in `back` exactly as sent (E-12).
    pub(crate) fn echoes(&self, sent: &Value, back: &Value) -> Option<()> {
        let found = differences(sent, back);
        self.require(found.is_empty(), || format!("not as sent: {}", found.join("; ")))
    }

    /// The value at a JSON pointer is exactly this.
    pub(crate) fn holds(&self, back: &Value, pointer: &str, expected: &Value) -> Option<()> {
        let got = back.pointer(pointer).unwrap_or(&Value::Null);
        self.require(got == expected, || format!("expected {pointer} to be {expected}, got {got}"))
    }

    /// The members of the group are exactly these ids.
    pub(crate) fn has_members(&self, group: &Value, expected: &[&str]) -> Option<()> {
        let got = member_ids(group);
        let expected = expected.iter().map(|id| (*id).to_owned()).collect();
        self.require(got == expected, || {
            let missing: Vec<_> = expected.difference(&got).cloned().collect();
            let surplus: Vec<_> = got.difference(&expected).cloned().collect();
            format!(
                "the members are wrong: {} expected, {} found; missing [{}]; not expected [{}]",
                expected.len(),
                got.len(),
                missing.join(", "),
                surplus.join(", ")
            )
        })
    }
}

fn has_schema(body: &Value, uri: &str) -> bool {
    let schemas = body.get("schemas").and_then(Value::as_array);
    schemas.is_some_and(|schemas| schemas.iter().any(|schema| schema == uri))
}
