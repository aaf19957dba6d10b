//! SAML responses in the forms of Okta and of Entra ID.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};

use super::signature::Names;
use super::{Edit, SignatureSpec, SigningKey};

const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";

/// Whose form a response has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Prefixes `saml2p`, `saml2` and `ds`; typed values; `xs` in `InclusiveNamespaces`.
    Okta,
    /// The prefix `samlp`; assertion and signature in default namespaces; bare values.
    Entra,
}

/// What is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signed {
    /// The response alone.
    Response,
    /// The assertion alone: how Entra ID signs unless told otherwise.
    Assertion,
    /// Both: how Okta signs unless told otherwise.
    Both,
    /// Nothing.
    Nothing,
}

/// An attribute: its name and values.
pub type Attribute = (String, Vec<String>);

/// Everything about a response. [`ResponseSpec::new`] makes a good one; tests change what they are about.
pub struct ResponseSpec {
    /// The form.
    pub dialect: Dialect,
    /// What is signed.
    pub signed: Signed,
    /// How the response is signed.
    pub response_signature: SignatureSpec,
    /// How the assertion is signed.
    pub assertion_signature: SignatureSpec,
    /// An edit of the assertion's canonical text before it is signed.
    pub edit_assertion: Option<Edit>,
    /// An edit of the response's canonical text before it is signed.
    pub edit_response: Option<Edit>,
    /// `Response/@ID`.
    pub response_id: String,
    /// `Assertion/@ID`.
    pub assertion_id: String,
    /// `Response/@InResponseTo`.
    pub in_response_to: Option<String>,
    /// `SubjectConfirmationData/@InResponseTo`.
    pub confirmed_request: Option<String>,
    /// `Response/Issuer`.
    pub response_issuer: Option<String>,
    /// `Assertion/Issuer`.
    pub issuer: String,
    /// `Response/@Destination`.
    pub destination: Option<String>,
    /// `SubjectConfirmationData/@Recipient`.
    pub recipient: String,
    /// The audiences: a restriction for each list.
    pub audiences: Vec<Vec<String>>,
    /// `StatusCode/@Value` after the last colon.
    pub status: String,
    /// `SubjectConfirmation/@Method` after the last colon.
    pub method: String,
    /// `IssueInstant`.
    pub issued: Timestamp,
    /// `Conditions/@NotBefore`.
    pub not_before: Timestamp,
    /// `Conditions/@NotOnOrAfter`.
    pub not_on_or_after: Timestamp,
    /// `SubjectConfirmationData/@NotOnOrAfter`.
    pub confirmed_until: Timestamp,
    /// `AuthnStatement/@AuthnInstant`.
    pub authenticated: Timestamp,
    /// `AuthnStatement/@SessionNotOnOrAfter`.
    pub session_until: Option<Timestamp>,
    /// The NameID.
    pub name_id: String,
    /// Its format after the last colon, with the version: `1.1:nameid-format:emailAddress`.
    pub name_id_format: String,
    /// The attributes.
    pub attributes: Vec<Attribute>,
}

impl ResponseSpec {
    /// A good response for Ada Lovelace, made at `now` and valid for five minutes.
    pub fn new(
        dialect: Dialect,
        issuer: &str,
        audience: &str,
        acs: &str,
        request: Option<&str>,
        now: Timestamp,
    ) -> Self {
        let end = now + SignedDuration::from_mins(5);
        let (names, response_id, assertion_id) = match dialect {
            Dialect::Okta => (
                ["email", "firstName", "lastName", "displayName", "groups"],
                "id38517394861093512000000001",
                "id38517394861093512000000002",
            ),
            Dialect::Entra => (
                [
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
                    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname",
                    "http://schemas.microsoft.com/identity/claims/displayname",
                    "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
                ],
                "_f47ac10b-58cc-4372-a567-0e02b2c3d479",
                "_9b2d6c6e-3f0a-4b7e-8f55-1d5a5b7c2a01",
            ),
        };
        let values: [&[&str]; 5] = [
            &["ada@example.com"],
            &["Ada"],
            &["Lovelace"],
            &["Ada Lovelace"],
            &["Engineering", "R&D <core>"],
        ];
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        let attributes = names.iter().zip(values).map(|(name, values)| ((*name).to_owned(), owned(values)));
        Self {
            dialect,
            signed: if dialect == Dialect::Okta { Signed::Both } else { Signed::Assertion },
            response_signature: SignatureSpec::default(),
            assertion_signature: SignatureSpec::default(),
            edit_assertion: None,
            edit_response: None,
            response_id: response_id.to_owned(),
            assertion_id: assertion_id.to_owned(),
            in_response_to: request.map(str::to_owned),
            confirmed_request: request.map(str::to_owned),
            response_issuer: Some(issuer.to_owned()),
            issuer: issuer.to_owned(),
            destination: Some(acs.to_owned()),
            recipient: acs.to_owned(),
            audiences: vec![vec![audience.to_owned()]],
            status: "Success".to_owned(),
            method: "bearer".to_owned(),
            issued: now,
            not_before: now - SignedDuration::from_mins(5),
            not_on_or_after: end,
            confirmed_until: end,
            authenticated: now,
            session_until: None,
            name_id: "ada@example.com".to_owned(),
            name_id_format: "1.1:nameid-format:emailAddress".to_owned(),
            attributes: attributes.collect(),
        }
    }

    /// The response as XML, signed with the key.
    pub fn xml(&self, key: &SigningKey) -> String {
        let names = self.names();
        let sign_assertion = matches!(self.signed, Signed::Assertion | Signed::Both);
        let sign_response = matches!(self.signed, Signed::Response | Signed::Both);
        let edited = |text: String| self.edit_assertion.as_ref().map_or(text.clone(), |edit| edit(text));
        let mut assertion = edited(self.assertion(""));
        if sign_assertion {
            let signature = self.assertion_signature.sign(key, &self.assertion_id, &assertion, &names);
            assertion = edited(self.assertion(&signature));
        }
        // In the response `xs` is in force already.
        let assertion = match self.dialect {
            Dialect::Okta => assertion.replacen(" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"", "", 1),
            Dialect::Entra => assertion,
        };
        let edited = |text: String| self.edit_response.as_ref().map_or(text.clone(), |edit| edit(text));
        let mut response = edited(self.response("", &assertion));
        if sign_response {
            let signature = self.response_signature.sign(key, &self.response_id, &response, &names);
            response = edited(self.response(&signature, &assertion));
        }
        as_sent(&response)
    }

    /// The form field.
    pub fn form_field(&self, key: &SigningKey) -> String {
        STANDARD.encode(self.xml(key))
    }

    fn names(&self) -> Names {
        match self.dialect {
            Dialect::Okta => Names { prefix: "ds:", inclusive: Some("xs") },
            Dialect::Entra => Names { prefix: "", inclusive: None },
        }
    }

    /// The response in canonical form.
    fn response(&self, signature: &str, assertion: &str) -> String {
        let (p, xs, issuer, issuer_end) = match self.dialect {
            Dialect::Okta => (
                "saml2p",
                " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"",
                format!(
                    "<saml2:Issuer xmlns:saml2=\"{ASSERTION}\" Format=\"urn:oasis:names:tc:SAML:2.0:nameid-format:entity\">"
                ),
                "</saml2:Issuer>",
            ),
            Dialect::Entra => ("samlp", "", format!("<Issuer xmlns=\"{ASSERTION}\">"), "</Issuer>"),
        };
        let issuer = self
            .response_issuer
            .as_ref()
            .map_or(String::new(), |named| format!("{issuer}{}{issuer_end}", escaped(named)));
        format!(
            "<{p}:Response xmlns:{p}=\"{PROTOCOL}\"{xs}{} ID=\"{}\"{} IssueInstant=\"{}\" Version=\"2.0\">{issuer}{signature}\
             <{p}:Status><{p}:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:{}\"></{p}:StatusCode></{p}:Status>\
             {assertion}</{p}:Response>",
            optional("Destination", self.destination.as_deref()),
            self.response_id,
            optional("InResponseTo", self.in_response_to.as_deref()),
            instant(self.issued),
            self.status,
        )
    }

    /// The assertion in canonical form, as an element on its own.
    fn assertion(&self, signature: &str) -> String {
        let (p, namespaces) = match self.dialect {
            Dialect::Okta => (
                "saml2:",
                format!("xmlns:saml2=\"{ASSERTION}\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\""),
            ),
            Dialect::Entra => ("", format!("xmlns=\"{ASSERTION}\"")),
        };
        let restrictions: String = self
            .audiences
            .iter()
            .map(|audiences| {
                let audiences: String = audiences
                    .iter()
                    .map(|one| format!("<{p}Audience>{}</{p}Audience>", escaped(one)))
                    .collect();
                format!("<{p}AudienceRestriction>{audiences}</{p}AudienceRestriction>")
            })
            .collect();
        format!(
            "<{p}Assertion {namespaces} ID=\"{}\" IssueInstant=\"{issued}\" Version=\"2.0\"><{p}Issuer>{}</{p}Issuer>{signature}\
             <{p}Subject><{p}NameID Format=\"urn:oasis:names:tc:SAML:{}\">{}</{p}NameID>\
             <{p}SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:{}\">\
             <{p}SubjectConfirmationData{} NotOnOrAfter=\"{}\" Recipient=\"{}\"></{p}SubjectConfirmationData>\
             </{p}SubjectConfirmation></{p}Subject>\
             <{p}Conditions NotBefore=\"{}\" NotOnOrAfter=\"{}\">{restrictions}</{p}Conditions>\
             <{p}AuthnStatement AuthnInstant=\"{}\" SessionIndex=\"{}\"{}><{p}AuthnContext>\
             <{p}AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</{p}AuthnContextClassRef>\
             </{p}AuthnContext></{p}AuthnStatement>{}</{p}Assertion>",
            self.assertion_id,
            escaped(&self.issuer),
            self.name_id_format,
            escaped(&self.name_id),
            self.method,
            optional("InResponseTo", self.confirmed_request.as_deref()),
            instant(self.confirmed_until),
            self.recipient,
            instant(self.not_before),
            instant(self.not_on_or_after),
            instant(self.authenticated),
            self.assertion_id,
            optional("SessionNotOnOrAfter", self.session_until.map(instant).as_deref()),
            self.attribute_statement(p),
            issued = instant(self.issued),
        )
    }

    fn attribute_statement(&self, p: &str) -> String {
        let okta = self.dialect == Dialect::Okta;
        let format =
            if okta { " NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified\"" } else { "" };
        let typed = if okta {
            " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\""
        } else {
            ""
        };
        let attributes: String = self
            .attributes
            .iter()
            .map(|(name, values)| {
                let values: String = values
                    .iter()
                    .map(|value| format!("<{p}AttributeValue{typed}>{}</{p}AttributeValue>", escaped(value)))
                    .collect();
                format!("<{p}Attribute Name=\"{name}\"{format}>{values}</{p}Attribute>")
            })
            .collect();
        if attributes.is_empty() {
            return attributes;
        }
        format!("<{p}AttributeStatement>{attributes}</{p}AttributeStatement>")
    }
}

/// A canonical text as it is sent: empty elements are short, and namespaces stand after the attributes or are declared once more.
/// None of this changes the canonical form.
fn as_sent(canonical: &str) -> String {
    let mut sent = canonical.to_owned();
    for name in ["StatusCode", "Transform", "SignatureMethod", "DigestMethod", "CanonicalizationMethod"] {
        for prefix in ["saml2p:", "samlp:", "ds:", ""] {
            sent = sent.replace(&format!("\"></{prefix}{name}>"), "\"/>");
        }
    }
    let xs = " xmlns:xs=\"http://www.w3.org/2001/XMLSchema\"";
    sent = sent.replace(" xsi:type=", &format!("{xs} xsi:type="));
    sent.replacen(&format!("xmlns:samlp=\"{PROTOCOL}\" "), "", 1).replacen(
        "<samlp:Response ",
        &format!("<samlp:Response\n   xmlns:samlp='{PROTOCOL}' "),
        1,
    )
}

fn optional(name: &str, value: Option<&str>) -> String {
    value.map_or(String::new(), |value| format!(" {name}=\"{value}\""))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('\r', "&#xD;")
}

/// A time as identity providers write it: in UTC, with milliseconds.
pub fn instant(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}
