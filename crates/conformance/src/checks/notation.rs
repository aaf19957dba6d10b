//! Full names of attributes.

use serde_json::json;

use super::finding::found;
use crate::check::{Verdict, checks, ensure};
use crate::lab::Lab;
use crate::request::Request;
use crate::urn;

checks! { 7644, "3.10", "Attribute Notation";
    Must "full-name-in-filter" in_filter "A filter takes the full name of an attribute";
    Must "full-name-in-any-case" in_any_case "A filter takes the full name in any case, with its URN";
    Must "full-name-of-sub-attribute" of_sub_attribute "A filter takes the full name with a sub-attribute";
    Must "full-name-in-path" in_path "A PATCH path takes the full name of an attribute";
    Must "full-name-in-attributes" in_attributes "attributes takes the full name of an attribute";
    Must "attributes-in-any-case" attributes_in_any_case "attributes takes names in any case";
    Must "path-in-any-case" path_in_any_case "A PATCH path takes names in any case";
}

async fn in_filter(lab: &Lab) -> Verdict {
    found(lab, &format!(r#"{}:userName eq "{{p}}ada@example.com""#, urn::USER), "ada").await
}

async fn in_any_case(lab: &Lab) -> Verdict {
    let name = format!("{}:userName", urn::USER).to_uppercase();
    found(lab, &format!(r#"{name} eq "{{p}}ada@example.com""#), "ada").await
}

async fn of_sub_attribute(lab: &Lab) -> Verdict {
    lab.features.need_attribute("name/familyName")?;
    found(lab, &format!(r#"{}:name.familyName eq "{{p}}ben""#, urn::USER), "ben").await
}

async fn in_path(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let path = format!("{}:{}", urn::USER, lab.text_attribute());
    let read = lab.patched(&user, json!([{"op": "replace", "path": path, "value": "Inspector"}])).await?;
    read.equals(lab.text_attribute(), "Inspector")
}

async fn named(lab: &Lab, attributes: &str) -> Verdict {
    let user = lab.user().await?;
    let answer = lab.send(Request::get(&user.path).query("attributes", attributes)).await?.object()?;
    answer.equals("userName", user.sent["userName"].clone())?;
    ensure(answer.at("emails").is_null(), || "emails was not asked for and is there".to_owned())
}

async fn in_attributes(lab: &Lab) -> Verdict {
    named(lab, &format!("{}:userName", urn::USER)).await
}

async fn attributes_in_any_case(lab: &Lab) -> Verdict {
    named(lab, "USERNAME").await
}

async fn path_in_any_case(lab: &Lab) -> Verdict {
    let user = lab.user().await?;
    let path = lab.text_attribute().to_ascii_uppercase();
    let read = lab.patched(&user, json!([{"op": "replace", "path": path, "value": "Inspector"}])).await?;
    read.equals(lab.text_attribute(), "Inspector")
}
