//! What holds for all resources and operations.

use enroll_scim::patch::PatchRequest;
use enroll_scim::{Limits, Notes, Resource};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::oracle::{self, Operation, Path};
use crate::support::*;

const KINDS: [&str; 3] = ["work", "home", "Work"];
const TEXTS: [&str; 4] = ["a", "A", "b", "c"];

fn text() -> impl Strategy<Value = Value> {
    select(TEXTS.to_vec()).prop_map(Value::from)
}

fn text_or_null() -> impl Strategy<Value = Value> {
    prop_oneof![5 => text(), 1 => Just(Value::Null)]
}

/// An object with some of the members that the strategies give.
fn some_of(members: Vec<(&'static str, BoxedStrategy<Value>)>) -> impl Strategy<Value = Value> {
    let members: Vec<_> =
        members.into_iter().map(|(name, value)| (Just(name), proptest::option::of(value))).collect();
    members.prop_map(|members| {
        let given = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect::<Map<_, _>>())
    })
}

fn kind() -> BoxedStrategy<Value> {
    select(KINDS.to_vec()).prop_map(Value::from).boxed()
}

fn element(list: &'static str) -> BoxedStrategy<Value> {
    let members = if list == "emails" {
        vec![
            ("value", text().boxed()),
            ("type", kind()),
            ("primary", any::<bool>().prop_map(Value::from).boxed()),
            ("display", text().boxed()),
        ]
    } else {
        vec![("type", kind()), ("locality", text().boxed())]
    };
    let element = some_of(members).prop_map(|element| match element == json!({}) {
        true => json!({"type": "other"}),
        false => element,
    });
    element.boxed()
}

fn name(part: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
    some_of(vec![("givenName", part.clone()), ("familyName", part)]).boxed()
}

fn elements(list: &'static str) -> BoxedStrategy<Value> {
    vec(element(list), 0..5).prop_map(Value::from).boxed()
}

/// A user in canonical form.
fn users() -> impl Strategy<Value = Value> {
    let members = vec![
        ("displayName", text().boxed()),
        ("name", name(text().boxed())),
        ("emails", elements("emails")),
        ("addresses", elements("addresses")),
        (ENTERPRISE, some_of(vec![("department", text().boxed())]).boxed()),
    ];
    some_of(members).prop_map(|mut user| {
        user["userName"] = json!("bjensen");
        for list in ["emails", "addresses"] {
            oracle::collapse(&mut user, list);
        }
        if let Some(emails) = user.get_mut("emails").and_then(Value::as_array_mut) {
            let mut primary = emails.iter_mut().filter(|email| email["primary"] == true);
            primary.next();
            primary.for_each(|email| email["primary"] = json!(false));
        }
        user.as_object_mut().unwrap().retain(|_, value| *value != json!({}) && *value != json!([]));
        // `null` is what indexing has put in.
        for email in user.get_mut("emails").and_then(Value::as_array_mut).into_iter().flatten() {
            email.as_object_mut().unwrap().retain(|_, part| !part.is_null());
        }
        user
    })
}

fn list_value(list: &'static str) -> BoxedStrategy<Value> {
    prop_oneof![3 => elements(list), 2 => element(list), 1 => Just(Value::Null)].boxed()
}

fn targets() -> impl Strategy<Value = (Path, Value)> {
    let with =
        |path: Path, value: BoxedStrategy<Value>| value.prop_map(move |value| (path.clone(), value)).boxed();
    let lists = select(vec!["emails", "addresses"]);
    let filters =
        (lists.clone(), select(vec![("type", "work"), ("type", "HOME"), ("type", "fax"), ("value", "a")]))
            .prop_map(
                |(list, (key, text))| if list == "emails" { (list, key, text) } else { (list, "type", text) },
            );
    let part = |list: &str| {
        if list == "emails" { vec!["value", "type", "display"] } else { vec!["type", "locality"] }
    };
    prop_oneof![
        2 => some_of(vec![
            ("title", text_or_null().boxed()),
            ("userName", text_or_null().boxed()),
            ("name", name(text_or_null().boxed())),
            ("emails", list_value("emails")),
            ("addresses", list_value("addresses")),
        ]).prop_map(|value| (Path::Resource, value)),
        2 => select(vec!["displayName", "title", "department", "userName"])
            .prop_flat_map(move |name| with(Path::Simple(name), text_or_null().boxed())),
        1 => prop_oneof![5 => name(text_or_null().boxed()), 1 => Just(Value::Null)].prop_map(|value| (Path::Name, value)),
        1 => select(vec!["givenName", "familyName"])
            .prop_flat_map(move |part| with(Path::NamePart(part), text_or_null().boxed())),
        3 => lists.clone().prop_flat_map(move |list| with(Path::List(list), list_value(list))),
        3 => filters.clone().prop_flat_map(move |(list, key, text)| {
            with(Path::Selected(list, key, text), element(list))
        }),
        3 => filters.prop_flat_map(move |(list, key, text)| select(part(list)).prop_flat_map(move |part| {
            with(Path::SelectedPart(list, key, text, part), text_or_null().boxed())
        })),
        2 => (select(vec![("type", "work"), ("value", "a")]), any::<bool>()).prop_map(|((key, text), primary)| {
            (Path::SelectedPart("emails", key, text, "primary"), json!(primary))
        }),
        1 => lists.prop_flat_map(move |list| select(part(list)).prop_flat_map(move |part| {
            with(Path::EveryPart(list, part), text_or_null().boxed())
        })),
    ]
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let operation = (select(vec!["add", "replace", "remove"]), targets());
    let operation = operation.prop_map(|(op, (path, value))| Operation { op, path, value });
    let operation = operation.prop_filter("remove without path always fails", |operation| {
        operation.op != "remove" || operation.path != Path::Resource
    });
    vec(operation, 1..8)
}

fn written(operations: &[Operation]) -> Value {
    operations.iter().map(Operation::written).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_oracle_agrees(user_before in users(), operations in operations(), creates in any::<bool>()) {
        let dialect = if creates { strict().with(enroll_scim::Quirk::CreateOnFilter) } else { strict() };
        let expected = oracle::apply(&user_before, &operations, creates);
        let result = patch(&dialect, &user_before, written(&operations));
        match (result, expected) {
            (Ok(outcome), Ok(expected)) => {
                prop_assert_eq!(outcome.changed, expected != user_before);
                prop_assert_eq!(outcome.resource, expected);
            }
            (Err(error), expected) => prop_assert_eq!(Err(keyword(&error)), expected, "{}", error),
            (Ok(outcome), Err(expected)) => prop_assert!(false, "{} expected, {:?}", expected, outcome.resource),
        }
    }

    #[test]
    fn q3_a_failing_operation_at_the_end_undoes_all(user_before in users(), operations in operations()) {
        let failing = json!({"op": "replace", "path": "emails[type eq \"nowhere\"].value", "value": "x"});
        let mut list = written(&operations);
        list.as_array_mut().unwrap().push(failing);
        let before = Resource::from_stored(object(user_before));
        if let Ok(request) = parse(&strict(), &user(), body(list)) {
            let untouched = before.clone();
            prop_assert!(request.apply(&user(), &before, &mut Notes::default()).is_err());
            prop_assert_eq!(before, untouched);
        }
    }

    #[test]
    fn replacing_whole_attributes_twice_is_replacing_them_once(user_before in users(), operations in operations()) {
        let whole = |path: &Path| matches!(path, Path::Simple(_) | Path::Name | Path::NamePart(_) | Path::List(_));
        let replaces = |operation: &&Operation| operation.op != "add" && whole(&operation.path);
        let replacing: Vec<Operation> = operations.iter().filter(replaces).cloned().collect();
        if replacing.is_empty() {
            return Ok(());
        }
        if let Ok(once) = patch(&strict(), &user_before, written(&replacing)) {
            prop_assert!(!patch(&strict(), &once.resource, written(&replacing)).unwrap().changed);
        }
    }

    #[test]
    fn the_result_is_canonical(user_before in users(), operations in operations()) {
        if let Ok(outcome) = patch(&compat(), &user_before, written(&operations)) {
            prop_assert!(is_canonical(&outcome.resource), "{}", outcome.resource);
            let emails = outcome.resource.get("emails").and_then(Value::as_array).into_iter().flatten();
            prop_assert!(emails.filter(|email| email.get("primary") == Some(&json!(true))).count() < 2);
        }
    }

    #[test]
    fn s28_no_body_makes_it_panic(operation in anything(), path in "[a-z.:\\[\\]()\"= 0-9$]{0,40}", value in anything()) {
        let filter = json!({"op": "replace", "path": format!("emails[{path}]"), "value": value});
        let operations = json!([{"op": "add", "path": path, "value": value}, {"op": "add", "value": value}, filter, operation]);
        for (dialect, model) in both().into_iter().flat_map(|dialect| [(dialect, user()), (dialect, group())]) {
            for operation in operations.as_array().unwrap() {
                let mut notes = Notes::default();
                let body = body(json!([operation]));
                if let Ok(mut request) = PatchRequest::parse(body, &model, &dialect, &Limits::default(), &mut notes) {
                    let _ = request.apply(&model, &Resource::from_stored(object(barbara())), &mut notes);
                    let _ = request.detach(&model, "members", &mut notes);
                }
            }
        }
    }
}

/// No `null`, no empty list, no empty object.
fn is_canonical(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(elements) => !elements.is_empty() && elements.iter().all(is_canonical),
        Value::Object(object) => !object.is_empty() && object.values().all(is_canonical),
        _ => true,
    }
}

/// JSON of any shape, with names that mean something here and there.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        select(vec!["", "add", "remove", "members", "work", "True", "{\"title\":\"x\"}", "name.givenName"])
            .prop_map(Value::from),
    ];
    let names = select(vec![
        "op",
        "path",
        "value",
        "emails",
        "name",
        "name.givenName",
        "members",
        "type",
        "primary",
        "schemas",
        ENTERPRISE,
        "manager",
        "emails[type eq \"work\"].value",
        "urn:x:y",
        "",
    ]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((names.clone(), inner), 0..4).prop_map(|members| {
                Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
            }),
        ]
    })
}
