//! Why a message is refused: a reason with a stable code, and the sentence that tells an administrator what to do.

use std::fmt;

/// Declares the reasons: variant, code, sentence.
macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $code:literal: $sentence:literal,)+) => {
        /// The closed list of reasons. The code is stable: it stands in audit entries and on the page that the user sees.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $($(#[$doc])* $variant,)+
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// What is wrong and what to do about it.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }
    };
}

reasons! {
    /// A10.
    TooLarge = "too_large": "the message is larger than 256 KiB: send fewer groups or attributes",
    /// The form field is not base64.
    NotBase64 = "not_base64": "the message is not base64: the form was cut off or altered on its way",
    /// A4.
    NotUtf8 = "not_utf8": "the message is not XML 1.0 in UTF-8",
    /// A9.
    Doctype = "doctype": "the message has a document type declaration, which SAML forbids",
    /// A5.
    Comment = "comment": "the message has an XML comment, which could cut a name in two",
    /// A5.
    Cdata = "cdata": "the message has a CDATA section, which could cut a name in two",
    /// A5.
    ProcessingInstruction = "processing_instruction": "the message has a processing instruction, which could cut a name in two",
    /// A9.
    Entity = "entity": "the message refers to an entity that XML does not define by itself",
    /// A9.
    Xinclude = "xinclude": "the message asks to include another document",
    /// A10.
    TooDeep = "too_deep": "the message nests more than 64 elements",
    /// A10.
    TooManyAttributes = "too_many_attributes": "an element has more than 64 attributes, or more than 64 namespaces are in force",
    /// A4.
    DuplicateAttribute = "duplicate_attribute": "an element has the same attribute twice",
    /// A4.
    NamespaceUri = "namespace_uri": "a namespace is declared by a relative or empty name",
    /// Not well-formed XML.
    Malformed = "malformed": "the message is not well-formed XML",
    /// A2.
    DuplicateId = "duplicate_id": "two elements have the same ID, so a signature could mean either",
    /// A3.
    NotAResponse = "not_a_response": "the message is no samlp:Response: the sign-in URL takes nothing else",
    /// A2.
    NestedResponse = "nested_response": "a response stands inside the response",
    /// A11.
    StatusNotSuccess = "status_not_success": "the identity provider refused the sign-in: see its own log for the cause",
    /// A16.
    Encrypted = "encrypted": "the assertion is encrypted: turn assertion encryption off in the identity provider (TLS protects it on its way)",
    /// No assertion.
    NoAssertion = "no_assertion": "the response has no assertion",
    /// A2.
    SeveralAssertions = "several_assertions": "the response has more than one assertion, so it is open which one counts",
    /// A2.
    AssertionPlacement = "assertion_placement": "the assertion does not stand directly in the response",
    /// A1.
    Unsigned = "unsigned": "neither the response nor the assertion is signed: turn signing on in the identity provider",
    /// A2.
    SignaturePlacement = "signature_placement": "a signature stands where none belongs, or twice",
    /// A1, A2, A5: anything but SignedInfo, SignatureValue and KeyInfo, each once.
    SignatureForm = "signature_form": "the signature has parts that are missing, repeated or of no use",
    /// A7.
    CanonicalizationMethod = "canonicalization_method": "the signature uses another canonicalization than exclusive c14n without comments",
    /// A7.
    SignatureMethod = "signature_method": "the signature algorithm is not accepted: choose RSA or ECDSA with SHA-256 in the identity provider",
    /// A7.
    DigestMethod = "digest_method": "the digest algorithm is not accepted: choose SHA-256 in the identity provider",
    /// A7.
    Transforms = "transforms": "the signature has other transforms than enveloped-signature and exclusive c14n",
    /// A1, A2.
    ReferenceCount = "reference_count": "the signature must have exactly one Reference",
    /// A2, A8.
    ReferenceUri = "reference_uri": "the signature does not refer to the element that it stands in",
    /// A5, A7: the signed content is not what the signature says.
    DigestMismatch = "digest_mismatch": "what was signed was altered after signing",
    /// A6, A7.
    SignatureInvalid = "signature_invalid": "no configured certificate verifies the signature: compare the identity provider's signing certificate with those of the connection",
    /// A1: verified bytes that cannot be read anew.
    VerifiedUnreadable = "verified_unreadable": "what the signature covers is no complete document",
    /// A11.
    Version = "version": "the message is not of SAML version 2.0",
    /// The message lacks what the standard demands of it.
    Incomplete = "incomplete": "the message lacks a part that SAML demands, or has it twice",
    /// A11.
    Issuer = "issuer": "the issuer is not the identity provider of this connection: compare the entity IDs",
    /// A11.
    Destination = "destination": "the response was made for another URL: compare the ACS URL in the identity provider",
    /// A11.
    Audience = "audience": "the assertion was made for another application: compare the audience (entity ID) in the identity provider",
    /// A11.
    Recipient = "recipient": "the subject confirmation was made for another URL: compare the recipient (ACS URL) in the identity provider",
    /// A11.
    ConfirmationMethod = "confirmation_method": "the assertion has no bearer subject confirmation",
    /// A11, A12.
    NoConditions = "no_conditions": "the assertion has no Conditions with an audience and an end",
    /// A11.
    UnknownCondition = "unknown_condition": "the assertion has a condition that is not known, so it cannot be met",
    /// A12.
    Expired = "expired": "the assertion has expired: sign in again, and compare the clocks if it goes on",
    /// A12.
    NotYetValid = "not_yet_valid": "the assertion is not valid yet: compare the clocks of both sides",
    /// A12.
    ConfirmationNotBefore = "confirmation_not_before": "the subject confirmation is not valid yet: compare the clocks of both sides",
    /// A12.
    TimeForm = "time_form": "a time is missing or not written as SAML demands",
    /// A12.
    SessionEnded = "session_ended": "the identity provider's session has ended: sign in again",
    /// A11.
    NoAuthnStatement = "no_authn_statement": "the assertion does not say that the user signed in",
    /// A14.
    IdpInitiated = "idp_initiated": "the sign-in began at the identity provider, which this connection does not allow: begin at the sign-in page here",
    /// A14.
    InResponseTo = "in_response_to": "the response answers another request than this browser's: sign in again",
    /// A12.
    NotAnew = "not_anew": "the user was to prove anew who she is, and the identity provider has answered from an older sign-in: it has to heed ForceAuthn",
    /// A3.
    NotALogout = "not_a_logout": "the message is no samlp:LogoutRequest or samlp:LogoutResponse: the logout URL takes nothing else",
    /// A14.
    PendingExpired = "pending_expired": "the sign-in took longer than ten minutes: sign in again",
    /// S9.
    NameId = "name_id": "the assertion has no usable NameID",
    /// S9.
    TransientNameId = "transient_name_id": "the NameID is transient, a new one each time: choose a persistent or e-mail NameID in the identity provider",
    /// S9.
    JoinAttribute = "join_attribute": "the attribute that names the user is missing, empty or has several values",
    /// S18: an attribute that stands twice.
    AttributeForm = "attribute_form": "an attribute is repeated, unnamed or has a value that is no text",
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// A message is refused.
///
/// The text never contains a NameID or the value of an attribute: it goes to logs and audit entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    reason: Reason,
    detail: Option<String>,
}

impl Refusal {
    /// With the facts of this case: an expected and a found URL, a time.
    pub(crate) fn with(reason: Reason, detail: impl AsRef<str>) -> Self {
        Self { reason, detail: Some(shown(detail.as_ref())) }
    }

    /// The reason.
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// The facts of this case.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: None }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason.sentence())?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}

/// A sender's text, fit to be shown: one line, 400 characters.
pub(crate) fn shown(text: &str) -> String {
    let line = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    line.take(400).collect()
}
