//! User (RFC 7643 §4.1).

use super::USER_SCHEMA;
use crate::schema::build::{self, binary, boolean, complex, reference, string};
use crate::schema::{Attribute, Schema};

pub(super) fn schema() -> Schema {
    let mut attributes = singular();
    attributes.extend(contact());
    attributes.extend(membership());
    build::schema(USER_SCHEMA, "User", "User account", attributes)
}

/// The attributes with one value (§4.1.1).
fn singular() -> Vec<Attribute> {
    let name = vec![
        string("formatted", "The full name, formatted for display."),
        string("familyName", "The family name."),
        string("givenName", "The given name."),
        string("middleName", "The middle names."),
        string("honorificPrefix", "The honorific prefixes, for example 'Ms.'."),
        string("honorificSuffix", "The honorific suffixes, for example 'III'."),
    ];
    vec![
        string(
            "userName",
            "The name by which the user is known to the service; unique without regard to case.",
        )
        .required()
        .unique_on_server(),
        complex("name", "The parts of the user's name.", name),
        string("displayName", "The name of the user, for people."),
        string("nickName", "The casual name of the user."),
        reference("profileUrl", &["external"], "A page about the user."),
        string("title", "The user's title, for example 'Vice President'."),
        string("userType", "The relation between the organization and the user, for example 'Contractor'."),
        string(
            "preferredLanguage",
            "The user's preferred languages, in the form of the Accept-Language header.",
        ),
        string("locale", "The user's locale, a language tag, for example 'en-US'."),
        string("timezone", "The user's time zone, an IANA name, for example 'America/Los_Angeles'."),
        boolean("active", "Whether the user may sign in."),
    ]
}

/// The lists of addresses of every kind (§4.1.2).
fn contact() -> Vec<Attribute> {
    let text = |description| string("value", description);
    let address = vec![
        string("formatted", "The full address, formatted for display."),
        string("streetAddress", "Street, house number and what else a postal address has."),
        string("locality", "The city or locality."),
        string("region", "The state or region."),
        string("postalCode", "The postal code."),
        string("country", "The country, an ISO 3166-1 alpha-2 code."),
        kind(&["work", "home", "other"]),
        // The published schema forgets it; RFC 7643 §2.4 gives it to every such list, and RFC 7644 and Entra ID set it here.
        primary(),
    ];
    vec![
        list("emails", "E-mail addresses.", text("An e-mail address."), &["work", "home", "other"]),
        list(
            "phoneNumbers",
            "Telephone numbers.",
            text("A telephone number."),
            &["work", "home", "mobile", "fax", "pager", "other"],
        ),
        list(
            "ims",
            "Instant messaging addresses.",
            text("An instant messaging address."),
            &["aim", "gtalk", "icq", "xmpp", "msn", "skype", "qq", "yahoo"],
        ),
        list(
            "photos",
            "Pictures of the user.",
            reference("value", &["external"], "The URL of a picture of the user."),
            &["photo", "thumbnail"],
        ),
        complex("addresses", "Postal addresses.", address).multi_valued(),
    ]
}

/// What the user belongs to or holds (§4.1.2).
fn membership() -> Vec<Attribute> {
    let group = vec![
        string("value", "The id of the group."),
        reference("$ref", &["Group"], "The URI of the group."),
        string("display", "The name of the group, for people."),
        kind(&["direct", "indirect"]),
    ];
    vec![
        complex("groups", "The groups the user belongs to; changed through the groups alone.", group)
            .multi_valued()
            .read_only(),
        list("entitlements", "What the user is entitled to.", string("value", "An entitlement."), &[]),
        list("roles", "The roles of the user.", string("value", "A role."), &[]),
        list(
            "x509Certificates",
            "Certificates of the user.",
            binary("value", "One X.509 certificate, DER in base64."),
            &[],
        ),
    ]
}

/// A multi-valued attribute with the usual parts (§2.4).
fn list(name: &'static str, description: &str, value: Attribute, kinds: &[&str]) -> Attribute {
    let parts = vec![value, string("display", "A name for people."), kind(kinds), primary()];
    complex(name, description, parts).multi_valued()
}

fn primary() -> Attribute {
    boolean("primary", "Whether this is the preferred value; true for one value at most.")
}

fn kind(kinds: &[&str]) -> Attribute {
    string("type", "What the value is for.").suggesting(kinds)
}
