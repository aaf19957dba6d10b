//! Random directories and random filters on them.

use enroll_scim::AttributePath;
use enroll_scim::filter::{CompareOp, Filter, Literal};
use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use serde_json::{Value, json};

use crate::fixture::{group_id, user_id};
use crate::world::{UserSpec, World, time};

/// Texts that are alike, part of each other, at the ends of the code space, or special to some pattern language.
const TEXTS: [&str; 22] = [
    "a",
    "A",
    "ab",
    "AB",
    "abc",
    "b",
    "ba",
    "straße",
    "STRASSE",
    "\u{ff21}b",
    "\u{212a}",
    "k",
    "é",
    "e\u{301}",
    "%",
    "a_c",
    "a*",
    "'",
    "\u{d7ff}x",
    "\u{e000}",
    "a\u{10ffff}",
    "\u{10ffff}\u{10ffff}",
];
const TYPES: [&str; 4] = ["work", "WORK", "home", "other"];

fn text() -> impl Strategy<Value = String> {
    select(&TEXTS[..]).prop_map(str::to_owned)
}

/// What is written in a filter: also pieces, the empty text and what no document holds.
fn sought() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => text(),
        2 => select(&TYPES[..]).prop_map(str::to_owned),
        1 => Just(String::new()),
        1 => Just("\0".to_owned()),
        1 => Just("a\0".to_owned()),
        1 => Just("a".repeat(300)),
        1 => Just("ss".to_owned()),
        2 => id(),
    ]
}

fn id() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => (1..6_u32).prop_map(|number| user_id(number).to_string()),
        4 => (1..6_u32).prop_map(|number| group_id(number).to_string()),
        1 => (1..6_u32).prop_map(|number| group_id(number).to_string().to_uppercase()),
        1 => Just("00000000-0000-0000-0000-0000".to_owned()),
        1 => Just("2".to_owned()),
    ]
}

fn email() -> impl Strategy<Value = Value> {
    (of(text()), of(select(&TYPES[..])), of(any::<bool>()), of(text())).prop_map(
        |(value, kind, primary, display)| {
            let mut email = serde_json::Map::new();
            email.extend(value.map(|value| ("value".to_owned(), value.into())));
            email.extend(kind.map(|kind| ("type".to_owned(), kind.into())));
            email.extend(primary.map(|primary| ("primary".to_owned(), primary.into())));
            email.extend(display.map(|display| ("display".to_owned(), display.into())));
            if email.is_empty() {
                email.insert("value".to_owned(), "".into());
            }
            email.into()
        },
    )
}

fn created() -> impl Strategy<Value = i64> {
    0..4_i64
}

fn user() -> impl Strategy<Value = UserSpec> {
    let extension = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let optional = (of(text()), of(text()), of(text()), of(any::<bool>()), of(text()));
    (text(), optional, vec(email(), 0..3), created()).prop_map(
        move |(user_name, optional, emails, created)| {
            let (display_name, external_id, title, active, department) = optional;
            let mut attributes = serde_json::Map::new();
            attributes.insert("userName".to_owned(), user_name.into());
            attributes.extend(display_name.map(|name| ("displayName".to_owned(), name.into())));
            attributes.extend(external_id.map(|id| ("externalId".to_owned(), id.into())));
            attributes.extend(title.map(|title| ("title".to_owned(), title.into())));
            attributes.extend(active.map(|active| ("active".to_owned(), active.into())));
            attributes.extend(department.map(|text| (extension.to_owned(), json!({"department": text}))));
            if !emails.is_empty() {
                attributes.insert("emails".to_owned(), emails.into());
            }
            UserSpec { attributes: attributes.into(), created }
        },
    )
}

fn group() -> impl Strategy<Value = UserSpec> {
    (text(), of(text()), created()).prop_map(|(display_name, external_id, created)| {
        let mut attributes = serde_json::Map::new();
        attributes.insert("displayName".to_owned(), display_name.into());
        attributes.extend(external_id.map(|id| ("externalId".to_owned(), id.into())));
        UserSpec { attributes: attributes.into(), created }
    })
}

pub(crate) fn world() -> impl Strategy<Value = World> {
    let edges = btree_set((0..5_usize, 0..5_usize), 0..8);
    (vec(user(), 0..7), vec(group(), 0..6), edges.clone(), edges)
        .prop_map(|(users, groups, members, nested)| World { users, groups, members, nested }.tidy())
}

fn operator() -> impl Strategy<Value = CompareOp> {
    use CompareOp::{
        Contains, EndsWith, Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual, StartsWith,
    };
    select(vec![Equal, NotEqual, Contains, StartsWith, EndsWith, Greater, GreaterOrEqual, Less, LessOrEqual])
}

fn path(text: &'static str) -> AttributePath {
    match text.rsplit_once(':') {
        Some((prefix, name)) => {
            AttributePath { prefix: Some(prefix.to_owned()), ..AttributePath::attribute(name) }
        }
        None => match text.split_once('.') {
            Some((name, sub)) => AttributePath::sub_attribute(name, sub),
            None => AttributePath::attribute(text),
        },
    }
}

fn compare(paths: &[&'static str], value: impl Strategy<Value = Literal> + 'static) -> BoxedStrategy<Filter> {
    let paths = select(paths.to_vec());
    (paths, operator(), value)
        .prop_map(|(name, op, value)| Filter::Compare { path: path(name), op, value })
        .boxed()
}

fn present(paths: &[&'static str]) -> BoxedStrategy<Filter> {
    select(paths.to_vec()).prop_map(|name| Filter::Present(path(name))).boxed()
}

fn moment() -> impl Strategy<Value = Literal> {
    // Also finer than the database keeps, and far away.
    (-1..5_i64, select(vec![0, 1, 999_999])).prop_map(|(milliseconds, nanoseconds)| {
        Literal::String((time(milliseconds) + jiff::SignedDuration::from_nanos(nanoseconds)).to_string())
    })
}

fn combined(leaf: BoxedStrategy<Filter>, depth: u32) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(depth, 12, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..4).prop_map(Filter::And),
            vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
    .boxed()
}

fn element(name: &'static str, inner: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    combined(inner, 2)
        .prop_map(move |filter| Filter::Element { path: path(name), filter: Box::new(filter) })
        .boxed()
}

fn quoted<S: Strategy<Value = String> + 'static>(text: S) -> BoxedStrategy<Literal> {
    text.prop_map(Literal::String).boxed()
}

fn boolean() -> BoxedStrategy<Literal> {
    any::<bool>().prop_map(Literal::Boolean).boxed()
}

fn null() -> BoxedStrategy<Literal> {
    Just(Literal::Null).boxed()
}

/// A filter on users, as a client might write it; not all of them make sense.
pub(crate) fn user_filter() -> BoxedStrategy<Filter> {
    const DEPARTMENT: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let texts = [
        "userName",
        "displayName",
        "externalId",
        "emails.value",
        "emails",
        "emails.type",
        "title",
        DEPARTMENT,
    ];
    let parts = prop_oneof![
        4 => compare(&["value", "type", "display"], quoted(sought())),
        1 => compare(&["primary"], boolean()),
        1 => present(&["value", "type", "primary"]),
        1 => compare(&["value", "type"], null()),
    ];
    let group_parts = prop_oneof![
        3 => compare(&["value"], quoted(id())),
        1 => compare(&["type"], quoted(select(vec!["direct".to_owned(), "indirect".to_owned()]))),
    ];
    let leaf = prop_oneof![
        6 => compare(&texts, quoted(sought())),
        2 => present(&["userName", "displayName", "externalId", "emails", "emails.value", "emails.type", "active",
                       "groups", "groups.value", "title", "id", "meta", "meta.created", DEPARTMENT]),
        1 => compare(&["displayName", "emails.value", "groups.value", "externalId"], null()),
        2 => compare(&["active"], boolean()),
        2 => compare(&["id", "groups.value", "groups"], quoted(id())),
        2 => compare(&["meta.created", "meta.lastModified"], moment()),
        1 => compare(&["meta.resourceType"], quoted(select(vec!["User".to_owned(), "Group".to_owned()]))),
        4 => element("emails", parts.boxed()),
        1 => element("groups", group_parts.boxed()),
    ];
    combined(leaf.boxed(), 3)
}

/// A filter on groups, as a client might write it; not all of them make sense.
pub(crate) fn group_filter() -> BoxedStrategy<Filter> {
    let kinds = || select(vec!["User".to_owned(), "group".to_owned(), "g".to_owned()]);
    let parts = prop_oneof![
        3 => compare(&["value"], quoted(id())),
        2 => compare(&["type"], quoted(kinds())),
        1 => compare(&["display"], quoted(text())),
        1 => present(&["value", "type", "display"]),
    ];
    let leaf = prop_oneof![
        4 => compare(&["displayName", "externalId"], quoted(sought())),
        2 => present(&["displayName", "externalId", "members", "members.value", "members.display", "id", "meta"]),
        1 => compare(&["members.value", "externalId"], null()),
        3 => compare(&["id", "members.value", "members"], quoted(id())),
        1 => compare(&["members.type"], quoted(kinds())),
        1 => compare(&["members.display"], quoted(text())),
        2 => compare(&["meta.created", "meta.lastModified"], moment()),
        3 => element("members", parts.boxed()),
    ];
    combined(leaf.boxed(), 3)
}
