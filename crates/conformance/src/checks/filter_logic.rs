//! How terms of a filter go together.

use super::finding::{found, refused};
use crate::check::{Verdict, checks};
use crate::lab::Lab;

checks! { 7644, "3.4.2.2", "Filtering";
    Must "filter-and" and "and asks for both";
    Must "filter-or" or "or asks for one";
    Must "filter-not" not "not inverts what is in parentheses";
    Must "filter-precedence" precedence "and binds tighter than or";
    Must "filter-grouping" grouping "Parentheses bind tightest";
    Must "filter-not-precedence" not_precedence "not binds tighter than and";
    Must "filter-value-path" value_path "All conditions in brackets hold for the same value";
    Must "filter-value-path-and" value_path_and "A filter in brackets is a term like others";
    Must "filter-value-path-logic" value_path_logic "Brackets hold or and not too";
    Should "filter-not-needs-parentheses" not_needs_parentheses "not without parentheses is 400 invalidFilter";
    Note "filter-value-path-sub" value_path_sub "emails[...].value eq is understood, as Entra ID sends it";
}

async fn and(lab: &Lab) -> Verdict {
    found(lab, r#"userName eq "{p}ada@example.com" and {t} eq "{p}alpha""#, "ada").await?;
    found(lab, r#"userName eq "{p}ben@example.com" and {t} eq "{p}alpha""#, "").await
}

async fn or(lab: &Lab) -> Verdict {
    found(lab, r#"userName eq "{p}ada@example.com" or userName eq "{p}cid@example.com""#, "ada cid").await
}

async fn not(lab: &Lab) -> Verdict {
    found(lab, r#"userName sw "{p}" and not (userName eq "{p}ada@example.com")"#, "ben cid").await
}

async fn precedence(lab: &Lab) -> Verdict {
    // Read from left to right it would find nobody.
    let filter = r#"userName eq "{p}ada@example.com" or userName eq "{p}ben@example.com" and userName eq "{p}cid@example.com""#;
    found(lab, filter, "ada").await
}

async fn grouping(lab: &Lab) -> Verdict {
    let filter =
        r#"(userName eq "{p}ada@example.com" or userName eq "{p}ben@example.com") and userName co "ben""#;
    found(lab, filter, "ben").await
}

async fn not_precedence(lab: &Lab) -> Verdict {
    // If not took the whole rest, everybody would be found.
    let filter = r#"not (userName eq "{p}ada@example.com") and userName eq "{p}cid@example.com""#;
    found(lab, filter, "cid").await
}

async fn value_path(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    found(lab, r#"emails[type eq "home" and value eq "{p}ada@home.example.com"]"#, "ada").await?;
    found(lab, r#"emails[type eq "home" and value eq "{p}ada@work.example.com"]"#, "").await
}

async fn value_path_and(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    found(lab, r#"emails[type eq "home"] and userName sw "{p}""#, "ada cid").await
}

async fn value_path_logic(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    let filter = r#"emails[value sw "{p}" and not (type eq "work") or value eq "{p}ben@work.example.com"]"#;
    found(lab, filter, "ada ben cid").await
}

async fn not_needs_parentheses(lab: &Lab) -> Verdict {
    refused(lab, "not userName pr").await
}

async fn value_path_sub(lab: &Lab) -> Verdict {
    lab.features.need_attribute("emails/type")?;
    found(lab, r#"emails[type eq "work"].value eq "{p}ben@work.example.com""#, "ben").await
}
