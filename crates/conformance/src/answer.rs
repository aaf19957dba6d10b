//! What a server answered, with the questions that checks ask of it.

use serde_json::Value;

use crate::check::{Verdict, ensure, fault};
use crate::exchange::Exchange;
use crate::json::{at, elements, member, texts};
use crate::urn;

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    exchange: Exchange,
    body: Value,
}

/// A list that was checked to be one.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) total: u64,
    pub(crate) resources: Vec<Value>,
}

impl Answer {
    pub(crate) fn new(exchange: Exchange) -> Self {
        let body = serde_json::from_str(&exchange.response_body).unwrap_or_default();
        Self { exchange, body }
    }

    /// The status, 0 if there was no answer.
    pub(crate) fn status(&self) -> u16 {
        self.exchange.status.unwrap_or_default()
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status())
    }

    /// The first header of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.exchange.header(name)
    }

    /// The media type without its parameters, in lower case.
    pub(crate) fn media_type(&self) -> String {
        let content_type = self.header("content-type").unwrap_or_default();
        content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as it came.
    pub(crate) fn text(&self) -> &str {
        &self.exchange.response_body
    }

    /// The body as JSON; null if it is none.
    pub(crate) fn json(&self) -> &Value {
        &self.body
    }

    /// What is at a path of the body, such as `name/givenName`; null if nothing is.
    pub(crate) fn at(&self, path: &str) -> &Value {
        at(&self.body, path)
    }

    /// Such as `PATCH http://.../Users/2819`.
    pub(crate) fn request(&self) -> String {
        format!("{} {}", self.exchange.method, self.exchange.url)
    }

    /// One of these statuses.
    pub(crate) fn expect(self, statuses: &[u16]) -> Verdict<Self> {
        if statuses.contains(&self.status()) {
            return Ok(self);
        }
        let wanted: Vec<String> = statuses.iter().map(u16::to_string).collect();
        fault(match &self.exchange.transport_error {
            Some(error) => format!("{} was not answered: {error}", self.request()),
            None => {
                format!("{} answered {} instead of {}", self.request(), self.status(), wanted.join(" or "))
            }
        })
    }

    /// A `scimType` in the error.
    pub(crate) fn scim_type(&self, wanted: &str) -> Verdict {
        let given = self.at("scimType");
        ensure(given == wanted, || format!("scimType is {given} instead of {wanted:?}"))
    }

    /// 200 with a JSON object.
    pub(crate) fn object(self) -> Verdict<Self> {
        let answer = self.expect(&[200])?;
        ensure(answer.body.is_object(), || format!("the body of {} is no JSON object", answer.request()))?;
        Ok(answer)
    }

    /// This value at this path.
    pub(crate) fn equals(&self, path: &str, wanted: impl Into<Value>) -> Verdict {
        let (given, wanted) = (self.at(path), wanted.into());
        ensure(*given == wanted, || {
            format!("{} of {} is {given} instead of {wanted}", path.replace('/', "."), self.request())
        })
    }

    /// 200 with a ListResponse (RFC 7644 §3.4.2).
    pub(crate) fn list(self) -> Verdict<Listed> {
        let answer = self.object()?;
        let schemas = texts(answer.at("schemas"));
        ensure(schemas.contains(&urn::LIST), || {
            format!("schemas is {schemas:?} and has no {:?}", urn::LIST)
        })?;
        let total = answer.at("totalResults");
        let Some(total) = total.as_u64() else {
            return fault(format!("totalResults is {total} and no number"));
        };
        let resources = elements(answer.at("Resources")).to_vec();
        Ok(Listed { total, resources })
    }

    /// An error body (RFC 7644 §3.12).
    pub(crate) fn error_body(&self) -> Verdict {
        let request = self.request();
        ensure(self.body.is_object(), || format!("the error of {request} is no JSON object"))?;
        let schemas = texts(self.at("schemas"));
        ensure(schemas.contains(&urn::ERROR), || {
            format!("schemas of the error of {request} is {schemas:?} and has no {:?}", urn::ERROR)
        })?;
        let status = self.at("status");
        let wanted = Value::from(self.status().to_string());
        ensure(*status == wanted, || {
            format!("status in the error of {request} is {status} instead of the string {wanted}")
        })
    }
}

impl Listed {
    /// The ids of the page.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.resources.iter().filter_map(|resource| member(resource, "id").as_str()).collect()
    }
}
