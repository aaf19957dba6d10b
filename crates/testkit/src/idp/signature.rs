//! XML signatures, from templates.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Edit, SigningKey};

const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// How one element is signed.
#[derive(Default)]
pub struct SignatureSpec {
    /// The signature method, where it is not the key's.
    pub method: Option<String>,
    /// The digest method, where it is not SHA-256.
    pub digest: Option<String>,
    /// An edit of `SignedInfo` before it is signed.
    pub edit: Option<Edit>,
    /// What follows `SignatureValue`: a `KeyInfo`, an `Object`.
    pub after: String,
}

/// The names of the elements of a signature.
pub(super) struct Names {
    /// `ds:`, or nothing.
    pub(super) prefix: &'static str,
    /// The prefixes of the canonicalization: Okta has `xs`.
    pub(super) inclusive: Option<&'static str>,
}

impl SignatureSpec {
    /// The signature of an element whose canonical text is `text`.
    pub(super) fn sign(&self, key: &SigningKey, id: &str, text: &str, names: &Names) -> String {
        let p = names.prefix;
        let colon = p.trim_end_matches(':');
        let namespace = if p.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{colon}") };
        let namespace = format!(" {namespace}=\"http://www.w3.org/2000/09/xmldsig#\"");
        let method = self.method.as_deref().unwrap_or(key.method());
        let digest = self.digest.as_deref().unwrap_or("http://www.w3.org/2001/04/xmlenc#sha256");
        let inclusive = names.inclusive.map_or(String::new(), |prefixes| {
            format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"></ec:InclusiveNamespaces>"
            )
        });
        let info = format!(
            "<{p}SignedInfo{namespace}><{p}CanonicalizationMethod Algorithm=\"{EXCLUSIVE}\"></{p}CanonicalizationMethod>\
             <{p}SignatureMethod Algorithm=\"{method}\"></{p}SignatureMethod><{p}Reference URI=\"#{id}\"><{p}Transforms>\
             <{p}Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></{p}Transform>\
             <{p}Transform Algorithm=\"{EXCLUSIVE}\">{inclusive}</{p}Transform></{p}Transforms>\
             <{p}DigestMethod Algorithm=\"{digest}\"></{p}DigestMethod><{p}DigestValue>{}</{p}DigestValue></{p}Reference>\
             </{p}SignedInfo>",
            digest_of(digest, text),
        );
        let info = self.edit.as_ref().map_or(info.clone(), |edit| edit(info));
        let value = key.sign(method, &info);
        // In the signature the namespace is declared one element further out.
        let info = info.replacen(&namespace, "", 1);
        format!(
            "<{p}Signature{namespace}>{info}<{p}SignatureValue>{value}</{p}SignatureValue>{}</{p}Signature>",
            self.after
        )
    }
}

fn digest_of(method: &str, text: &str) -> String {
    let algorithm = match method.rsplit('#').next() {
        Some("sha384") => &aws_lc_rs::digest::SHA384,
        Some("sha512") => &aws_lc_rs::digest::SHA512,
        Some("sha1") => &aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY,
        _ => &aws_lc_rs::digest::SHA256,
    };
    STANDARD.encode(aws_lc_rs::digest::digest(algorithm, text.as_bytes()))
}
