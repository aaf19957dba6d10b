//! The discovery endpoints.

use serde_json::json;

use crate::check::{Verdict, checks, ensure, skip};
use crate::json::{member, texts};
use crate::lab::Lab;
use crate::request::{Request, encode};
use crate::urn;

checks! { 7644, "4", "Service Provider Configuration Endpoints";
    Must "config-is-an-object" config_is_an_object "ServiceProviderConfig is one object with its schema";
    Must "resource-types-are-a-list" resource_types_are_a_list "ResourceTypes is a ListResponse of all types";
    Must "schemas-are-a-list" schemas_are_a_list "Schemas is a ListResponse of all schemas";
    Must "one-resource-type" one_resource_type "A resource type can be read by its id";
    Must "one-schema" one_schema "A schema can be read by its URI";
    Must "unknown-resource-type" unknown_resource_type "An unknown resource type is 404";
    Must "unknown-schema" unknown_schema "An unknown schema is 404";
    Should "filter-on-schemas" filter_on_schemas "A filter on Schemas is 403";
    Should "filter-on-resource-types" filter_on_resource_types "A filter on ResourceTypes is 403";
    Must "paging-of-schemas" paging_of_schemas "startIndex and count on Schemas are ignored";
    Must "schemas-are-read-only" schemas_are_read_only "A schema cannot be posted";
}

async fn config_is_an_object(lab: &Lab) -> Verdict {
    let config = lab.read("/ServiceProviderConfig").await?;
    let schemas = texts(config.at("schemas"));
    ensure(schemas.contains(&urn::CONFIG), || format!("schemas is {schemas:?} and has no {:?}", urn::CONFIG))
}

async fn resource_types_are_a_list(lab: &Lab) -> Verdict {
    whole_list(lab, "/ResourceTypes", urn::RESOURCE_TYPE).await
}

async fn schemas_are_a_list(lab: &Lab) -> Verdict {
    whole_list(lab, "/Schemas", urn::SCHEMA).await
}

async fn whole_list(lab: &Lab, path: &str, schema: &str) -> Verdict {
    let listed = lab.send(Request::get(path)).await?.list()?;
    let there = listed.resources.len();
    ensure(listed.total == there as u64, || {
        format!("totalResults is {} and there are {there}", listed.total)
    })?;
    ensure(there > 0, || format!("{path} is empty"))?;
    for resource in &listed.resources {
        let schemas = texts(member(resource, "schemas"));
        ensure(schemas.contains(&schema), || {
            format!("schemas of {} is {schemas:?} and has no {schema:?}", member(resource, "name"))
        })?;
    }
    Ok(())
}

async fn one_resource_type(lab: &Lab) -> Verdict {
    let Some(known) = lab.features.resource_types.first() else {
        return skip("ResourceTypes cannot be read");
    };
    let name = member(known, "name");
    let id = member(known, "id").as_str().or_else(|| name.as_str()).unwrap_or_default();
    lab.read(&format!("/ResourceTypes/{}", encode(id))).await?.equals("name", name.clone())
}

async fn one_schema(lab: &Lab) -> Verdict {
    let Some(id) = lab.features.schemas.first().and_then(|known| member(known, "id").as_str()) else {
        return skip("Schemas cannot be read");
    };
    lab.read(&format!("/Schemas/{id}")).await?.equals("id", id)
}

async fn unknown_resource_type(lab: &Lab) -> Verdict {
    lab.send(Request::get("/ResourceTypes/NoSuchType")).await?.expect(&[404]).map(drop)
}

async fn unknown_schema(lab: &Lab) -> Verdict {
    lab.send(Request::get("/Schemas/urn:ietf:params:scim:schemas:none")).await?.expect(&[404]).map(drop)
}

async fn filter_on_schemas(lab: &Lab) -> Verdict {
    let request = Request::get("/Schemas").query("filter", "id eq \"x\"");
    lab.send(request).await?.expect(&[403]).map(drop)
}

async fn filter_on_resource_types(lab: &Lab) -> Verdict {
    let request = Request::get("/ResourceTypes").query("filter", "name eq \"x\"");
    lab.send(request).await?.expect(&[403]).map(drop)
}

async fn paging_of_schemas(lab: &Lab) -> Verdict {
    let all = lab.send(Request::get("/Schemas")).await?.list()?;
    let request = Request::get("/Schemas").query("startIndex", "2").query("count", "1");
    let paged = lab.send(request).await?.list()?;
    ensure(all.resources.len() == paged.resources.len(), || {
        format!("{} schemas without paging, {} with", all.resources.len(), paged.resources.len())
    })
}

async fn schemas_are_read_only(lab: &Lab) -> Verdict {
    let answer = lab.send(Request::post("/Schemas", &json!({}))).await?;
    ensure((400..600).contains(&answer.status()) && answer.status() != 500, || {
        format!("{} answered {}", answer.request(), answer.status())
    })
}
