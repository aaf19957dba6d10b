//! The filter language: what is read, how it prints, what is refused and where.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use enroll_scim::filter::{CompareOp, Filter, Literal, ValuePath};
use enroll_scim::{AttributePath, Dialect, Limits, Notes, Quirk, ScimType};

fn parse(text: &str) -> Filter {
    parse_in(text, &Dialect::strict()).unwrap_or_else(|detail| panic!("{text}: {detail}"))
}

fn parse_in(text: &str, dialect: &Dialect) -> Result<Filter, String> {
    Filter::parse(text, &Limits::default(), dialect, &mut Notes::default()).map_err(|error| {
        assert_eq!(error.scim_type(), Some(ScimType::InvalidFilter), "{text}");
        error.detail().to_owned()
    })
}

fn equals(name: &str, value: &str) -> Filter {
    let path = AttributePath::parse(name).unwrap();
    Filter::Compare { path, op: CompareOp::Equal, value: Literal::String(value.into()) }
}

fn present(name: &str) -> Filter {
    Filter::Present(AttributePath::parse(name).unwrap())
}

#[test]
fn m1_keywords_are_read_in_any_case() {
    assert_eq!(parse("userName Eq \"john\""), equals("userName", "john"));
    assert_eq!(parse("a PR And NOT (b Pr) oR c pR").to_string(), "a pr and not (b pr) or c pr");
    for op in CompareOp::ALL {
        let text = format!("a {op} \"x\"");
        assert_eq!(parse(&text.to_uppercase()).to_string().to_lowercase(), text);
    }
}

#[test]
fn m2_and_binds_tighter_than_or() {
    let expected = Filter::Or(vec![present("a"), Filter::And(vec![present("b"), present("c")])]);
    assert_eq!(parse("a pr or b pr and c pr"), expected);
    assert_eq!(parse("a pr or (b pr and c pr)"), expected);
    let expected = Filter::And(vec![Filter::Or(vec![present("a"), present("b")]), present("c")]);
    assert_eq!(parse("(a pr or b pr) and c pr"), expected);
}

#[test]
fn m2_not_binds_tighter_than_and() {
    let expected = Filter::And(vec![Filter::Not(Box::new(present("a"))), present("b")]);
    assert_eq!(parse("not (a pr) and b pr"), expected);
}

#[test]
fn m2_chains_are_wide_and_not_deep() {
    let expected = Filter::And(vec![present("a"), present("b"), present("c"), present("d")]);
    assert_eq!(parse("a pr and b pr and c pr and d pr"), expected);
    assert_eq!(parse("((a pr and (b pr and c pr)) and d pr)"), expected);
}

#[test]
fn m3_not_stands_with_and_without_a_space() {
    assert_eq!(parse("not(a pr)"), parse("not (a pr)"));
    assert_eq!(parse("not  ( a pr )"), parse("not (a pr)"));
}

#[test]
fn m4_runs_of_spaces_are_one_space() {
    assert_eq!(parse("  userName   eq   \"x\"  and   title  pr "), parse("userName eq \"x\" and title pr"));
    assert_eq!(parse("emails[ type eq \"work\" ]"), parse("emails[type eq \"work\"]"));
}

#[test]
fn m4_a_missing_space_before_a_quote_is_a_quirk() {
    let text = "members[value eq\"2819c223\"] or title eq\"x\"";
    let mut notes = Notes::default();
    let filter = Filter::parse(text, &Limits::default(), &Dialect::compat(), &mut notes).unwrap();
    assert_eq!(filter, parse("members[value eq \"2819c223\"] or title eq \"x\""));
    let quirks: Vec<_> = notes.iter().map(|note| note.quirk).collect();
    assert_eq!(quirks, [Some(Quirk::MissingFilterSpace)]);

    let detail = parse_in(text, &Dialect::strict()).unwrap_err();
    assert_eq!(detail, "filter, column 17: a space is missing before this string");
}

#[test]
fn m5_every_json_literal_is_read() {
    for (text, value) in [
        ("true", Literal::Boolean(true)),
        ("false", Literal::Boolean(false)),
        ("null", Literal::Null),
        ("0", Literal::Number(0.into())),
        ("-17", Literal::Number((-17).into())),
        ("12.5", Literal::Number(serde_json::Number::from_f64(12.5).unwrap())),
        ("1e3", Literal::Number(serde_json::Number::from_f64(1000.0).unwrap())),
        (r#""""#, Literal::String(String::new())),
        (r#""O'Malley""#, Literal::String("O'Malley".into())),
        (r#""a\"b\\c\/d\b\f\n\r\t""#, Literal::String("a\"b\\c/d\u{8}\u{c}\n\r\t".into())),
        (r#""\u00e9 \uD83D\uDE00 \u20ac""#, Literal::String("é 😀 €".into())),
        (r#""é 😀 ( ) [ ] and""#, Literal::String("é 😀 ( ) [ ] and".into())),
        (r#""ends with a backslash \\""#, Literal::String("ends with a backslash \\".into())),
    ] {
        let expected = Filter::Compare { path: AttributePath::attribute("a"), op: CompareOp::Equal, value };
        assert_eq!(parse(&format!("a eq {text}")), expected, "{text}");
    }
}

#[test]
fn m5_a_number_is_read_to_its_last_digit() {
    for text in ["a ge 4.4444444444444446e+111", "a eq 7.042055707759459e-111", "a lt 0.30000000000000004"] {
        assert_eq!(parse(text).to_string(), text);
    }
}

#[test]
fn m13_a_value_path_holds_nested_logic() {
    let text = "emails[not (type eq \"home\") and (value co \"a\" or value co \"b\")] and title pr";
    assert_eq!(parse(text).to_string(), text);
}

#[test]
fn m14_a_sub_attribute_behind_brackets_is_one_more_condition() {
    let expected = parse("emails[type eq \"work\" and value eq \"x\"]");
    let text = "emails[type eq \"work\"].value eq \"x\"";
    let detail = parse_in(text, &Dialect::strict()).unwrap_err();
    assert!(detail.contains("column 23") && detail.contains("inside the brackets"), "{detail}");
    let mut notes = Notes::default();
    let filter = Filter::parse(text, &Limits::default(), &Dialect::compat(), &mut notes).unwrap();
    assert_eq!(filter, expected);
    let quirks: Vec<_> = notes.iter().map(|note| note.quirk).collect();
    assert_eq!(quirks, [Some(Quirk::ValuePathComparison)]);
    let parse = |text: &str| parse_in(text, &Dialect::compat()).unwrap();
    assert_eq!(
        parse("emails[type eq \"work\"].value pr").to_string(),
        "emails[type eq \"work\" and value pr]"
    );
    assert_eq!(
        parse("emails[type eq \"work\" or primary eq true].value sw \"x\" or title pr").to_string(),
        "emails[(type eq \"work\" or primary eq true) and value sw \"x\"] or title pr"
    );
}

#[test]
fn m15_names_may_carry_their_schema() {
    let filter = parse("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName sw \"J\"");
    let Filter::Compare { path, .. } = filter else { panic!("{filter}") };
    assert_eq!(path.prefix.as_deref(), Some("urn:ietf:params:scim:schemas:core:2.0:User"));
    assert_eq!(
        path,
        AttributePath::parse("urn:ietf:params:scim:schemas:core:2.0:User:name.givenName").unwrap()
    );
}

#[test]
fn a2_a_reference_is_a_name() {
    assert_eq!(parse("members.$ref eq \"x\""), equals("members.$ref", "x"));
    assert_eq!(parse("members[$ref eq \"x\"]").to_string(), "members[$ref eq \"x\"]");
}

#[test]
fn m6_a_malformed_filter_names_the_column_and_the_mistake() {
    for (text, column, part) in [
        ("", 1, "the filter is empty"),
        ("   ", 4, "expected an attribute"),
        ("userName", 9, "expected an operator (eq, ne"),
        ("userName eq", 12, "expected a value"),
        ("userName regex \"x\"", 10, "the operator 'regex' is not supported"),
        ("userName == \"x\"", 10, "write eq"),
        ("userName contains \"x\"", 10, "write co"),
        ("userName=\"x\"", 1, "operators are words between spaces"),
        ("userName eq 'x'", 13, "strings stand in double quotes"),
        ("userName eq \u{201c}x\u{201d}", 13, "strings stand in double quotes"),
        ("externalId eq jyoung", 15, "'jyoung' is not a value: text stands in double quotes"),
        ("active eq True", 11, "write it in lower case"),
        ("active eq NULL", 11, "write it in lower case"),
        ("a eq 01", 6, "not a JSON number"),
        ("a eq +1", 6, "not a JSON number"),
        ("a eq .5", 6, "not a JSON number"),
        ("a eq 1.", 6, "not a JSON number"),
        ("a eq 1e999", 6, "not a JSON number"),
        ("a eq 0x10", 6, "not a JSON number"),
        ("a eq \"x", 6, "no closing"),
        ("a eq \"x\\\"", 6, "no closing"),
        ("a eq \"x\\q\"", 9, "not a JSON escape"),
        ("a eq \"\\ud800\"", 13, "not a JSON escape"),
        ("a eq \"x\ny\"", 8, "control characters only as escapes"),
        ("a eq \"\\u0000\"", 6, "U+0000"),
        ("a\teq \"x\"", 2, "control character"),
        ("é eq \"x\"", 1, "'é' is not an attribute"),
        ("title eq \"é\" xx", 14, "expected 'and', 'or' or the end, found 'xx'"),
        ("not userName pr", 5, "'not' takes a filter in parentheses"),
        ("not", 4, "'not' takes a filter in parentheses"),
        ("a pr and", 9, "expected an attribute"),
        ("and a pr", 1, "found 'and'"),
        ("a pr or or b pr", 9, "found 'or'"),
        ("a pr && b pr", 6, "expected 'and'"),
        ("a pr b pr", 6, "expected 'and', 'or' or the end, found 'b'"),
        ("(a pr", 1, "this '(' is not closed"),
        ("a pr)", 5, "this ')' closes nothing"),
        ("()", 2, "found ')'"),
        ("not ()", 6, "found ')'"),
        ("a pr and(b pr)", 9, "a space is missing after 'and'"),
        ("(a pr)and b pr", 7, "a space is missing before 'and'"),
        ("a eq \"x\"and b pr", 9, "a space is missing before 'and'"),
        ("a eq \"x\" \"y\"", 10, "found a quoted string"),
        ("\"a\" eq \"x\"", 1, "found a quoted string"),
        ("a eq (\"x\")", 6, "expected a value"),
        ("a eq [\"x\"]", 6, "expected a value"),
        ("a pr \"x\"", 6, "found a quoted string"),
        ("emails[]", 8, "found ']'"),
        ("emails[type eq \"work\"", 7, "this '[' is not closed"),
        ("emails[(type pr]", 16, "this ']' closes nothing"),
        ("(emails[type pr)]", 16, "this ')' closes nothing"),
        ("emails type eq \"work\"]", 8, "the operator 'type'"),
        ("emails [type pr]", 8, "no space may stand before '['"),
        ("a[b[c pr] pr]", 4, "cannot hold another one in brackets"),
        ("a[(b[c pr])]", 5, "cannot hold another one in brackets"),
        ("[type pr]", 1, "found '['"),
        ("emails[type pr]value pr", 16, "a space is missing before 'value'"),
        ("emails[type pr].", 16, "expected a sub-attribute after ']'"),
        ("emails[type pr].value.x pr", 16, "expected a sub-attribute after ']'"),
        ("emails[type pr].value", 22, "expected an operator"),
        ("a.b.c pr", 1, "at most one '.'"),
        ("a. pr", 1, "an attribute name is missing"),
        ("urn:x: pr", 1, "an attribute name is missing"),
        ("1a pr", 1, "is not an attribute"),
        ("userName%20eq%20%22x%22", 1, "percent-encoded twice"),
        ("userName eq \"x\"; drop table users", 16, "a space is missing before ';'"),
    ] {
        let dialect = Dialect::strict().with(Quirk::ValuePathComparison);
        let detail = parse_in(text, &dialect).expect_err(text);
        let place = format!("filter, column {column}: ");
        assert!(detail.starts_with(&place) && detail.contains(part), "{text:?}: {detail}");
    }
}

#[test]
fn m6_an_error_shows_only_a_short_piece_of_what_was_sent() {
    let text = format!("userName eq {}", "x".repeat(5000));
    let detail = parse_in(&text, &Dialect::strict()).unwrap_err();
    assert!(detail.len() < 200, "{detail}");
}

#[test]
fn m21_length_depth_and_terms_are_limited() {
    let limits = Limits { filter_bytes: 100, filter_depth: 3, filter_terms: 4, ..Limits::default() };
    let parse = |text: &str| {
        Filter::parse(text, &limits, &Dialect::compat(), &mut Notes::default())
            .map_err(|error| error.detail().to_owned())
    };
    assert!(parse(&format!("a eq \"{}\"", "x".repeat(93))).is_ok());
    assert!(parse(&format!("a eq \"{}\"", "x".repeat(94))).unwrap_err().contains("filter_bytes"));
    assert!(parse("not (a[(b pr)])").is_ok());
    assert!(parse("not (a[((b pr))])").unwrap_err().contains("filter_depth"));
    assert!(parse("a pr or b pr or c pr or d pr").is_ok());
    assert!(parse("a pr or b pr or c pr or d pr or e pr").unwrap_err().contains("filter_terms"));
    assert!(parse("a[b pr and c pr and d pr].e pr").is_ok());
    assert!(parse("a[b pr and c pr and d pr and f pr].e pr").unwrap_err().contains("filter_terms"));
}

/// The brackets of hostile filters, none of which may take the process down.
fn hostile() -> Vec<String> {
    let deep = 100_000;
    vec![
        format!("{}a pr{}", "(".repeat(deep), ")".repeat(deep)),
        format!("{}a pr{}", "not (".repeat(deep), ")".repeat(deep)),
        format!("{}a pr{}", "a[".repeat(deep), "]".repeat(deep)),
        "(".repeat(deep),
        ")".repeat(deep),
        "not ".repeat(deep),
        format!("{}a pr", "a pr and (b pr or ".repeat(deep)),
        format!("a pr{}", " or a pr".repeat(deep)),
        format!("a.{}", "b.".repeat(deep)),
        format!("a eq \"{}", "\\".repeat(deep)),
    ]
}

#[test]
fn s25_hostile_filters_are_refused_on_a_small_stack() {
    let run = || {
        let generous = Limits {
            filter_bytes: usize::MAX,
            path_bytes: usize::MAX,
            filter_depth: usize::MAX,
            ..Limits::default()
        };
        let (dialect, mut notes) = (Dialect::compat(), Notes::default());
        for text in hostile() {
            for limits in [Limits::default(), generous] {
                Filter::parse(&text, &limits, &dialect, &mut notes).unwrap_err();
                ValuePath::parse(&format!("a[{text}]"), &limits, &dialect, &mut notes).unwrap_err();
                ValuePath::parse(&text, &limits, &dialect, &mut notes).unwrap_err();
            }
        }
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

#[test]
fn s25_the_deepest_allowed_filter_fits_a_small_stack() {
    let run = || {
        let limits = Limits { filter_depth: usize::MAX, ..Limits::default() };
        let text = format!("{}a pr{}", "b pr or c pr and not (".repeat(64), ")".repeat(64));
        let filter = Filter::parse(&text, &limits, &Dialect::strict(), &mut Notes::default()).unwrap();
        assert_eq!(filter.clone().to_string(), text);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
}

fn value_path(text: &str) -> Result<String, (Option<ScimType>, String)> {
    ValuePath::parse(text, &Limits::default(), &Dialect::strict(), &mut Notes::default())
        .map(|path| path.to_string())
        .map_err(|error| (error.scim_type(), error.detail().to_owned()))
}

#[test]
fn q_patch_paths_are_read() {
    for text in [
        "userName",
        "name.givenName",
        "members[value eq \"2819c223\"]",
        "emails[type eq \"work\" and (primary eq true or value ew \"]\")].value",
        "members.$ref",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        "urn:ietf:params:scim:schemas:core:2.0:User:emails[type eq \"work\"].value",
    ] {
        assert_eq!(value_path(text).as_deref(), Ok(text));
    }
}

#[test]
fn q_a_malformed_path_is_invalid_path_and_a_bad_filter_in_it_invalid_filter() {
    use ScimType::{InvalidFilter, InvalidPath};
    for (text, scim_type, place) in [
        ("", InvalidPath, "column 1: "),
        ("/userName", InvalidPath, "column 1: "),
        ("user name", InvalidPath, "column 1: "),
        ("emails[0].value", InvalidPath, "column 8: elements are named by a filter"),
        ("emails[type eq \"work\"", InvalidPath, "column 7: this '[' is not closed"),
        ("emails[type eq \"work\"]value", InvalidPath, "column 23: "),
        ("emails[type eq \"work\"].", InvalidPath, "column 23: "),
        ("emails[type eq \"work\"].value.x", InvalidPath, "column 23: "),
        ("emails[type eq \"work\"][value pr]", InvalidPath, "column 23: "),
        ("emails[type eq \"work\"] ", InvalidPath, "column 23: "),
        ("emails[]", InvalidFilter, "column 8: "),
        ("emails[type eq work]", InvalidFilter, "column 16: 'work' is not a value"),
        ("emails[type regex \"x\"]", InvalidFilter, "column 13: the operator 'regex'"),
        ("emails[a[b pr]]", InvalidFilter, "column 9: "),
        ("emails[(type pr]", InvalidFilter, "column 16: "),
    ] {
        let (found, detail) = value_path(text).expect_err(text);
        assert_eq!(found, Some(scim_type), "{text}: {detail}");
        assert!(detail.starts_with(&format!("path, {place}")), "{text}: {detail}");
    }
}

#[test]
fn s28_a_path_is_limited_in_length() {
    let text = format!("a[b eq \"{}\"]", "x".repeat(2000));
    let (scim_type, detail) = value_path(&text).unwrap_err();
    assert_eq!(scim_type, Some(ScimType::InvalidPath));
    assert!(detail.contains("path_bytes"), "{detail}");
}
