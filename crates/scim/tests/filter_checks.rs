//! What a filter may ask, and what the dialects make of it.

#[path = "support/selecting.rs"]
mod selecting;
mod support;

use enroll_scim::filter::Filter;
use enroll_scim::{Dialect, Limits, Notes, Quirk};
use serde_json::json;

use selecting::{CORE, ENTERPRISE, groups, refuses, select, selects, users};
use support::{LAB, model};

#[test]
fn m7_ordering_on_boolean_and_binary_is_invalid_filter() {
    for op in ["gt", "ge", "lt", "le"] {
        refuses(
            "User",
            &[
                (&format!("active {op} true"), "active is a boolean and cannot be compared with"),
                (
                    &format!("emails[primary {op} true]"),
                    "emails.primary is a boolean and cannot be compared with",
                ),
                (&format!("x509Certificates.value {op} \"MIID\""), "is binary and cannot be compared with"),
                (&format!("name {op} \"x\""), "name has parts"),
            ],
        );
    }
    selects("Device", &[("key eq \"QQ==\"", "d1"), ("key eq \"qq==\"", "")]);
}

#[test]
fn m23_substrings_of_numbers_dates_and_booleans_are_invalid_filter() {
    for op in ["co", "sw", "ew"] {
        refuses(
            "User",
            &[
                (&format!("active {op} true"), "active is a boolean"),
                (&format!("meta.created {op} \"2011\""), "meta.created is a dateTime and cannot"),
            ],
        );
        refuses(
            "Device",
            &[
                (&format!("count {op} 1"), "count is a number and cannot"),
                (&format!("ratio {op} 1"), "ratio is a number and cannot"),
            ],
        );
    }
}

#[test]
fn m18_an_unknown_attribute_is_invalid_filter() {
    refuses(
        "User",
        &[
            ("nothing eq \"x\"", "filter: User has no attribute 'nothing'"),
            ("userName eq \"bjensen\" or nothing pr", "'nothing'"),
            ("name.nothing pr", "'name.nothing'"),
            ("userName.value pr", "'userName.value'"),
            ("nothing[type pr]", "'nothing'"),
            ("emails[nothing eq \"x\"]", "emails has no sub-attribute 'nothing' (it has value, "),
            ("emails[emails.type eq \"x\"]", "emails has no sub-attribute 'emails.type'"),
            (&format!("emails[{CORE}:type eq \"x\"]"), "emails has no sub-attribute"),
            ("emails[type eq \"work\" and nothing eq \"x\"]", "emails has no sub-attribute 'nothing'"),
            ("members.value eq \"x\"", "User has no attribute 'members.value'"),
            (
                "department eq \"Sales\"",
                "write urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
            ),
        ],
    );
}

#[test]
fn m18_over_several_types_an_unknown_attribute_has_no_value() {
    let (dialect, mut notes) = (Dialect::strict(), Notes::default());
    let groups = groups();
    for (text, holds) in [
        ("userName pr", false),
        ("userName eq \"x\"", false),
        ("userName ne \"x\"", true),
        ("userName gt \"x\"", false),
        ("userName eq null", true),
        ("userName ne null", false),
        ("userName gt null", false),
        ("not (userName pr)", true),
        ("emails[type eq \"work\"]", false),
        ("members[nothing pr]", false),
        ("userName eq \"x\" or displayName eq \"ADMINS\"", true),
    ] {
        let filter = Filter::parse(text, &Limits::default(), &dialect, &mut notes).unwrap();
        let typed = filter.resolve_lenient(&model("Group"), &dialect, &mut notes).unwrap();
        assert_eq!(typed.matches(&groups[0]), holds, "{text}");
    }
    let filter = Filter::parse("displayName eq 5", &Limits::default(), &dialect, &mut notes).unwrap();
    filter.resolve_lenient(&model("Group"), &dialect, &mut notes).unwrap_err();
}

#[test]
fn m19_reference_checks_of_microsoft() {
    selects(
        "Group",
        &[
            ("members.value eq \"u1\"", "g1"),
            ("members[value eq \"g2\"]", "g1"),
            ("members eq \"u1\"", "g1"),
            ("id eq \"g1\" and members eq \"u1\"", "g1"),
            ("members[value eq \"u1\" and type eq \"Group\"]", ""),
            ("members.$ref eq \"https://x/Users/u1\"", "g1"),
            ("displayName eq \"ADMINS\"", "g1 g2"),
            ("members eq null", "g2"),
            ("not (members pr)", "g2"),
        ],
    );
    let text = "id eq \"u1\" and manager eq \"U3\"";
    assert_eq!(select("User", text, &Dialect::compat()).as_deref(), Ok("u1"));
    refuses("User", &[(text, "write urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager")]);
}

#[test]
fn m15_a_dot_behind_a_schema_is_a_quirk() {
    let text = format!("{ENTERPRISE}.department eq \"sales\" and {ENTERPRISE}.manager.value eq \"U3\"");
    assert_eq!(select("User", &text, &Dialect::compat()).as_deref(), Ok("u1"));
    let dialect = Dialect::compat().without(Quirk::DottedUrn);
    select("User", &text, &dialect).unwrap_err();
}

#[test]
fn m20_a_literal_of_another_type_is_invalid_filter() {
    refuses(
        "User",
        &[
            ("active eq \"true\"", "active is a boolean: compare it with true or false, without quotes"),
            ("active eq 1", "active is a boolean"),
            ("userName eq 5", "userName is a string: compare it with text in double quotes"),
            ("userName eq true", "userName is a string"),
            ("emails[primary eq \"True\"]", "emails.primary is a boolean"),
            ("emails co false", "emails.value is a string"),
        ],
    );
    refuses(
        "Device",
        &[
            ("count eq \"9\"", "count is an integer: compare it with a whole number"),
            ("count gt 9.5", "count is an integer"),
            ("count eq 9.0", "count is an integer"),
            ("count eq 1e3", "count is an integer"),
            ("ratio eq \"x\"", "ratio is a number"),
            ("ratio eq true", "ratio is a number"),
        ],
    );
}

#[test]
fn m20_a_literal_with_one_reading_is_a_quirk() {
    let compat = Dialect::compat();
    for (resource_type, text, ids) in [
        ("User", "active eq \"True\"", "u1 u3 u4"),
        ("User", "active eq \"FALSE\"", "u2"),
        ("User", "emails[primary eq \"True\"].value co \"other\"", "u2"),
        ("Device", "count eq \"9\"", "d1"),
        ("Device", "ratio lt \"1.5\"", "d1"),
    ] {
        assert_eq!(select(resource_type, text, &compat).as_deref(), Ok(ids), "{text}");
        select(resource_type, text, &Dialect::compat().without(Quirk::LenientLiterals)).unwrap_err();
    }
    for (resource_type, text) in
        [("User", "active eq \"yes\""), ("Device", "count eq \"9.5\""), ("User", "userName eq 5")]
    {
        select(resource_type, text, &compat).expect_err(text);
    }

    let mut notes = Notes::default();
    let filter = Filter::parse("active eq \"True\"", &Limits::default(), &compat, &mut notes).unwrap();
    filter.resolve(&model("User"), &compat, &mut notes).unwrap();
    let quirks: Vec<_> = notes.iter().map(|note| note.quirk).collect();
    assert_eq!(quirks, [Some(Quirk::LenientLiterals)]);
}

#[test]
fn a31_s20_what_is_never_returned_cannot_be_asked_about() {
    refuses(
        "User",
        &[("password sw \"a\"", "User has no attribute 'password'"), ("password pr", "'password'")],
    );
    let lab_hidden = format!("{LAB}:hidden pr");
    let table = [
        ("secret sw \"a\"", "secret is never returned"),
        ("secret pr", "secret is never returned"),
        ("secret eq null", "secret is never returned"),
        ("box.code pr", "code is never returned"),
        ("parts.code eq \"x\"", "code is never returned"),
        ("parts[code eq \"x\"]", "code is never returned"),
        (lab_hidden.as_str(), "hidden is never returned"),
    ];
    refuses("Device", &table);
    for (text, part) in table {
        let (dialect, mut notes) = (Dialect::compat(), Notes::default());
        let filter = Filter::parse(text, &Limits::default(), &dialect, &mut notes).unwrap();
        let error = filter.resolve_lenient(&model("Device"), &dialect, &mut notes).unwrap_err();
        assert!(error.detail().contains(part), "{text}: {error}");
    }
    selects("Device", &[("pin eq null", "d1 d2 d3")]);
}

#[test]
fn m13_a_filter_can_be_asked_about_one_element() {
    let (dialect, mut notes) = (Dialect::strict(), Notes::default());
    let filter = Filter::parse("emails[type eq \"WORK\"]", &Limits::default(), &dialect, &mut notes).unwrap();
    let typed = filter.resolve(&model("User"), &dialect, &mut notes).unwrap();
    assert!(typed.matches_element(&json!({"type": "work", "value": "x"})));
    assert!(!typed.matches_element(&json!({"type": "home"})));
    assert!(!typed.matches_element(&json!("work")));
}

#[test]
fn a_value_of_another_type_than_the_schema_says_compares_with_nothing() {
    let stored =
        json!({"userName": 5, "active": "true", "meta": {"created": "soon"}, "emails": "x", "name": ["y"]});
    let (dialect, mut notes) = (Dialect::strict(), Notes::default());
    for (text, holds) in [
        ("userName eq \"5\"", false),
        ("userName ne \"5\"", true),
        ("active eq true", false),
        ("meta.created lt \"2020-01-01T00:00:00Z\"", false),
        ("emails.value eq \"x\"", false),
        ("name.familyName pr", false),
    ] {
        let filter = Filter::parse(text, &Limits::default(), &dialect, &mut notes).unwrap();
        let typed = filter.resolve(&model("User"), &dialect, &mut notes).unwrap();
        assert_eq!(typed.matches(stored.as_object().unwrap()), holds, "{text}");
    }
}

#[test]
fn s25_the_deepest_filter_is_resolved_and_evaluated_on_a_small_stack() {
    let run = || {
        let limits = Limits { filter_depth: usize::MAX, ..Limits::default() };
        let (dialect, mut notes) = (Dialect::strict(), Notes::default());
        let part = "title eq \"x\" or active eq false and not (";
        let text = format!("{}title pr{}", part.repeat(64), ")".repeat(64));
        let filter = Filter::parse(&text, &limits, &dialect, &mut notes).unwrap();
        let typed = filter.resolve(&model("User"), &dialect, &mut notes).unwrap();
        let ids: Vec<_> = users().iter().map(|user| typed.matches(user)).collect();
        assert_eq!(ids, [false, true, false, false]);
        assert_eq!(typed.clone(), typed);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}
