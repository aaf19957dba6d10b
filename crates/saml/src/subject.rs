//! Who signed in: the NameID and the mapped attributes of a verified assertion.

use roxmltree::Node;

use crate::assertion::Session;
use crate::identity::{AssertedGroups, BegunBy, Identity, NameId, Once};
use crate::mapping::{AttributeMapping, ENTRA_GROUPS_LINK, JoinBy};
use crate::refusal::{Reason, Refusal};
use crate::xml::{ASSERTION, at_most_one, attribute, children, is, one, text};

const TRANSIENT: &str = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient";

/// The longest NameID (SAML core §8.3.7 allows 256 for persistent ones) or value that a user is joined by.
const MAX_JOIN_LENGTH: usize = 1024;

/// What an assertion says of its subject.
pub(crate) struct Facts {
    name_id: NameId,
    join: String,
    email: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    display_name: Option<String>,
    groups: AssertedGroups,
    attribute_names: Vec<String>,
}

/// Reads the subject.
pub(crate) fn read(assertion: Node<'_, '_>, mapping: &AttributeMapping) -> Result<Facts, Refusal> {
    let subject = one(assertion, ASSERTION, "Subject")?;
    let name_id = name_id(subject)?;
    let attributes = Attributes::of(assertion)?;
    let join = match &mapping.join_by {
        JoinBy::NameId if name_id.format.as_deref() == Some(TRANSIENT) => {
            return Err(Reason::TransientNameId.into());
        }
        JoinBy::NameId => name_id.value.clone(),
        JoinBy::Attribute(name) => match attributes.values(name)?.unwrap_or_default().as_slice() {
            [one] if usable(one) => one.clone(),
            _ => return Err(Refusal::with(Reason::JoinAttribute, name)),
        },
    };
    let first = |name: &Option<String>| attributes.first(name.as_deref());
    Ok(Facts {
        join,
        email: first(&mapping.email)?,
        given_name: first(&mapping.given_name)?,
        family_name: first(&mapping.family_name)?,
        display_name: first(&mapping.display_name)?,
        groups: attributes.groups(mapping.groups.as_deref())?,
        attribute_names: attributes.names(),
        name_id,
    })
}

impl Facts {
    pub(crate) fn into_identity(self, begun_by: BegunBy, session: Session, once: Once) -> Identity {
        Identity {
            name_id: self.name_id,
            join: self.join,
            email: self.email,
            given_name: self.given_name,
            family_name: self.family_name,
            display_name: self.display_name,
            groups: self.groups,
            attribute_names: self.attribute_names,
            begun_by,
            session_index: session.index,
            session_ends: session.ends,
            authenticated: session.authenticated,
            once,
        }
    }
}

/// What the trace says of an identity: what was sent, but no value of it.
pub(crate) fn describe(identity: &Identity) -> String {
    let groups = match &identity.groups {
        AssertedGroups::NotMapped => "not mapped".to_owned(),
        AssertedGroups::Absent => "absent".to_owned(),
        AssertedGroups::TooMany => "left out by Entra ID because there are too many".to_owned(),
        AssertedGroups::Listed(groups) => groups.len().to_string(),
    };
    let format = identity.name_id.format.as_deref().unwrap_or("not given");
    let names = identity.attribute_names.join(", ");
    format!("NameID format {format}; groups {groups}; attributes: {names}")
}

/// The NameID, whole (A5), fit to be a key (S7).
pub(crate) fn name_id(subject: Node<'_, '_>) -> Result<NameId, Refusal> {
    if subject.children().any(|child| is(child, ASSERTION, "EncryptedID")) {
        return Err(Reason::Encrypted.into());
    }
    let element = at_most_one(subject, ASSERTION, "NameID")
        .ok()
        .flatten()
        .ok_or_else(|| Refusal::with(Reason::NameId, "there is none, or more than one"))?;
    let value = text(element).map_err(|_| Refusal::with(Reason::NameId, "it is no plain text"))?;
    if !usable(&value) {
        let why = "it is empty, too long, or has white space around it or control characters in it";
        return Err(Refusal::with(Reason::NameId, why));
    }
    let of = |name| element.attribute(name).map(str::to_owned);
    Ok(NameId {
        value,
        format: of("Format"),
        name_qualifier: of("NameQualifier"),
        sp_name_qualifier: of("SPNameQualifier"),
    })
}

/// Whether a value can name a user.
fn usable(value: &str) -> bool {
    !value.is_empty()
        && value.chars().count() <= MAX_JOIN_LENGTH
        && value.trim() == value
        && !value.chars().any(char::is_control)
}

/// The attributes of an assertion. One that is repeated has the values of all: some identity providers send an `Attribute`
/// element for each group.
struct Attributes<'a, 'i>(Vec<(&'a str, Node<'a, 'i>)>);

impl<'a, 'i> Attributes<'a, 'i> {
    fn of(assertion: Node<'a, 'i>) -> Result<Self, Refusal> {
        let mut all = Vec::new();
        for statement in children(assertion, ASSERTION, "AttributeStatement") {
            for child in statement.children().filter(Node::is_element) {
                if is(child, ASSERTION, "EncryptedAttribute") {
                    return Err(Reason::Encrypted.into());
                }
                if !is(child, ASSERTION, "Attribute") {
                    return Err(Refusal::with(Reason::AttributeForm, child.tag_name().name()));
                }
                let name = attribute(child, "Name").map_err(|_| Refusal::from(Reason::AttributeForm))?;
                all.push((name, child));
            }
        }
        Ok(Self(all))
    }

    /// The names, each once.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (name, _) in &self.0 {
            if !names.iter().any(|known| known == name) {
                names.push((*name).to_owned());
            }
        }
        names
    }

    /// The values of an attribute that are not empty; none if it was not sent.
    fn values(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        let mut values = None;
        for (_, attribute) in self.0.iter().filter(|(known, _)| *known == name) {
            let values = values.get_or_insert_with(Vec::new);
            for value in children(*attribute, ASSERTION, "AttributeValue") {
                let value = text(value).map_err(|_| Refusal::with(Reason::AttributeForm, name))?;
                if !value.is_empty() {
                    values.push(value);
                }
            }
        }
        Ok(values)
    }

    /// The first value of a mapped attribute.
    fn first(&self, name: Option<&str>) -> Result<Option<String>, Refusal> {
        let Some(name) = name else { return Ok(None) };
        Ok(self.values(name)?.and_then(|values| values.into_iter().next()))
    }

    fn groups(&self, name: Option<&str>) -> Result<AssertedGroups, Refusal> {
        let Some(name) = name else { return Ok(AssertedGroups::NotMapped) };
        Ok(match self.values(name)? {
            Some(groups) => AssertedGroups::Listed(groups),
            None if self.0.iter().any(|(name, _)| *name == ENTRA_GROUPS_LINK) => AssertedGroups::TooMany,
            None => AssertedGroups::Absent,
        })
    }
}
