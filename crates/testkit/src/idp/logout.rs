//! Logout messages of an identity provider.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::signature::Names;
use super::{Edit, SignatureSpec, SigningKey, instant};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// What a logout message says besides.
pub enum LogoutContent {
    /// A request to end sessions.
    Request {
        /// The NameID.
        name_id: String,
        /// The sessions; all when there is none.
        session_indexes: Vec<String>,
        /// `NotOnOrAfter`.
        not_on_or_after: Option<Timestamp>,
    },
    /// An answer.
    Response {
        /// `InResponseTo`.
        in_response_to: String,
        /// `StatusCode/@Value` after the last colon.
        status: String,
    },
}

/// Everything about a logout message. [`LogoutSpec::request`] and [`LogoutSpec::response`] make good ones; tests change what they are
/// about.
pub struct LogoutSpec {
    /// Its id.
    pub id: String,
    /// Its issuer.
    pub issuer: String,
    /// Where it goes.
    pub destination: Option<String>,
    /// When it was made.
    pub issued: Timestamp,
    /// The rest.
    pub content: LogoutContent,
    /// How it is signed in a form; `None` for not at all.
    pub signature: Option<SignatureSpec>,
    /// An edit of the canonical text before it is signed.
    pub edit: Option<Edit>,
}

impl LogoutSpec {
    /// A good request.
    pub fn request(id: &str, issuer: &str, destination: &str, name_id: &str, now: Timestamp) -> Self {
        let content = LogoutContent::Request {
            name_id: name_id.to_owned(),
            session_indexes: Vec::new(),
            not_on_or_after: Some(now + SignedDuration::from_mins(5)),
        };
        Self::new(id, issuer, destination, content, now)
    }

    /// A good answer.
    pub fn response(id: &str, issuer: &str, destination: &str, request_id: &str, now: Timestamp) -> Self {
        let content =
            LogoutContent::Response { in_response_to: request_id.to_owned(), status: "Success".to_owned() };
        Self::new(id, issuer, destination, content, now)
    }

    fn new(id: &str, issuer: &str, destination: &str, content: LogoutContent, now: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            issuer: issuer.to_owned(),
            destination: Some(destination.to_owned()),
            issued: now,
            content,
            signature: Some(SignatureSpec::default()),
            edit: None,
        }
    }

    /// The name of the parameter or field.
    pub fn parameter(&self) -> &'static str {
        match self.content {
            LogoutContent::Request { .. } => "SAMLRequest",
            LogoutContent::Response { .. } => "SAMLResponse",
        }
    }

    /// The message in its canonical form, with what stands after the issuer.
    fn text(&self, after_issuer: &str) -> String {
        let optional = |name: &str, value: &Option<String>| {
            value.as_ref().map_or(String::new(), |value| format!(" {name}=\"{value}\""))
        };
        let destination = optional("Destination", &self.destination);
        let (name, answers, end, content) = match &self.content {
            LogoutContent::Request { name_id, session_indexes, not_on_or_after } => {
                let indexes: String = session_indexes
                    .iter()
                    .map(|index| format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>"))
                    .collect();
                let name_id = format!("<saml:NameID xmlns:saml=\"{ASSERTION}\">{name_id}</saml:NameID>");
                let end = optional("NotOnOrAfter", &not_on_or_after.map(instant));
                ("LogoutRequest", String::new(), end, name_id + &indexes)
            }
            LogoutContent::Response { in_response_to, status } => {
                let answers = format!(" InResponseTo=\"{in_response_to}\"");
                let code = format!(
                    "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{status}\"></samlp:StatusCode>"
                );
                ("LogoutResponse", answers, String::new(), format!("<samlp:Status>{code}</samlp:Status>"))
            }
        };
        let text = format!(
            "<samlp:{name} xmlns:samlp=\"{PROTOCOL}\"{destination} ID=\"{}\"{answers} IssueInstant=\"{}\"{end} Version=\"2.0\">\
             <saml:Issuer xmlns:saml=\"{ASSERTION}\">{}</saml:Issuer>{after_issuer}{content}</samlp:{name}>",
            self.id,
            instant(self.issued),
            self.issuer,
        );
        self.edit.as_ref().map_or(text.clone(), |edit| edit(text))
    }

    /// The message as a form has it: signed inside.
    pub fn xml(&self, key: &SigningKey) -> String {
        let names = Names { prefix: "ds:", inclusive: None };
        let signature = self.signature.as_ref();
        let signature = signature.map(|spec| spec.sign(key, &self.id, &self.text(""), &names));
        self.text(&signature.unwrap_or_default())
    }

    /// The field of a form.
    pub fn form_field(&self, key: &SigningKey) -> String {
        STANDARD.encode(self.xml(key))
    }

    /// The query of a redirect, signed as a whole.
    pub fn query(&self, key: &SigningKey, relay_state: Option<&str>) -> String {
        self.query_of(&self.text(""), key, relay_state)
    }

    /// The query of a redirect with any message.
    pub fn query_of(&self, xml: &str, key: &SigningKey, relay_state: Option<&str>) -> String {
        let packed = STANDARD.encode(miniz_oxide::deflate::compress_to_vec(xml.as_bytes(), 6));
        let mut query = format!("{}={}", self.parameter(), percent(&packed));
        if let Some(relay_state) = relay_state {
            query.push_str(&format!("&RelayState={}", percent(relay_state)));
        }
        query.push_str(&format!("&SigAlg={}", percent(key.method())));
        let signature = key.sign(key.method(), &query);
        format!("{query}&Signature={}", percent(&signature))
    }
}

/// Percent-encoding in small letters, as Entra ID writes it: who encodes anew before verifying gets another text.
fn percent(text: &str) -> String {
    let byte = |byte: u8| {
        if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02x}") }
    };
    text.bytes().map(byte).collect()
}
