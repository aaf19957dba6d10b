//! Verification of one enveloped XML signature: of the element that it stands in, by a configured key.
//!
//! The result is the canonical text whose digest was signed. Everything that is read later is parsed from that text
//! anew, so what was verified and what is read cannot differ (A2, A4). What the signature says of itself (its reference, digest
//! and algorithms) is read in the same way, from the canonical `SignedInfo` whose signature has been verified.

use aws_lc_rs::signature::UnparsedPublicKey;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use roxmltree::Node;

use crate::canonical::canonical;
use crate::certificate::{Certificate, Certificates};
use crate::policy::{
    DigestAlgorithm, EXCLUSIVE_CANONICALIZATION, MAX_INCLUSIVE_PREFIXES, SignatureAlgorithm, TRANSFORMS,
};
use crate::refusal::{Reason, Refusal};
use crate::xml::{SIGNATURE, attribute, is, parse, text};

/// What a signature covers, and who made it.
#[derive(Debug)]
pub(crate) struct Verified<'c> {
    /// The canonical text of the element, without the signature.
    pub(crate) text: String,
    /// The certificate whose key verified it.
    pub(crate) by: &'c Certificate,
}

/// Verifies the signature that stands in `element`.
///
/// # Errors
/// When its form is not exactly the one that policy allows (A1, A5, A7, A8), when no configured key verifies it
/// (A6), or when the element is not what was signed (A2).
pub(crate) fn verify<'c>(
    element: Node<'_, '_>,
    signature: Node<'_, '_>,
    certificates: &'c Certificates,
) -> Result<Verified<'c>, Refusal> {
    let [info, value] = parts(signature)?;
    let prefixes = canonicalization(info)?;
    let signed = canonical(info, None, &prefixes)?;
    let document = parse(signed.as_bytes())?;
    let info = SignedInfo::read(document.root_element())?;

    // No certificate comes from the message: KeyInfo is not looked at (A6).
    let by = signer(certificates, info.algorithm, signed.as_bytes(), &base64(value)?)?;

    let id = element.attribute("ID").unwrap_or_default();
    if id.is_empty() || info.uri.strip_prefix('#') != Some(id) {
        return Err(Refusal::with(Reason::ReferenceUri, format!("URI=\"{}\"", info.uri)));
    }
    let text = canonical(element, Some(signature.id()), &info.prefixes)?;
    if info.digest.of(text.as_bytes()).as_ref() != info.digest_value {
        return Err(Reason::DigestMismatch.into());
    }
    Ok(Verified { text, by })
}

/// The certificate whose key has signed a message.
///
/// # Errors
/// When it is none of those that are configured (A6).
pub(crate) fn signer<'c>(
    certificates: &'c Certificates,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<&'c Certificate, Refusal> {
    let has_signed = |certificate: &&Certificate| {
        UnparsedPublicKey::new(algorithm.verification(), certificate.key()).verify(message, signature).is_ok()
    };
    certificates.iter().find(has_signed).ok_or(Refusal::from(Reason::SignatureInvalid))
}

/// `SignedInfo` and `SignatureValue`; after them nothing but one `KeyInfo`. An `Object` could hide a document (A2), a second
/// `SignedInfo` could be the one that is verified (A5).
fn parts<'a, 'i>(signature: Node<'a, 'i>) -> Result<[Node<'a, 'i>; 2], Refusal> {
    let parts: Vec<Node<'_, '_>> = signature.children().filter(Node::is_element).collect();
    match parts.as_slice() {
        [info, value, rest @ ..]
            if is(*info, SIGNATURE, "SignedInfo")
                && is(*value, SIGNATURE, "SignatureValue")
                && (rest.is_empty() || matches!(rest, [key] if is(*key, SIGNATURE, "KeyInfo"))) =>
        {
            Ok([*info, *value])
        }
        _ => Err(Reason::SignatureForm.into()),
    }
}

/// What the verified `SignedInfo` says.
struct SignedInfo<'a> {
    algorithm: SignatureAlgorithm,
    uri: &'a str,
    prefixes: Vec<&'a str>,
    digest: DigestAlgorithm,
    digest_value: Vec<u8>,
}

impl<'a> SignedInfo<'a> {
    /// Reads it, element by element in the order of the schema (XML Signature §4.4), with nothing besides.
    fn read(info: Node<'a, '_>) -> Result<Self, Refusal> {
        canonicalization(info)?;
        let parts: Vec<Node<'_, '_>> = info.children().filter(Node::is_element).collect();
        let [_, method, references @ ..] = parts.as_slice() else { return Err(Reason::SignatureForm.into()) };
        if !is(*method, SIGNATURE, "SignatureMethod") {
            return Err(Reason::SignatureForm.into());
        }
        let uri = attribute(*method, "Algorithm")?;
        // A child would be a parameter: the length of an HMAC, the salt of another scheme.
        let algorithm = SignatureAlgorithm::from_uri(uri)
            .filter(|_| !method.children().any(|child| child.is_element()))
            .ok_or_else(|| Refusal::with(Reason::SignatureMethod, uri))?;
        let [reference] = references else { return Err(Reason::ReferenceCount.into()) };
        if !is(*reference, SIGNATURE, "Reference") {
            return Err(Reason::ReferenceCount.into());
        }
        let uri = reference.attribute("URI").unwrap_or_default();
        if uri.len() < 2 || !uri.starts_with('#') || uri.contains('(') {
            return Err(Refusal::with(Reason::ReferenceUri, format!("URI=\"{uri}\"")));
        }
        let parts: Vec<Node<'_, '_>> = reference.children().filter(Node::is_element).collect();
        if parts.first().is_some_and(|first| !is(*first, SIGNATURE, "Transforms")) {
            return Err(Reason::Transforms.into());
        }
        let [transforms, method, value] = parts.as_slice() else { return Err(Reason::SignatureForm.into()) };
        if !is(*method, SIGNATURE, "DigestMethod") || !is(*value, SIGNATURE, "DigestValue") {
            return Err(Reason::SignatureForm.into());
        }
        let prefixes = transformed(*transforms)?;
        let digest_uri = attribute(*method, "Algorithm")?;
        let digest = DigestAlgorithm::from_uri(digest_uri)
            .ok_or_else(|| Refusal::with(Reason::DigestMethod, digest_uri))?;
        Ok(Self { algorithm, uri, prefixes, digest, digest_value: base64(*value)? })
    }
}

/// The prefixes of the canonicalization of `SignedInfo`, which must be the one that is accepted.
fn canonicalization<'a>(info: Node<'a, '_>) -> Result<Vec<&'a str>, Refusal> {
    let first = info.children().find(Node::is_element).ok_or(Refusal::from(Reason::SignatureForm))?;
    if !is(first, SIGNATURE, "CanonicalizationMethod") {
        return Err(Reason::SignatureForm.into());
    }
    let uri = attribute(first, "Algorithm")?;
    if uri != EXCLUSIVE_CANONICALIZATION {
        return Err(Refusal::with(Reason::CanonicalizationMethod, uri));
    }
    inclusive(first, Reason::CanonicalizationMethod)
}

/// The prefixes of the canonicalization of the element, after exactly the transforms that are accepted.
fn transformed<'a>(transforms: Node<'a, '_>) -> Result<Vec<&'a str>, Refusal> {
    let found: Vec<Node<'_, '_>> = transforms.children().filter(Node::is_element).collect();
    let [enveloped, exclusive] = found.as_slice() else {
        return Err(Refusal::with(Reason::Transforms, format!("{} transforms", found.len())));
    };
    for (transform, expected) in [enveloped, exclusive].into_iter().zip(TRANSFORMS) {
        let uri = transform.attribute("Algorithm").unwrap_or_default();
        if !is(*transform, SIGNATURE, "Transform") || uri != expected {
            return Err(Refusal::with(Reason::Transforms, uri));
        }
    }
    if enveloped.children().any(|child| child.is_element()) {
        return Err(Reason::Transforms.into());
    }
    inclusive(*exclusive, Reason::Transforms)
}

/// The prefixes of an `InclusiveNamespaces` list.
fn inclusive<'a>(method: Node<'a, '_>, reason: Reason) -> Result<Vec<&'a str>, Refusal> {
    let found: Vec<Node<'_, '_>> = method.children().filter(Node::is_element).collect();
    let list = match found.as_slice() {
        [] => return Ok(Vec::new()),
        [list] if is(*list, EXCLUSIVE_CANONICALIZATION, "InclusiveNamespaces") => list,
        _ => return Err(reason.into()),
    };
    let prefixes: Vec<&str> =
        list.attribute("PrefixList").unwrap_or_default().split_ascii_whitespace().collect();
    if prefixes.len() > MAX_INCLUSIVE_PREFIXES {
        return Err(Refusal::with(reason, "too many prefixes in InclusiveNamespaces"));
    }
    Ok(prefixes)
}

/// The base64 in an element of a signature.
fn base64(element: Node<'_, '_>) -> Result<Vec<u8>, Refusal> {
    let text: String = text(element).map_err(|_| Refusal::from(Reason::SignatureForm))?;
    from_base64(&text, Reason::SignatureForm)
}

/// Base64 with white space, which some identity providers break into lines, and nothing else.
///
/// # Errors
/// For the `reason` that is given.
pub(crate) fn from_base64(text: &str, reason: Reason) -> Result<Vec<u8>, Refusal> {
    let dense: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    STANDARD.decode(dense).map_err(|_| reason.into())
}
