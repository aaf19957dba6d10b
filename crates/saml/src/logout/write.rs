//! Logout messages of this service: signed, by the redirect binding (SAML bindings §3.4.4.1).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use jiff::Timestamp;

use crate::begin::{instant, redirect};
use crate::connection::{Connection, Endpoint, ServiceProvider};
use crate::identity::NameId;
use crate::key::ServiceKey;
use crate::shape::SUCCESS;
use crate::xml::{ASSERTION, PROTOCOL, escaped};

/// The first step of a logout that this service has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BegunLogout {
    /// Where to send the browser.
    pub redirect: String,
    /// The id of the request, which the answer has to name.
    pub request_id: String,
}

/// How a request of the identity provider ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoggedOut<'a> {
    /// The id of its request.
    pub request_id: &'a str,
    /// Its RelayState, which goes back as it came.
    pub relay_state: Option<&'a str>,
}

/// Asks the identity provider to end the session that it has of a user, and those of the other applications. None where its metadata
/// names no place for that.
pub fn begin_logout(
    service_provider: &ServiceProvider,
    connection: &Connection,
    key: &ServiceKey,
    (name_id, session_index): (&NameId, Option<&str>),
    now: Timestamp,
    entropy: &[u8; 16],
) -> Option<BegunLogout> {
    let destination = connection.identity_provider.logout.as_ref()?;
    // The identity provider knows the user by all of it (SAML core §3.3.4).
    let qualified: String = [
        ("NameQualifier", &name_id.name_qualifier),
        ("SPNameQualifier", &name_id.sp_name_qualifier),
        ("Format", &name_id.format),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!(" {name}=\"{}\"", escaped(value.as_deref()?))))
    .collect();
    let index = session_index.map_or(String::new(), |index| {
        format!("<samlp:SessionIndex>{}</samlp:SessionIndex>", escaped(index))
    });
    let request_id = id(entropy);
    let xml = message(
        "LogoutRequest",
        (service_provider, destination),
        &request_id,
        (now, ""),
        &format!("<saml:NameID{qualified}>{}</saml:NameID>{index}", escaped(&name_id.value)),
    );
    let redirect = signed(destination, "SAMLRequest", &xml, None, key);
    Some(BegunLogout { redirect, request_id })
}

/// Tells the identity provider that what it asked for is done; gives where to send the browser. None where its metadata names no place
/// for that.
pub fn answer_logout(
    service_provider: &ServiceProvider,
    connection: &Connection,
    key: &ServiceKey,
    done: LoggedOut<'_>,
    now: Timestamp,
    entropy: &[u8; 16],
) -> Option<String> {
    let destination = connection.identity_provider.logout.as_ref()?;
    let answers = format!(" InResponseTo=\"{}\"", escaped(done.request_id));
    let xml = message(
        "LogoutResponse",
        (service_provider, destination),
        &id(entropy),
        (now, &answers),
        &format!("<samlp:Status><samlp:StatusCode Value=\"{SUCCESS}\"/></samlp:Status>"),
    );
    Some(signed(destination, "SAMLResponse", &xml, done.relay_state, key))
}

fn id(entropy: &[u8; 16]) -> String {
    format!("id-{}", HEXLOWER.encode(entropy))
}

fn message(
    name: &str,
    (service_provider, destination): (&ServiceProvider, &Endpoint),
    id: &str,
    (now, more): (Timestamp, &str),
    content: &str,
) -> String {
    format!(
        "<samlp:{name} xmlns:samlp=\"{PROTOCOL}\" xmlns:saml=\"{ASSERTION}\" ID=\"{id}\" Version=\"2.0\" IssueInstant=\"{}\" \
         Destination=\"{}\"{more}><saml:Issuer>{}</saml:Issuer>{content}</samlp:{name}>",
        instant(now),
        escaped(destination.as_str()),
        escaped(service_provider.entity_id.as_str()),
    )
}

/// The URL of a message with its signature: over the parameters as they stand in the query.
fn signed(
    destination: &Endpoint,
    name: &str,
    xml: &str,
    relay_state: Option<&str>,
    key: &ServiceKey,
) -> String {
    let url = redirect(destination, name, xml, relay_state);
    let algorithm =
        form_urlencoded::Serializer::new(String::new()).append_pair("SigAlg", key.method()).finish();
    let url = format!("{url}&{algorithm}");
    // The query of the destination itself is not signed.
    let from = destination.as_str().len() + 1;
    let signature = key.sign(url.get(from..).unwrap_or_default().as_bytes());
    let signature = STANDARD.encode(signature);
    let signature =
        form_urlencoded::Serializer::new(String::new()).append_pair("Signature", &signature).finish();
    format!("{url}&{signature}")
}
