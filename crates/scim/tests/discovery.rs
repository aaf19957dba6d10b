//! The discovery documents and the list response.

#![expect(clippy::panic, reason = "a test fails by panicking")]

use enroll_scim::discovery::{self, ServiceProviderConfig};
use enroll_scim::list::list_response;
use enroll_scim::{Object, Registry, Schema};
use serde_json::{Value, json};

const BASE: &str = "https://enroll.example.com/scim/v2";

fn assert_has_no_null(value: &Value) {
    match value {
        Value::Null => panic!("a null"),
        Value::Array(elements) => elements.iter().for_each(assert_has_no_null),
        Value::Object(members) => members.values().for_each(assert_has_no_null),
        _ => {}
    }
}

fn documents() -> Vec<Object> {
    let registry = Registry::core();
    let mut documents = discovery::schemas(&registry, BASE);
    documents.extend(discovery::resource_types(&registry, BASE));
    documents.push(ServiceProviderConfig::default().to_object(BASE));
    documents
}

#[test]
fn g7_schemas_document() {
    insta::assert_json_snapshot!("schemas", discovery::schemas(&Registry::core(), BASE));
}

#[test]
fn g4_resource_types_document() {
    insta::assert_json_snapshot!("resource_types", discovery::resource_types(&Registry::core(), BASE));
}

#[test]
fn f2_service_provider_config_document() {
    insta::assert_json_snapshot!("service_provider_config", ServiceProviderConfig::default().to_object(BASE));
}

#[test]
fn f2_f3_f6_f7_everything_required_is_there() {
    let config = Value::from(ServiceProviderConfig::default().to_object(BASE));
    for pointer in [
        "/patch/supported",
        "/bulk/supported",
        "/filter/supported",
        "/changePassword/supported",
        "/sort/supported",
        "/etag/supported",
        "/pagination/cursor",
        "/pagination/index",
    ] {
        assert!(config.pointer(pointer).is_some_and(Value::is_boolean), "{pointer}");
    }
    for pointer in
        ["/bulk/maxOperations", "/bulk/maxPayloadSize", "/filter/maxResults", "/pagination/maxPageSize"]
    {
        assert!(config.pointer(pointer).is_some_and(|number| number.as_u64() > Some(1)), "{pointer}");
    }
    for part in ["type", "name", "description", "specUri"] {
        assert!(config["authenticationSchemes"][0][part].is_string(), "{part}");
    }
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
}

#[test]
fn f5_the_document_says_what_the_configuration_says() {
    let mut config = ServiceProviderConfig::default();
    config.bulk.supported = true;
    config.filter_max_results = None;
    config.etag = false;
    config.documentation_uri = Some("https://enroll.example.com/docs".into());
    let document = config.to_object(BASE);
    assert_eq!(document["bulk"]["supported"], true);
    assert_eq!(document["filter"]["supported"], false);
    assert_eq!(document["etag"]["supported"], false);
    assert_eq!(document["documentationUri"], "https://enroll.example.com/docs");
}

#[test]
fn g11_meta_is_absolute_and_nothing_is_null() {
    for document in documents() {
        let kind = document["meta"]["resourceType"].as_str().unwrap();
        assert_eq!(document["schemas"], json!([format!("urn:ietf:params:scim:schemas:core:2.0:{kind}")]));
        let location = document["meta"]["location"].as_str().unwrap();
        let id = document.get("id").and_then(Value::as_str);
        let path = match kind {
            "ServiceProviderConfig" => "/ServiceProviderConfig".to_owned(),
            _ => format!("/{kind}s/{}", id.expect("an id")),
        };
        assert_eq!(location, format!("{BASE}{path}"));
        assert_has_no_null(&document.into());
    }
}

#[test]
fn g11_a_slash_at_the_end_of_the_base_url_is_not_doubled() {
    let config = ServiceProviderConfig::default().to_object("http://localhost/scim/v2/");
    assert_eq!(config["meta"]["location"], "http://localhost/scim/v2/ServiceProviderConfig");
}

#[test]
fn g2_a_schema_uri_is_one_path_segment() {
    let schema: Schema =
        serde_json::from_value(json!({"id": "http://a.example/b?c#ü", "attributes": []})).unwrap();
    let document = discovery::schema(&schema, BASE);
    assert_eq!(document["meta"]["location"], format!("{BASE}/Schemas/http:%2F%2Fa.example%2Fb%3Fc%23%C3%BC"));
}

#[test]
fn g5_resource_types_name_schemas_that_are_served() {
    let registry = Registry::core();
    let served: Vec<_> =
        discovery::schemas(&registry, BASE).into_iter().map(|one| one["id"].clone()).collect();
    for resource_type in discovery::resource_types(&registry, BASE) {
        assert!(served.contains(&resource_type["schema"]));
        for extension in resource_type["schemaExtensions"].as_array().unwrap() {
            assert!(served.contains(&extension["schema"]));
        }
    }
}

#[test]
fn g8_a13_a_served_schema_can_be_read_back() {
    for schema in Registry::core().schemas() {
        let document = Value::from(discovery::schema(schema, BASE));
        assert_eq!(&serde_json::from_value::<Schema>(document.clone()).unwrap(), schema);
        for attribute in document["attributes"].as_array().unwrap() {
            let is_complex = attribute["type"] == "complex";
            assert_eq!(attribute.get("subAttributes").is_some(), is_complex);
            assert_eq!(attribute.get("caseExact").is_none(), is_complex);
            assert_eq!(attribute.get("uniqueness").is_none(), is_complex);
        }
    }
}

#[test]
fn g9_messages_are_not_schemas() {
    let text = serde_json::to_string(&discovery::schemas(&Registry::core(), BASE)).unwrap();
    assert!(!text.contains("urn:ietf:params:scim:api:messages"));
    assert!(!text.contains("password"));
}

#[test]
fn l1_l9_a_list_response_has_integers_and_resources_always() {
    let page = list_response(vec![json!({"id": "a"}), json!({"id": "b"})], 12, 11);
    let expected = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 12, "startIndex": 11, "itemsPerPage": 2, "Resources": [{"id": "a"}, {"id": "b"}],
    });
    assert_eq!(Value::from(page), expected);
    assert_eq!(list_response(Vec::new(), 12, 13)["Resources"], json!([]));
}
