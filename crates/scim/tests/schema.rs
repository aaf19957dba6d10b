//! The core schemas against the published characteristics, and the registry.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use enroll_scim::schema::{AttributeRef, Mutability, Returned, Uniqueness};
use enroll_scim::{Attribute, AttributePath, Registry, ResourceModel, ResourceType, Schema};
use serde_json::json;

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// RFC 7643 §8.7.1 with its errata: what is not said is a single, optional, read-write string that is returned by default,
/// not case-exact and not unique. `*` is multi-valued, `[]` holds the canonical values, `()` the reference types.
const GOLDEN_USER: &str = "
userName required server
name complex
name.formatted
name.familyName
name.givenName
name.middleName
name.honorificPrefix
name.honorificSuffix
displayName
nickName
profileUrl reference(external) exact
title
userType
preferredLanguage
locale
timezone
active boolean
emails* complex
emails.value
emails.display
emails.type [work,home,other]
emails.primary boolean
phoneNumbers* complex
phoneNumbers.value
phoneNumbers.display
phoneNumbers.type [work,home,mobile,fax,pager,other]
phoneNumbers.primary boolean
ims* complex
ims.value
ims.display
ims.type [aim,gtalk,icq,xmpp,msn,skype,qq,yahoo]
ims.primary boolean
photos* complex
photos.value reference(external) exact
photos.display
photos.type [photo,thumbnail]
photos.primary boolean
addresses* complex
addresses.formatted
addresses.streetAddress
addresses.locality
addresses.region
addresses.postalCode
addresses.country
addresses.type [work,home,other]
addresses.primary boolean
groups* complex readOnly
groups.value readOnly
groups.$ref reference(Group) exact readOnly
groups.display readOnly
groups.type readOnly [direct,indirect]
entitlements* complex
entitlements.value
entitlements.display
entitlements.type
entitlements.primary boolean
roles* complex
roles.value
roles.display
roles.type
roles.primary boolean
x509Certificates* complex
x509Certificates.value binary exact
x509Certificates.display
x509Certificates.type
x509Certificates.primary boolean
";

const GOLDEN_GROUP: &str = "
displayName required server
members* complex
members.value required immutable
members.$ref reference(User,Group) exact immutable
members.type immutable [User,Group]
members.display readOnly
";

const GOLDEN_ENTERPRISE: &str = "
employeeNumber
costCenter
organization
division
department
manager complex
manager.value exact
manager.$ref reference(User) exact
manager.displayName readOnly
";

const GOLDEN_COMMON: &str = "
schemas* reference(uri) required exact always
id exact readOnly always
externalId exact
meta complex readOnly
meta.resourceType exact readOnly
meta.created dateTime readOnly
meta.lastModified dateTime readOnly
meta.location reference(uri) exact readOnly
meta.version exact readOnly
";

fn line(path: &str, attribute: &Attribute) -> String {
    let mut words = vec![format!("{path}{}", if attribute.multi_valued { "*" } else { "" })];
    let kind = attribute.kind.as_str();
    match attribute.reference_types.as_slice() {
        [] if kind == "string" => {}
        [] => words.push(kind.into()),
        types => words.push(format!("{kind}({})", types.join(","))),
    }
    let mut flag = |holds: bool, word: &str| words.extend(holds.then(|| word.to_owned()));
    flag(attribute.required, "required");
    flag(attribute.case_exact, "exact");
    flag(attribute.mutability != Mutability::ReadWrite, attribute.mutability.as_str());
    flag(attribute.returned != Returned::Default, attribute.returned.as_str());
    flag(attribute.uniqueness != Uniqueness::None, attribute.uniqueness.as_str());
    flag(!attribute.canonical_values.is_empty(), &format!("[{}]", attribute.canonical_values.join(",")));
    words.join(" ")
}

fn table(schema: &Schema) -> String {
    let mut lines = vec![String::new()];
    for attribute in &schema.attributes {
        lines.push(line(attribute.name.as_str(), attribute));
        for sub in &attribute.sub_attributes {
            lines.push(line(&format!("{}.{}", attribute.name, sub.name), sub));
        }
    }
    lines.join("\n") + "\n"
}

fn core(uri: &str) -> Schema {
    Registry::core().schema(uri).expect("a core schema").clone()
}

fn users() -> ResourceModel {
    Registry::core().model("User").expect("a core type")
}

#[test]
fn a3_c14_user_has_the_published_characteristics() {
    assert_eq!(table(&core(USER)), GOLDEN_USER);
}

#[test]
fn d1_group_has_the_published_characteristics() {
    assert_eq!(table(&core(GROUP)), GOLDEN_GROUP);
}

#[test]
fn e1_enterprise_user_has_the_published_characteristics() {
    assert_eq!(table(&core(ENTERPRISE)), GOLDEN_ENTERPRISE);
}

#[test]
fn b10_common_attributes_are_on_every_resource_type() {
    for name in ["User", "Group"] {
        let model = Registry::core().model(name).expect("a core type");
        assert_eq!(table(model.common()), GOLDEN_COMMON);
        assert_eq!(
            model.attribute("EXTERNALID").map(|attribute| attribute.name.as_str()),
            Some("externalId")
        );
    }
}

#[test]
fn b10_a_common_attribute_overrides_what_a_base_schema_says() {
    let mut registry = Registry::core();
    let schema = json!({"id": "urn:example:Printer", "name": "Printer", "attributes": [{"name": "id"}, {"name": "tray"}]});
    registry.register_schema(serde_json::from_value(schema).unwrap()).unwrap();
    registry.register_resource_type(printers()).unwrap();
    let model = registry.model("printer").expect("registered");
    assert_eq!(
        model.attribute("id").map(|id| (id.mutability, id.case_exact)),
        Some((Mutability::ReadOnly, true))
    );
}

#[test]
fn c3_password_is_not_in_the_schema() {
    assert_eq!(users().attribute("password"), None);
}

#[test]
fn g6_the_enterprise_extension_is_optional() {
    let types: Vec<_> = Registry::core().resource_types().cloned().collect();
    let endpoints: Vec<_> =
        types.iter().map(|t| (t.name.as_str(), t.endpoint.as_str(), t.schema.as_str())).collect();
    assert_eq!(endpoints, [("User", "/Users", USER), ("Group", "/Groups", GROUP)]);
    let extensions: Vec<_> =
        types[0].schema_extensions.iter().map(|e| (e.schema.as_str(), e.required)).collect();
    assert_eq!(extensions, [(ENTERPRISE, false)]);
}

#[test]
fn a13_every_core_schema_passes_the_rules_for_custom_ones() {
    let mut registry = Registry::default();
    for schema in Registry::core().schemas() {
        registry.register_schema(schema.clone()).unwrap();
    }
}

/// `prefix`, `name`, `sub` of a path, and what it resolves to: extension, attribute, sub-attribute.
fn resolved(prefix: Option<&str>, name: &str, sub: Option<&str>) -> Option<String> {
    let path = AttributePath { prefix: prefix.map(Into::into), name: name.into(), sub: sub.map(Into::into) };
    let model = users();
    Some(match model.resolve(&path)? {
        AttributeRef::Extension(schema) => format!("<{}>", schema.id),
        AttributeRef::Attribute { extension, attribute, sub } => {
            let prefix = extension.map(|uri| format!("{uri}:")).unwrap_or_default();
            let sub = sub.map(|sub| format!(".{}", sub.name)).unwrap_or_default();
            format!("{prefix}{}{sub}", attribute.name)
        }
    })
}

#[test]
fn a1_paths_resolve_without_regard_to_case() {
    assert_eq!(resolved(None, "USERNAME", None).as_deref(), Some("userName"));
    assert_eq!(resolved(None, "Name", Some("GIVENNAME")).as_deref(), Some("name.givenName"));
    assert_eq!(resolved(None, "groups", Some("$REF")).as_deref(), Some("groups.$ref"));
    assert_eq!(resolved(None, "META", Some("lastmodified")).as_deref(), Some("meta.lastModified"));
    assert_eq!(resolved(None, "nothing", None), None);
    assert_eq!(resolved(None, "name", Some("nothing")), None);
    assert_eq!(resolved(None, "userName", Some("value")), None);
    assert_eq!(resolved(None, "department", None), None, "needs its URI");
}

#[test]
fn m15_q10_urn_prefixes_resolve() {
    let enterprise = |rest: &str| Some(format!("{ENTERPRISE}{rest}"));
    assert_eq!(resolved(Some(USER), "userName", None).as_deref(), Some("userName"));
    assert_eq!(
        resolved(Some(&USER.to_uppercase()), "name", Some("familyName")).as_deref(),
        Some("name.familyName")
    );
    assert_eq!(resolved(Some(USER), "externalId", None).as_deref(), Some("externalId"));
    assert_eq!(resolved(Some(ENTERPRISE), "Department", None), enterprise(":department"));
    assert_eq!(resolved(Some(ENTERPRISE), "manager", Some("value")), enterprise(":manager.value"));
    assert_eq!(resolved(Some(ENTERPRISE), "userName", None), None);
    assert_eq!(resolved(Some(GROUP), "displayName", None), None, "another resource type's schema");
}

#[test]
fn q10_a_bare_extension_urn_is_the_whole_extension() {
    let bare = "urn:ietf:params:scim:schemas:extension:enterprise:2.0";
    assert_eq!(resolved(Some(bare), "user", None), Some(format!("<{ENTERPRISE}>")));
    assert_eq!(resolved(Some("urn:ietf:params:scim:schemas:core:2.0"), "User", None), None);
}

#[test]
fn q10_e5_a_dot_where_a_colon_belongs_resolves() {
    let bare = "urn:ietf:params:scim:schemas:extension:enterprise:2.0";
    assert_eq!(resolved(Some(bare), "User", Some("manager")), Some(format!("{ENTERPRISE}:manager")));
    assert_eq!(
        resolved(Some(bare), "User", Some("manager.value")),
        Some(format!("{ENTERPRISE}:manager.value"))
    );
    assert_eq!(resolved(Some(bare), "User", Some("nothing")), None);
    let core = "urn:ietf:params:scim:schemas:core:2.0";
    assert_eq!(resolved(Some(core), "User", Some("userName")).as_deref(), Some("userName"));
}

#[test]
fn m15_an_extension_urn_may_hold_dots() {
    let mut registry = Registry::core();
    let schema = json!({"id": "urn:example:printer.v1", "attributes": [{"name": "tray"}]});
    registry.register_schema(serde_json::from_value(schema).unwrap()).unwrap();
    let rooms = json!({"name": "Room", "endpoint": "/Rooms", "schema": GROUP,
        "schemaExtensions": [{"schema": "URN:example:PRINTER.v1", "required": false}]});
    registry.register_resource_type(serde_json::from_value(rooms).unwrap()).unwrap();
    let model = registry.model("Room").expect("registered");
    let path = |prefix: &str, name: &str, sub: Option<&str>| AttributePath {
        prefix: Some(prefix.into()),
        name: name.into(),
        sub: sub.map(Into::into),
    };
    assert!(matches!(
        model.resolve(&path("urn:example", "printer", Some("v1"))),
        Some(AttributeRef::Extension(_))
    ));
    assert!(matches!(
        model.resolve(&path("urn:example:printer.v1", "tray", None)),
        Some(AttributeRef::Attribute { extension: Some(_), .. })
    ));
}

fn printers() -> ResourceType {
    let printers = json!({"name": "Printer", "endpoint": "/Printers", "schema": "urn:example:Printer"});
    serde_json::from_value(printers).unwrap()
}

#[test]
fn a3_a_definition_is_read_with_the_defaults_of_the_rfc() {
    let json = json!({"id": "urn:example:Printer", "name": "Printer", "schemas": [], "meta": {},
        "attributes": [{"name": "tray"}, {"name": "since", "type": "dateTime", "caseExact": true}]});
    let schema: Schema = serde_json::from_value(json).unwrap();
    assert_eq!(table(&schema), "\ntray\nsince dateTime exact\n");
}

#[test]
fn a13_definitions_that_contradict_the_rfc_are_refused() {
    let cases = [
        (json!([{"name": "a"}, {"name": "A"}]), "twice"),
        (json!([{"name": "a", "type": "complex"}]), "subAttributes"),
        (json!([{"name": "a", "subAttributes": [{"name": "b"}]}]), "must be complex"),
        (
            json!([{"name": "a", "type": "complex", "caseExact": true, "subAttributes": [{"name": "b"}]}]),
            "caseExact",
        ),
        (
            json!([{"name": "a", "type": "complex", "uniqueness": "server", "subAttributes": [{"name": "b"}]}]),
            "uniqueness",
        ),
        (json!([{"name": "a", "type": "complex", "subAttributes": [{"name": "b"}, {"name": "B"}]}]), "twice"),
        (
            json!([{"name": "a", "type": "complex", "subAttributes":
                [{"name": "b", "type": "complex", "subAttributes": [{"name": "c"}]}]}]),
            "cannot be complex",
        ),
        (json!([{"name": "a", "referenceTypes": ["User"]}]), "reference"),
        (json!([{"name": "a", "type": "boolean", "canonicalValues": ["true"]}]), "canonicalValues"),
        (json!([{"name": "a", "type": "binary", "uniqueness": "server"}]), "uniqueness"),
        (json!([{"name": "a", "mutability": "writeOnly"}]), "never"),
    ];
    for (attributes, word) in cases {
        let schema = json!({"id": "urn:example:x", "name": "x", "attributes": attributes});
        let error = Registry::core().register_schema(serde_json::from_value(schema).unwrap()).unwrap_err();
        assert!(error.to_string().contains(word), "{attributes}: {error}");
    }
    for name in ["", "1a", "a.b", "a b"] {
        let schema = json!({"id": "urn:example:x", "attributes": [{"name": name}]});
        assert!(serde_json::from_value::<Schema>(schema).is_err(), "{name}");
    }
    for id in ["", "urn: x"] {
        let schema = serde_json::from_value(json!({"id": id, "attributes": []})).unwrap();
        assert!(Registry::core().register_schema(schema).is_err(), "{id:?}");
    }
}

#[test]
fn a14_a_multi_valued_simple_sub_attribute_is_legal() {
    let schema = json!({"id": "urn:example:x", "attributes": [{"name": "a", "type": "complex", "subAttributes":
        [{"name": "b", "multiValued": true}]}]});
    Registry::core().register_schema(serde_json::from_value(schema).unwrap()).unwrap();
}

#[test]
fn g4_g5_resource_types_have_one_endpoint_and_known_schemas() {
    let type_of = |name: &str, endpoint: &str, schema: &str, extensions: &[&str]| -> ResourceType {
        let extensions: Vec<_> =
            extensions.iter().map(|uri| json!({"schema": uri, "required": false})).collect();
        let json =
            json!({"name": name, "endpoint": endpoint, "schema": schema, "schemaExtensions": extensions});
        serde_json::from_value(json).unwrap()
    };
    let cases = [
        (type_of("user", "/People", USER, &[]), "user is registered already"),
        (type_of("Person", "/USERS", USER, &[]), "/USERS is registered already"),
        (type_of("Person", "/People", "urn:example:x", &[]), "urn:example:x is not registered"),
        (type_of("Person", "/People", USER, &["urn:example:x"]), "urn:example:x is not registered"),
        (type_of("Person", "/People", USER, &[USER]), "twice"),
        (type_of("Person", "People", USER, &[]), "endpoint"),
        (type_of("Person", "/People/All", USER, &[]), "endpoint"),
        (type_of("Person", "/schemas", USER, &[]), "endpoint"),
        (type_of("", "/People", USER, &[]), "name"),
    ];
    for (resource_type, words) in cases {
        let mut registry = Registry::core();
        let error = registry.register_resource_type(resource_type).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(registry.resource_types().count(), 2);
    }
    let taken = core(USER);
    assert!(Registry::core().register_schema(taken).is_err());
    assert!(Registry::core().model("Device").is_none());
}
