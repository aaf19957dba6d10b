//! What is kept of a request: who and what it was about, without its secrets and with an explanation.

use enroll_domain::Idp;
use enroll_scim::Quirk;
use enroll_store::request_log::{BodiesRow, NewRequest};
use enroll_store::{Db, directory, tombstone};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::advice;
use super::exchange::{Exchange, Lengths, Standing};
use super::failures::{self, Failures, Worst};
use super::redact::{self, Secrets};
use crate::brake::stopped_by;

/// Longest text of one field that a client chooses.
const FIELD_CHARACTERS: usize = 256;

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Create,
    Read,
    List,
    Search,
    Replace,
    Patch,
    Delete,
    Bulk,
    Discovery,
    Readiness,
    Other,
}

impl Operation {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::List => "list",
            Self::Search => "search",
            Self::Replace => "replace",
            Self::Patch => "patch",
            Self::Delete => "delete",
            Self::Bulk => "bulk",
            Self::Discovery => "discovery",
            Self::Readiness => "readiness",
            Self::Other => "other",
        }
    }

    /// Whether it is meant to change something.
    pub(super) const fn writes(self) -> bool {
        matches!(self, Self::Create | Self::Replace | Self::Patch | Self::Delete | Self::Bulk)
    }
}

/// A request taken apart.
pub(super) struct Digest {
    pub(super) entry: NewRequest,
    pub(super) operation: Operation,
    /// Whether the brake or a pause of the directory has refused it.
    pub(super) stopped: bool,
    /// The identity provider that seems to have sent it.
    pub(super) idp: Option<Idp>,
    /// Of a bulk request, the operation that has failed and should be looked at.
    pub(super) worst: Option<Worst>,
}

/// Takes a request apart. `known` is the identity provider of the directory, as far as anybody knows.
pub(super) fn of(
    exchange: &Exchange,
    lengths: Lengths,
    now: Timestamp,
    known: Option<Idp>,
    db: &Db,
) -> Digest {
    let caller = exchange.caller.as_ref();
    let secrets = caller.map_or_else(Secrets::default, |caller| Secrets::of(&caller.models));
    let path = exchange.target.split('?').next().unwrap_or_default();
    let (operation, endpoint, id) = route(exchange.method, path);
    let target_type = endpoint.and_then(|endpoint| {
        let kind = caller?.models.at(endpoint)?;
        Some(kind.name().to_owned())
    });
    let [request, response] = [&exchange.request, &exchange.response]
        .map(|body| serde_json::from_slice::<Value>(body).unwrap_or_default());
    let idp = guess(exchange, &request);
    let failed = exchange.status >= 400;
    let field = |name: &str| response.get(name).and_then(Value::as_str).map(str::to_owned);
    let (scim_type, detail) = if failed {
        (field("scimType"), field("detail").map(|detail| one_line(&detail)))
    } else {
        (None, None)
    };
    let said = caller.filter(|_| failed || exchange.failed.is_some()).and_then(|caller| {
        // What an administrator says counts; that it cannot be read is no reason to keep nothing.
        db.look_up_one(|tx| directory::idp(tx, caller.directory)).ok().flatten()
    });
    let stopped = stopped_by(exchange.status, detail.as_deref().unwrap_or_default());
    let likely = said.or(idp).or(known).unwrap_or(Idp::Other);
    // A name is a help, not worth failing for.
    let name_by_id = |id: &str| {
        let (caller, id) = (caller?, id.parse().ok()?);
        db.look_up_one(|tx| tombstone::name_of(tx, caller.directory, id)).ok().flatten()
    };
    let failures = exchange.failed.as_ref().map(|failed| failures::of(exchange, failed, likely, name_by_id));
    let told = advice::of(advice::Problem {
        status: exchange.status,
        scim_type: scim_type.as_deref(),
        detail: detail.as_deref().unwrap_or_default(),
        stopped,
        operation,
        target_type: target_type.as_deref(),
        standing: caller.map(|caller| caller.standing),
        idp: likely,
    });
    let target_id = id.map(str::to_owned).or_else(|| {
        let made = operation == Operation::Create && !failed;
        made.then(|| field("id")).flatten()
    });
    let named =
        name_in(&response).or_else(|| name_in(&request)).or_else(|| name_by_id(target_id.as_deref()?));
    let target = named.or_else(|| asked_for(&exchange.target)).map(|name| bounded(&name));
    let notes: Vec<Value> = exchange
        .notes
        .iter()
        .map(|note| json!({ "quirk": note.quirk.map(Quirk::name), "text": one_line(&note.text) }))
        .collect();
    let length = |bytes: usize| i64::try_from(bytes).unwrap_or(i64::MAX);
    let kept = |body: &[u8], length: usize| {
        let too_long = body.is_empty() && length > 0;
        if too_long {
            Some(format!("[{length} bytes: too long to be kept]"))
        } else {
            redact::body(body, &secrets)
        }
    };
    let (failed, failures_told, failed_operations, worst) = match failures {
        None => (0, None, Vec::new(), None),
        Some(Failures { count, text, rows, worst }) => {
            (i64::try_from(count).unwrap_or(i64::MAX), Some(text), rows, worst)
        }
    };
    let entry = NewRequest {
        received: whole_milliseconds(now.checked_sub(exchange.took).unwrap_or(now)),
        request_id: exchange.request_id.clone(),
        directory: caller.map(|caller| (caller.directory, caller.directory_name.clone())),
        token: caller.map(|caller| (caller.token, caller.label.clone())),
        authenticated: caller.is_some_and(|caller| caller.standing == Standing::Valid),
        method: exchange.method.to_owned(),
        path: redact::target(&exchange.target, &secrets),
        operation: operation.as_str().to_owned(),
        target_type,
        target_id: target_id.map(|id| bounded(&id)),
        target,
        status: exchange.status,
        failed,
        failures: failures_told,
        failed_operations,
        scim_type,
        detail,
        explanation: told.map(|told| told.explanation.to_owned()),
        advice: told.map(|told| told.advice_for(caller.map(|caller| caller.directory_name.as_str()))),
        duration: i64::try_from(exchange.took.as_micros()).unwrap_or(i64::MAX),
        notes: Value::from(notes).to_string(),
        address: exchange.address.clone(),
        user_agent: exchange.user_agent.as_deref().map(bounded),
        bodies: BodiesRow {
            request: kept(&exchange.request, lengths.request),
            request_bytes: length(lengths.request),
            response: kept(&exchange.response, lengths.response),
            response_bytes: length(lengths.response),
        },
    };
    Digest { entry, operation, stopped: stopped.is_some(), idp, worst }
}

/// What a request asks for, the endpoint of its resource type, and the id of the resource.
fn route<'p>(method: &str, path: &'p str) -> (Operation, Option<&'p str>, Option<&'p str>) {
    let below = path.strip_prefix("/scim").unwrap_or(path);
    let below =
        below.strip_prefix("/v2").filter(|rest| rest.is_empty() || rest.starts_with('/')).unwrap_or(below);
    let segments: Vec<&str> = below.split('/').filter(|segment| !segment.is_empty()).collect();
    match (method, segments.as_slice()) {
        ("GET", ["ServiceProviderConfig" | "ResourceTypes" | "Schemas", ..]) => {
            (Operation::Discovery, None, None)
        }
        ("GET", ["readiness"]) => (Operation::Readiness, None, None),
        ("POST", ["Bulk"]) => (Operation::Bulk, None, None),
        ("POST", [".search"]) => (Operation::Search, None, None),
        ("GET", []) => (Operation::List, None, None),
        ("POST", [endpoint, ".search"]) => (Operation::Search, Some(endpoint), None),
        ("GET", [endpoint]) => (Operation::List, Some(endpoint), None),
        ("POST", [endpoint]) => (Operation::Create, Some(endpoint), None),
        ("GET", [endpoint, id]) => (Operation::Read, Some(endpoint), Some(id)),
        ("PUT", [endpoint, id]) => (Operation::Replace, Some(endpoint), Some(id)),
        ("PATCH", [endpoint, id]) => (Operation::Patch, Some(endpoint), Some(id)),
        ("DELETE", [endpoint, id]) => (Operation::Delete, Some(endpoint), Some(id)),
        _ => (Operation::Other, None, None),
    }
}

/// Which identity provider writes like this: by its name for itself, else by what only Entra ID does.
fn guess(exchange: &Exchange, request: &Value) -> Option<Idp> {
    if let Some(idp) = exchange.user_agent.as_deref().and_then(Idp::of_user_agent) {
        return Some(idp);
    }
    let schemas = request.get("schemas").and_then(Value::as_array).into_iter().flatten();
    let microsoft = schemas.filter_map(Value::as_str).any(|uri| uri.contains("schemas.microsoft.com"));
    let cased = exchange.notes.iter().any(|note| note.quirk == Some(Quirk::OperationCase));
    let flagged = exchange.target.contains("aadOptscim");
    (microsoft || cased || flagged).then_some(Idp::Entra)
}

/// The name in a user or a group.
fn name_in(resource: &Value) -> Option<String> {
    let text = |name: &str| resource.get(name).and_then(Value::as_str).map(str::to_owned);
    text("userName").or_else(|| text("displayName"))
}

/// The name that a query looks for: what stands in quotes in a filter of one comparison.
fn asked_for(target: &str) -> Option<String> {
    let (_, query) = target.split_once('?')?;
    let filter = query.split('&').find_map(|pair| pair.strip_prefix("filter="))?;
    let filter = redact::percent(filter);
    let (attribute, rest) = filter.split_once(' ')?;
    let value = rest.trim().strip_prefix("eq")?.trim().strip_prefix('"')?.strip_suffix('"')?;
    let names =
        ["username", "displayname", "externalid", "id"].contains(&attribute.to_ascii_lowercase().as_str());
    (names && !value.contains('"')).then(|| value.to_owned())
}

/// A text of bounded length and on one line: it will be shown in a terminal (threat S37).
pub(super) fn bounded(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(FIELD_CHARACTERS).collect()
}

/// A sentence, which may repeat what a client has written: without what a terminal would carry out.
pub(super) fn one_line(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).collect()
}

/// The time as the store keeps it: what is shown from memory and what is read again are the same.
fn whole_milliseconds(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::{Operation, asked_for, bounded, route};

    #[test]
    fn a_request_is_known_by_its_method_and_path() {
        assert_eq!(route("GET", "/scim/v2/Users"), (Operation::List, Some("Users"), None));
        assert_eq!(route("PATCH", "/scim/Groups/1/"), (Operation::Patch, Some("Groups"), Some("1")));
        assert_eq!(route("POST", "/scim/v2/Users/.search"), (Operation::Search, Some("Users"), None));
        assert_eq!(route("POST", "/scim/v2/Bulk"), (Operation::Bulk, None, None));
        assert_eq!(route("GET", "/scim/v2/Schemas/urn:x"), (Operation::Discovery, None, None));
        assert_eq!(route("GET", "/scim/v2"), (Operation::List, None, None));
        assert_eq!(route("DELETE", "/scim/v2/Users"), (Operation::Other, None, None));
    }

    #[test]
    fn a_query_by_name_is_about_that_name() {
        let of = |filter: &str| asked_for(&format!("/scim/v2/Users?startIndex=1&filter={filter}"));
        assert_eq!(of("userName+eq+%22ada%22").as_deref(), Some("ada"));
        assert_eq!(of("userName%20eq%20%22ada%40x.org%22&count=1").as_deref(), Some("ada@x.org"));
        assert_eq!(of("active%20eq%20%22ada%22"), None);
        assert_eq!(of("userName%20eq%20%22a%22%20or%20userName%20eq%20%22b%22"), None);
    }

    #[test]
    fn threat_s37_what_a_client_writes_has_no_control_characters_and_a_bound() {
        assert_eq!(bounded("a\u{1b}[31m\r\nb"), "a[31mb");
        assert_eq!(bounded(&"x".repeat(1000)).len(), 256);
    }
}
