//! The content of ResourceTypes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::check::{Verdict, checks, ensure, fault, skip};
use crate::json::{elements, member};
use crate::lab::Lab;
use crate::request::Request;

checks! { 7643, "6", "ResourceType Schema";
    Must "resource-type-required" required "Each resource type has name, endpoint and schema";
    Must "resource-type-endpoint" endpoints_answer "Each endpoint is relative to the base URL and answers GET";
    Should "resource-type-one-endpoint" one_endpoint_each "No two resource types share an endpoint";
    Must "resource-type-schema" schemas_are_served "The schema of each resource type is in Schemas";
    Must "resource-type-extensions" extensions "Each extension has a schema that is in Schemas, and says whether it is required";
}

fn types(lab: &Lab) -> Verdict<&[Value]> {
    let types = lab.features.resource_types.as_slice();
    if types.is_empty() { skip("ResourceTypes cannot be read") } else { Ok(types) }
}

fn text<'v>(known: &'v Value, name: &str) -> Verdict<&'v str> {
    match member(known, name).as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        _ => {
            fault(format!("{name} of the resource type {} is {}", member(known, "name"), member(known, name)))
        }
    }
}

async fn required(lab: &Lab) -> Verdict {
    for known in types(lab)? {
        for name in ["name", "endpoint", "schema"] {
            text(known, name)?;
        }
    }
    Ok(())
}

async fn endpoints_answer(lab: &Lab) -> Verdict {
    for known in types(lab)? {
        let endpoint = text(known, "endpoint")?;
        ensure(!endpoint.contains("://"), || format!("the endpoint {endpoint} is not relative"))?;
        let path = format!("/{}", endpoint.trim_start_matches('/'));
        let answer = lab.send(Request::get(path).query("count", "1")).await?;
        ensure(!matches!(answer.status(), 404 | 500..), || {
            format!("{} answered {}", answer.request(), answer.status())
        })?;
    }
    Ok(())
}

async fn one_endpoint_each(lab: &Lab) -> Verdict {
    let mut seen = BTreeSet::new();
    for known in types(lab)? {
        let endpoint = text(known, "endpoint")?;
        ensure(seen.insert(endpoint), || format!("two resource types have the endpoint {endpoint}"))?;
    }
    Ok(())
}

fn served(lab: &Lab, uri: &str) -> Verdict {
    if lab.features.schemas.is_empty() {
        return skip("Schemas cannot be read");
    }
    ensure(lab.features.schema(uri).is_some(), || format!("Schemas has no {uri:?}"))
}

async fn schemas_are_served(lab: &Lab) -> Verdict {
    types(lab)?.iter().try_for_each(|known| served(lab, text(known, "schema")?))
}

async fn extensions(lab: &Lab) -> Verdict {
    for known in types(lab)? {
        for extension in elements(member(known, "schemaExtensions")) {
            served(lab, text(extension, "schema")?)?;
            let required = member(extension, "required");
            ensure(required.is_boolean(), || format!("required of the extension {extension} is {required}"))?;
        }
    }
    Ok(())
}
