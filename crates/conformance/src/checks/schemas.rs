//! The content of Schemas.

use serde_json::Value;

use crate::check::{Verdict, checks, ensure, skip};
use crate::json::{elements, member, texts};
use crate::lab::Lab;
use crate::urn;

checks! { 7643, "7", "Schema Definition";
    Must "schema-has-attributes" have_attributes "Each schema has an id and attributes";
    Must "schema-attribute-names" attribute_names "Names of attributes begin with a letter, then letters, digits, $, - and _";
    Must "schema-characteristics" characteristics "type, mutability, returned and uniqueness have the words of the RFC, exactly";
    Must "schema-flags" flags "multiValued, required and caseExact are booleans";
    Must "schema-complex" complex_have_sub_attributes "Complex attributes have sub-attributes, and none of these is complex";
    Must "schema-user-name" user_name "userName is required, unique and readable";
    Must "schema-password" password "password is writeOnly and never returned";
    Must "schema-groups" groups "groups of a user is readOnly";
    Must "schema-of-what-is-used" used_schemas_are_served "Every schema that a user names is in Schemas";
}

const TYPES: &[&str] =
    &["string", "boolean", "decimal", "integer", "dateTime", "reference", "binary", "complex"];
const WORDS: [(&str, &[&str]); 4] = [
    ("type", TYPES),
    ("mutability", &["readOnly", "readWrite", "immutable", "writeOnly"]),
    ("returned", &["always", "never", "default", "request"]),
    ("uniqueness", &["none", "server", "global"]),
];

fn schemas(lab: &Lab) -> Verdict<&[Value]> {
    let schemas = lab.features.schemas.as_slice();
    if schemas.is_empty() { skip("Schemas cannot be read") } else { Ok(schemas) }
}

/// Every attribute and sub-attribute with its name for people, such as `User.name.givenName`.
fn attributes(lab: &Lab) -> Verdict<Vec<(String, &Value)>> {
    let mut all = Vec::new();
    for schema in schemas(lab)? {
        let schema_name = member(schema, "name").as_str().unwrap_or("?");
        for attribute in elements(member(schema, "attributes")) {
            let name = format!("{schema_name}.{}", member(attribute, "name").as_str().unwrap_or("?"));
            for part in elements(member(attribute, "subAttributes")) {
                all.push((format!("{name}.{}", member(part, "name").as_str().unwrap_or("?")), part));
            }
            all.push((name, attribute));
        }
    }
    Ok(all)
}

async fn have_attributes(lab: &Lab) -> Verdict {
    for schema in schemas(lab)? {
        let id = member(schema, "id");
        ensure(id.as_str().is_some_and(|id| id.starts_with("urn:")), || format!("a schema's id is {id}"))?;
        ensure(!elements(member(schema, "attributes")).is_empty(), || format!("{id} has no attributes"))?;
    }
    Ok(())
}

async fn attribute_names(lab: &Lab) -> Verdict {
    for (place, attribute) in attributes(lab)? {
        let name = member(attribute, "name").as_str().unwrap_or_default();
        // `$ref` is the RFC's own exception.
        let mut letters = name.strip_prefix('$').unwrap_or(name).chars();
        let right = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || "$-_".contains(letter));
        ensure(right, || format!("{place} is no name of an attribute"))?;
    }
    Ok(())
}

async fn characteristics(lab: &Lab) -> Verdict {
    for (place, attribute) in attributes(lab)? {
        for (characteristic, words) in WORDS {
            let word = member(attribute, characteristic);
            // What is absent has its default (§2.2).
            let right = word.is_null() || word.as_str().is_some_and(|word| words.contains(&word));
            ensure(right, || format!("{characteristic} of {place} is {word}"))?;
        }
    }
    Ok(())
}

async fn flags(lab: &Lab) -> Verdict {
    for (place, attribute) in attributes(lab)? {
        for flag in ["multiValued", "required", "caseExact"] {
            let value = member(attribute, flag);
            ensure(value.is_null() || value.is_boolean(), || format!("{flag} of {place} is {value}"))?;
        }
    }
    Ok(())
}

async fn complex_have_sub_attributes(lab: &Lab) -> Verdict {
    // The schema of schemas describes itself, and is deeper than what it describes.
    let ordinary = |place: &str| !place.starts_with("Schema.");
    for (place, attribute) in attributes(lab)? {
        if member(attribute, "type") != "complex" || !ordinary(&place) {
            continue;
        }
        let parts = elements(member(attribute, "subAttributes"));
        ensure(!parts.is_empty(), || format!("{place} is complex and has no sub-attributes"))?;
        ensure(parts.iter().all(|part| member(part, "type") != "complex"), || {
            format!("{place} is complex and has a complex sub-attribute")
        })?;
    }
    Ok(())
}

fn characteristic(lab: &Lab, attribute: &str, name: &str, wanted: &Value, default: &Value) -> Verdict {
    schemas(lab)?;
    if lab.features.schema(urn::USER).is_none() {
        return skip("Schemas has no User");
    }
    let Some(known) = lab.features.attribute(urn::USER, attribute) else {
        return skip(format!("the server's User schema has no {attribute}"));
    };
    let given = if member(known, name).is_null() { default } else { member(known, name) };
    ensure(given == wanted, || format!("{name} of {attribute} is {given} instead of {wanted}"))
}

async fn user_name(lab: &Lab) -> Verdict {
    characteristic(lab, "userName", "required", &Value::from(true), &Value::from(false))?;
    let uniqueness = lab.features.attribute(urn::USER, "userName").map(|known| member(known, "uniqueness"));
    ensure(uniqueness.is_some_and(|word| word == "server" || word == "global"), || {
        format!("uniqueness of userName is {}", uniqueness.unwrap_or(&Value::Null))
    })
}

async fn password(lab: &Lab) -> Verdict {
    characteristic(lab, "password", "mutability", &"writeOnly".into(), &"readWrite".into())?;
    characteristic(lab, "password", "returned", &"never".into(), &"default".into())
}

async fn groups(lab: &Lab) -> Verdict {
    characteristic(lab, "groups", "mutability", &"readOnly".into(), &"readWrite".into())
}

async fn used_schemas_are_served(lab: &Lab) -> Verdict {
    schemas(lab)?;
    let user = lab.user().await?;
    for uri in texts(member(&user.body, "schemas")) {
        ensure(lab.features.schema(uri).is_some(), || format!("Schemas has no {uri:?}"))?;
    }
    Ok(())
}
