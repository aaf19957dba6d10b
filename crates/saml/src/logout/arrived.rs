//! How a logout message arrives: in the query of a redirect, or in a form (SAML bindings §3.4, §3.5). What comes out is the text that
//! was verified.

use miniz_oxide::inflate::decompress_to_vec_with_limit;
use roxmltree::{Document, Node};

use crate::certificate::Certificates;
use crate::finish::decoded;
use crate::policy::{MAX_DECODED_BYTES, SignatureAlgorithm};
use crate::refusal::{Reason, Refusal};
use crate::signature::{from_base64, signer, verify};
use crate::xml::{PROTOCOL, SIGNATURE, children, is, parse};

/// The one way of packing (SAML bindings §3.4.4.1).
const DEFLATE: &str = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE";

/// A message as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrived<'a> {
    /// The query of a redirect, as it was sent: its very characters are what is signed.
    Redirect(&'a str),
    /// A field of a form: base64.
    Post(&'a str),
}

/// Which message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Request,
    Response,
}

impl Kind {
    /// The name of the parameter.
    const fn parameter(self) -> &'static str {
        match self {
            Self::Request => "SAMLRequest",
            Self::Response => "SAMLResponse",
        }
    }

    /// The name of the element.
    const fn element(self) -> &'static str {
        match self {
            Self::Request => "LogoutRequest",
            Self::Response => "LogoutResponse",
        }
    }

    /// The root, which is such a message, with no other inside.
    pub(super) fn root<'a, 'i>(self, document: &'a Document<'i>) -> Result<Node<'a, 'i>, Refusal> {
        let root = document.root_element();
        let nested = || root.descendants().skip(1).any(|node| is(node, PROTOCOL, self.element()));
        if is(root, PROTOCOL, self.element()) && !nested() {
            Ok(root)
        } else {
            Err(Refusal::with(Reason::NotALogout, format!("the root is {}", root.tag_name().name())))
        }
    }
}

impl Arrived<'_> {
    /// The text of the message, after its signature was verified by a configured key (A1, A6).
    pub(super) fn verified(self, kind: Kind, certificates: &Certificates) -> Result<String, Refusal> {
        match self {
            Self::Redirect(query) => redirected(query, kind, certificates),
            Self::Post(field) => posted(field, kind, certificates),
        }
    }
}

/// A message in a form is signed as a response is: in its root (A2).
fn posted(field: &str, kind: Kind, certificates: &Certificates) -> Result<String, Refusal> {
    let bytes = decoded(field)?;
    let document = parse(&bytes)?;
    let root = kind.root(&document)?;
    let all = root.descendants().filter(|node| is(*node, SIGNATURE, "Signature")).count();
    match (all, children(root, SIGNATURE, "Signature").next()) {
        (0, _) => Err(Reason::Unsigned.into()),
        (1, Some(signature)) => Ok(verify(root, signature, certificates)?.text),
        _ => Err(Reason::SignaturePlacement.into()),
    }
}

/// The parameters of a redirect that count, as they were sent.
#[derive(Default)]
struct Query<'q> {
    message: Option<&'q str>,
    relay_state: Option<&'q str>,
    algorithm: Option<&'q str>,
    signature: Option<&'q str>,
    encoding: Option<&'q str>,
}

impl<'q> Query<'q> {
    /// A parameter that is given twice could be verified the one time and read the other.
    fn read(query: &'q str, kind: Kind) -> Result<Self, Refusal> {
        let mut read = Self::default();
        for pair in query.split('&') {
            let (name, sent) = pair.split_once('=').unwrap_or((pair, ""));
            let place = match name {
                "RelayState" => &mut read.relay_state,
                "SigAlg" => &mut read.algorithm,
                "Signature" => &mut read.signature,
                "SAMLEncoding" => &mut read.encoding,
                name if name == kind.parameter() => &mut read.message,
                "SAMLRequest" | "SAMLResponse" => return Err(Reason::SignatureForm.into()),
                // Read by others after decoding, so no other spelling of a name may pass here.
                name if name.contains(['%', '+']) && is_ours(&value(name)?) => {
                    return Err(Reason::SignatureForm.into());
                }
                _ => continue,
            };
            if place.replace(sent).is_some() {
                return Err(Refusal::with(Reason::SignatureForm, format!("{name} is given twice")));
            }
        }
        Ok(read)
    }
}

/// Whether a parameter counts.
fn is_ours(name: &str) -> bool {
    matches!(name, "SAMLRequest" | "SAMLResponse" | "RelayState" | "SigAlg" | "Signature" | "SAMLEncoding")
}

fn redirected(query: &str, kind: Kind, certificates: &Certificates) -> Result<String, Refusal> {
    // A message that is not packed at all fits in here.
    if query.len() > MAX_DECODED_BYTES {
        return Err(Reason::TooLarge.into());
    }
    let sent = Query::read(query, kind)?;
    let message =
        sent.message.ok_or_else(|| Refusal::with(Reason::NotBase64, format!("no {}", kind.parameter())))?;
    let (Some(algorithm), Some(signature)) = (sent.algorithm, sent.signature) else {
        return Err(Reason::Unsigned.into());
    };
    if let Some(encoding) = sent.encoding
        && value(encoding)? != DEFLATE
    {
        return Err(Refusal::with(Reason::NotBase64, "another SAMLEncoding than DEFLATE"));
    }
    let uri = value(algorithm)?;
    let method =
        SignatureAlgorithm::from_uri(&uri).ok_or_else(|| Refusal::with(Reason::SignatureMethod, &uri))?;
    // The order is that of the standard, whatever the order in the query (SAML bindings §3.4.4.1).
    let mut signed = format!("{}={message}", kind.parameter());
    if let Some(relay_state) = sent.relay_state {
        signed.push_str(&format!("&RelayState={relay_state}"));
    }
    signed.push_str(&format!("&SigAlg={algorithm}"));
    let signature = from_base64(&value(signature)?, Reason::SignatureForm)?;
    signer(certificates, method, signed.as_bytes(), &signature)?;
    let packed = from_base64(&value(message)?, Reason::NotBase64)?;
    let bytes = decompress_to_vec_with_limit(&packed, MAX_DECODED_BYTES)
        .map_err(|_| Refusal::with(Reason::NotBase64, "it cannot be unpacked, or is larger than 256 KiB"))?;
    let document = parse(&bytes)?;
    let root = kind.root(&document)?;
    if root.descendants().any(|node| is(node, SIGNATURE, "Signature")) {
        return Err(Refusal::with(
            Reason::SignaturePlacement,
            "a redirect carries its signature in the query",
        ));
    }
    String::from_utf8(bytes).map_err(|_| Reason::NotUtf8.into())
}

/// A value of the query, decoded.
fn value(sent: &str) -> Result<String, Refusal> {
    let mut pairs = form_urlencoded::parse(sent.as_bytes());
    let decoded = pairs.next().map(|(name, _)| name.into_owned()).unwrap_or_default();
    // Base64 ends in signs that would begin a value, where they were not encoded.
    let padding = sent.len() - sent.trim_end_matches('=').len();
    Ok(decoded + &"=".repeat(padding))
}
