//! What a client is told of a user (OpenID Connect Core 1.0 §5).

use enroll_domain::{ClientScope, SessionId, UserId};
use enroll_scim::resource::primary_or_first;
use enroll_store::Tx;
use enroll_store::oidc::client::ClientRow;
use enroll_store::session::SessionRow;
use enroll_store::user::UserRow;
use serde_json::{Map, Value, json};

use crate::Error;
use crate::sessions::organizations_of;

/// The claims of a user for a client, by the scopes that it was given. `sub` is the user's id: it is never given to anybody else,
/// while names and addresses may be.
///
/// `email_verified` says what the registration of the client says: nobody has proved the address to Enroll, so it is false unless
/// an administrator vouches for the directories that the client's users come from.
pub(super) fn of_user(
    tx: &Tx<'_>,
    user: &UserRow,
    client: &ClientRow,
    scopes: &[ClientScope],
) -> Result<Map<String, Value>, Error> {
    let document = user.object()?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(|text| json!(text));
    let mut claims = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        claims.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("sub", Some(json!(user.id)));
    let has = |scope| scopes.contains(&scope);
    if has(ClientScope::Profile) {
        let part = |name: &str| text(document.get("name").and_then(|parts| parts.get(name)));
        let both = match (part("givenName"), part("familyName")) {
            (Some(Value::String(given)), Some(Value::String(family))) => {
                Some(json!(format!("{given} {family}")))
            }
            (given, family) => given.or(family),
        };
        let name = text(document.get("displayName")).or_else(|| part("formatted")).or(both);
        put("preferred_username", Some(json!(user.handle.as_str())));
        put("name", name);
        put("given_name", part("givenName"));
        put("family_name", part("familyName"));
        put("locale", text(document.get("locale")));
        put("zoneinfo", text(document.get("timezone")));
        put("updated_at", Some(json!(user.last_modified.as_second())));
    }
    if has(ClientScope::Email) {
        let emails = document.get("emails").and_then(Value::as_array);
        let email = emails.and_then(|emails| primary_or_first(emails));
        let email = text(email.and_then(|email| email.get("value")));
        let verified = email.as_ref().map(|_| json!(client.email_verified));
        put("email", email);
        put("email_verified", verified);
    }
    if has(ClientScope::Organizations) || has(ClientScope::Groups) {
        let organizations = organizations_of(tx, user)?;
        if has(ClientScope::Organizations) {
            let listed =
                organizations.iter().map(|of| json!({"id": of.id, "name": of.name, "role": of.role}));
            put("organizations", Some(listed.collect()));
        }
        if has(ClientScope::Groups) {
            let groups = organizations.iter().map(|of| json!(format!("{}:{}", of.name, of.role)));
            put("groups", Some(groups.collect()));
        }
    }
    Ok(claims)
}

/// Claims of the session, for an ID token.
pub(super) fn of_session(claims: &mut Map<String, Value>, session: &SessionRow) {
    claims.insert("sid".to_owned(), json!(session.id));
    // Not when the session was opened: the identity provider may have let her in by a session of its own (OpenID Connect Core §2).
    claims.insert("auth_time".to_owned(), json!(session.authenticated.as_second()));
}

/// Who and which session an ID token was about.
#[derive(Debug, Clone, serde::Deserialize)]
pub(super) struct Hint {
    pub(super) sub: UserId,
    pub(super) aud: String,
    pub(super) sid: SessionId,
}
