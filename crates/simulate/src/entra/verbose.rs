//! The validator's "Add Attributes Verbose": 36 operations in one PATCH, each a sub-attribute in turn (E-22).

use serde_json::{Value, json};

use crate::company::Account;
use crate::entra::patch_default::send;
use crate::script::Script;
use crate::session::Session;
use crate::wire::{ENTERPRISE, enterprise, operation, patch};

/// Sends the 36 operations and looks for every value afterwards.
pub(crate) async fn add_attributes(session: &Session, account: &Account) -> Option<()> {
    let script = Script::new(session, "add attributes verbose");
    send(script, account, &patch(operations(&account.person.email))).await?;
    let answer = script.read("/Users", &account.id).await;
    let stored = answer.read(&account.id)?;
    answer.echoes(&expected(&account.person.email), &stored)
}

fn operations(email: &str) -> Vec<Value> {
    let add = |path: &str, value: &str| operation("Add", path, value);
    let mut operations = vec![
        add("displayName", "Verbose Person"),
        add("active", "True"),
        add("title", "Engineer"),
        add("preferredLanguage", "de-AT"),
        add("userType", "Contractor"),
        add("nickName", "Verb"),
        add("locale", "de-AT"),
        add("timezone", "Europe/Vienna"),
        add("profileUrl", "https://acme.example/verbose"),
        add("name.givenName", "Verbose"),
        add("name.familyName", "Person"),
        add("name.formatted", "Dr. Verbose Q. Person III"),
        add("name.middleName", "Q."),
        add("name.honorificPrefix", "Dr."),
        add("name.honorificSuffix", "III"),
        add("emails[type eq \"work\"].value", email),
        add("emails[type eq \"work\"].primary", "True"),
    ];
    for (part, value) in ADDRESS {
        operations.push(add(&format!("addresses[type eq \"work\"].{part}"), value));
    }
    operations.push(add("addresses[type eq \"work\"].primary", "True"));
    for (kind, number) in
        [("work", "+1 425 555-0101"), ("mobile", "+1 425 555-0102"), ("fax", "+1 425 555-0103")]
    {
        operations.push(add(&format!("phoneNumbers[type eq \"{kind}\"].value"), number));
    }
    operations.push(add("phoneNumbers[type eq \"work\"].primary", "True"));
    for (part, value) in [("value", "operator"), ("display", "Operator"), ("type", "app")] {
        operations.push(add(&format!("roles[primary eq \"True\"].{part}"), value));
    }
    for (name, value) in ENTERPRISE_VALUES {
        operations.push(add(&enterprise(name), value));
    }
    operations
}

const ADDRESS: &[(&str, &str)] = &[
    ("formatted", "Hauptstraße 1, 1010 Wien"),
    ("streetAddress", "Hauptstraße 1"),
    ("locality", "Wien"),
    ("region", "Wien"),
    ("postalCode", "1010"),
    ("country", "AT"),
];

const ENTERPRISE_VALUES: &[(&str, &str)] = &[
    ("employeeNumber", "V-1"),
    ("costCenter", "4130"),
    ("organization", "Acme"),
    ("division", "Research"),
    ("department", "Data"),
];

fn expected(email: &str) -> Value {
    let object = |pairs: &[(&str, &str)]| -> Value {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value))).collect()
    };
    let mut address = object(ADDRESS);
    if let Some(address) = address.as_object_mut() {
        address.insert("type".to_owned(), json!("work"));
        address.insert("primary".to_owned(), json!(true));
    }
    json!({
        "displayName": "Verbose Person", "active": true, "title": "Engineer", "preferredLanguage": "de-AT",
        "userType": "Contractor", "nickName": "Verb", "locale": "de-AT", "timezone": "Europe/Vienna",
        "profileUrl": "https://acme.example/verbose",
        "name": {
            "givenName": "Verbose", "familyName": "Person", "formatted": "Dr. Verbose Q. Person III",
            "middleName": "Q.", "honorificPrefix": "Dr.", "honorificSuffix": "III"
        },
        "emails": [{"type": "work", "value": email, "primary": true}],
        "addresses": [address],
        "phoneNumbers": [
            {"type": "work", "value": "+1 425 555-0101", "primary": true},
            {"type": "mobile", "value": "+1 425 555-0102"},
            {"type": "fax", "value": "+1 425 555-0103"}
        ],
        "roles": [{"value": "operator", "display": "Operator", "type": "app", "primary": true}],
        ENTERPRISE: object(ENTERPRISE_VALUES)
    })
}

#[cfg(test)]
mod tests {
    use super::operations;

    #[test]
    fn e22_there_are_thirty_six_operations() {
        assert_eq!(operations("a@acme.example").len(), 36);
    }
}
