//! Security event tokens: changes of users and groups as JWTs that the receiver checks with a public key (RFC 8417, RFC 9967).

use aws_lc_rs::agreement::{ECDH_P256, PrivateKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64URL_NOPAD;
use enroll_domain::WebhookId;
use enroll_domain::audit::Action;
use enroll_domain::delivery::WebhookFormat;
use enroll_domain::event::EventType;
use enroll_store::Tx;
use enroll_store::event::EventRow;
use enroll_store::server_key::{self, Secret};
use enroll_store::webhook;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::events::Event;
use crate::{Error, Service};

/// What the key is kept under.
const PURPOSE: &str = "security-events";

/// What the data of an event has under the name of an attribute. The rest helps to read the event, or is no attribute of SCIM.
const ATTRIBUTES: [&str; 6] = ["userName", "externalId", "displayName", "active", "emails", "members"];

const VERIFICATION: &str = "https://schemas.openid.net/secevent/ssf/event-type/verification";
const CREATE: &str = "urn:ietf:params:scim:event:prov:create:notice";
const PATCH: &str = "urn:ietf:params:scim:event:prov:patch:notice";
const DELETE: &str = "urn:ietf:params:scim:event:prov:delete";
const ACTIVATE: &str = "urn:ietf:params:scim:event:prov:activate";
const DEACTIVATE: &str = "urn:ietf:params:scim:event:prov:deactivate";

/// The URIs of the events that tokens tell (RFC 9967 §2.4): those with attributes in their short form.
pub const SECURITY_EVENT_URIS: [&str; 5] = [CREATE, PATCH, DELETE, ACTIVATE, DEACTIVATE];

/// The key that tokens are signed with: ES256, the same for every process on the database.
pub(super) struct SetKey {
    pair: EcdsaKeyPair,
    x: String,
    y: String,
    id: String,
}

impl SetKey {
    /// The key, if there is one.
    pub(super) fn find(tx: &Tx<'_>) -> Result<Option<Self>, Error> {
        server_key::find(tx, PURPOSE)?.map(|secret| Self::new(&secret)).transpose()
    }

    /// Keeps a key, unless there is one.
    pub(super) fn ensure(tx: &Tx<'_>, fresh: &Secret, now: Timestamp) -> Result<(), Error> {
        // A number that is no key of the curve, one in 2^32, must not be kept.
        Self::new(fresh)?;
        server_key::find_or_insert(tx, PURPOSE, fresh, now)?;
        Ok(())
    }

    fn new(secret: &Secret) -> Result<Self, Error> {
        let unfit = |_| Error::Internal("the key of security events is no key".to_owned());
        let private = PrivateKey::from_private_key(&ECDH_P256, secret)
            .map_err(|_| Error::Internal("the key of security events is no key".to_owned()))?;
        let public = private.compute_public_key().map_err(unfit)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            secret,
            public.as_ref(),
        )
        .map_err(|_| Error::Internal("the key of security events is no key".to_owned()))?;
        // An uncompressed point: 4, then both coordinates.
        let coordinates = public.as_ref().get(1..).and_then(|point| point.split_at_checked(32));
        let (x, y) = coordinates
            .ok_or_else(|| Error::Internal("the key of security events has no coordinates".to_owned()))?;
        let (x, y) = (BASE64URL_NOPAD.encode(x), BASE64URL_NOPAD.encode(y));
        // RFC 7638: the members that make the key, by name, without spaces.
        let thumbprint = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let id = BASE64URL_NOPAD.encode(digest(&SHA256, thumbprint.as_bytes()).as_ref());
        Ok(Self { pair, x, y, id })
    }

    /// The public part (RFC 7517).
    fn public(&self) -> Value {
        json!({
            "kty": "EC", "crv": "P-256", "x": self.x, "y": self.y, "kid": self.id, "alg": "ES256", "use": "sig",
        })
    }

    /// The token of an event; `None` when the RFC has no event for it. `external` is the externalId of what it is about.
    pub(super) fn token(
        &self,
        event: &Event,
        external: Option<&str>,
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Option<String> {
        let (subject, events) = (subject(event, external)?, notices(event.of, &event.data)?);
        let mark = event.id.rsplit('_').next().unwrap_or_default();
        self.sign(&json!({
            "iss": issuer,
            "iat": now.as_second(),
            "jti": event.id,
            "aud": [audience],
            "txn": format!("{}_{mark}", event.audit),
            "toe": event.time.as_second(),
            "sub_id": subject,
            "events": events,
        }))
    }

    /// The token of a test message: that of the stream, which is the webhook (OpenID Shared Signals Framework 1.0 §8.1.4).
    pub(super) fn test(
        &self,
        id: &str,
        webhook: WebhookId,
        issuer: &str,
        audience: &str,
        now: Timestamp,
    ) -> Option<String> {
        self.sign(&json!({
            "iss": issuer,
            "iat": now.as_second(),
            "jti": id,
            "aud": [audience],
            "sub_id": {"format": "opaque", "id": webhook},
            "events": {VERIFICATION: {}},
        }))
    }

    fn sign(&self, claims: &Value) -> Option<String> {
        let header = json!({"typ": "secevent+jwt", "alg": "ES256", "kid": self.id}).to_string();
        let claims = claims.to_string();
        let signed = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.as_bytes()),
            BASE64URL_NOPAD.encode(claims.as_bytes())
        );
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).ok()?;
        Some(format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref())))
    }
}

/// Whether RFC 9967 has an event for this one, which is read only where it may: for users and groups.
pub(super) fn is_told(row: &EventRow) -> bool {
    row.directory.is_some()
        && ["user.", "group."].iter().any(|kind| row.of.as_str().starts_with(kind))
        && serde_json::from_str(&row.data).is_ok_and(|data| notices(row.of, &data).is_some())
}

/// Of what the event is. Local people and bots are of no directory: they are outside SCIM (enrollment.md 2.9).
fn subject(event: &Event, external: Option<&str>) -> Option<Value> {
    event.directory.as_ref()?;
    let endpoint = match event.subject.kind.as_str() {
        "user" => "/Users",
        "group" => "/Groups",
        _ => return None,
    };
    let mut subject = Map::new();
    subject.insert("format".to_owned(), json!("scim"));
    subject.insert("uri".to_owned(), json!(format!("{endpoint}/{}", event.subject.id)));
    subject.insert("id".to_owned(), json!(event.subject.id));
    let changed = || event.data.pointer("/externalId/new").or_else(|| event.data.pointer("/externalId/old"));
    subject.extend(
        external.map(Value::from).or_else(|| changed().cloned()).map(|id| ("externalId".to_owned(), id)),
    );
    Some(Value::Object(subject))
}

/// The events of RFC 9967 §2.4 in their short form: which attributes, and no values. None for a change of what is no attribute of SCIM,
/// such as the handle.
fn notices(of: EventType, data: &Value) -> Option<Map<String, Value>> {
    let EventType::Change(action) = of else { return None };
    let attributes = attributes(data);
    let notice = |uri: &str| (uri.to_owned(), json!({"attributes": &attributes}));
    let plain = |uri: &str| (uri.to_owned(), json!({}));
    let events = match action {
        Action::UserCreated | Action::GroupCreated => vec![notice(CREATE)],
        Action::UserDeleted | Action::GroupDeleted => vec![plain(DELETE)],
        Action::UserDeactivated => vec![plain(DEACTIVATE), notice(PATCH)],
        Action::UserReactivated => vec![plain(ACTIVATE), notice(PATCH)],
        _ if attributes.is_empty() => return None,
        _ => vec![notice(PATCH)],
    };
    Some(events.into_iter().collect())
}

fn attributes(data: &Value) -> Vec<String> {
    let mut names = Vec::new();
    for (name, value) in data.as_object().into_iter().flatten() {
        if name == "otherAttributes" {
            let others = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            // A list that was cut ends with a sentence, which is no name.
            names.extend(others.filter(|name| !name.starts_with('…')).map(str::to_owned));
        } else if ATTRIBUTES.contains(&name.as_str()) {
            names.push(name.clone());
        }
    }
    names
}

impl Service {
    /// Whether a webhook gets security event tokens: what RFC 9967 §4 calls configured.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn sends_security_events(&self) -> Result<bool, Error> {
        self.db().look_up(|tx| {
            let all = webhook::list(tx)?;
            Ok(all.iter().any(|row| row.format == WebhookFormat::SecurityEvents))
        })
    }

    /// The public keys that security event tokens are checked with (RFC 7517): none before the first webhook that gets them.
    ///
    /// # Errors
    /// [`Error::Store`]
    pub fn security_event_keys(&self) -> Result<Value, Error> {
        let key = self.db().look_up(SetKey::find)?;
        Ok(json!({"keys": key.iter().map(SetKey::public).collect::<Vec<_>>()}))
    }
}
