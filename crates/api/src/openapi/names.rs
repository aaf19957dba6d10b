//! The names of schemas, which generated clients call their types.

use std::borrow::Cow;

/// Types that are called otherwise in the code: those with parameters, and those whose name says more there.
const NAMES: [(&str, &str); 21] = [
    ("MemberEntry_Role", "Member"),
    ("MemberEntry_ResourceRole", "ResourceMember"),
    ("MembersPage_MemberEntry_Role", "Members"),
    ("MembersPage_MemberEntry_ResourceRole", "ResourceMembers"),
    ("ExplainAnswer_Role", "Explanation"),
    ("ExplainAnswer_ResourceRole", "ResourceExplanation"),
    ("CheckAnswer", "Check"),
    ("SourceView_Role", "Source"),
    ("SourceView_ResourceRole", "OwnResourceSource"),
    ("ResourceSourceView", "ResourceSource"),
    ("ImpliedView", "ImpliedResourceSource"),
    ("PastAnswer_Role", "PastExplanation"),
    ("PastAnswer_ResourceRole", "PastResourceExplanation"),
    ("EventPage", "Events"),
    ("Chained", "AuditEntry"),
    ("CustomSchemas", "Definitions"),
    ("LoggedSignIn", "SignIn"),
    ("LoggedStep", "SignInStep"),
    ("ReadinessReport", "Readiness"),
    ("MetadataChanges", "SsoChanges"),
    ("Join", "SsoJoin"),
];

/// The name by which a type of the code is known outside: what the types here are called "info" for, to tell them from what is
/// stored, is no part of it.
pub(super) fn shown(name: &str) -> Cow<'_, str> {
    if let Some((_, shown)) = NAMES.iter().find(|(ours, _)| *ours == name) {
        return Cow::Borrowed(shown);
    }
    Cow::Borrowed(name.strip_suffix("Info").unwrap_or(name))
}
