//! Our filter parser against one that others wrote: the crate `scim_v2`, whose grammar is the RFC's. Both read the same texts,
//! whole filters and such with a mistake in them, and must agree: on what is a filter, and on what it means. Where they differ
//! on purpose, [`different`] says why.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use enroll_scim::filter::{CompareOp, Filter, Literal};
use enroll_scim::{AttributePath, Dialect, Limits, Notes};
use proptest::prelude::*;
use proptest::sample::select;
use scim_v2::filter as theirs;

/// What we read, without limits of our own.
fn ours(text: &str) -> Option<Filter> {
    let most = usize::MAX;
    let limits = Limits { filter_bytes: most, filter_terms: most, filter_depth: 60, ..Limits::default() };
    Filter::parse(text, &limits, &Dialect::strict(), &mut Notes::default()).ok().map(flat)
}

/// What they read, in our words.
fn others(text: &str) -> Option<Filter> {
    text.parse::<theirs::Filter>().ok().map(filter).map(flat)
}

fn filter(read: theirs::Filter) -> Filter {
    match read {
        theirs::Filter::Attr(term) => leaf(term),
        theirs::Filter::ValuePath(element) => {
            Filter::Element { path: path(element.attr), filter: Box::new(inner(*element.filter)) }
        }
        theirs::Filter::Not(part) => Filter::Not(Box::new(filter(*part))),
        theirs::Filter::And(parts) => Filter::And(parts.into_vec().into_iter().map(filter).collect()),
        theirs::Filter::Or(parts) => Filter::Or(parts.into_vec().into_iter().map(filter).collect()),
    }
}

fn inner(read: theirs::ValFilter) -> Filter {
    match read {
        theirs::ValFilter::Attr(term) => leaf(term),
        theirs::ValFilter::Not(part) => Filter::Not(Box::new(inner(*part))),
        theirs::ValFilter::And(parts) => Filter::And(parts.into_vec().into_iter().map(inner).collect()),
        theirs::ValFilter::Or(parts) => Filter::Or(parts.into_vec().into_iter().map(inner).collect()),
    }
}

fn leaf(term: theirs::AttrExp) -> Filter {
    match term {
        theirs::AttrExp::Present(attribute) => Filter::Present(path(attribute)),
        theirs::AttrExp::Comparison(attribute, op, value) => {
            let op = CompareOp::parse(&op.to_string()).unwrap();
            let value = match value {
                theirs::CompValue::Null => Literal::Null,
                theirs::CompValue::True => Literal::Boolean(true),
                theirs::CompValue::False => Literal::Boolean(false),
                theirs::CompValue::Number(number) => Literal::Number(number),
                theirs::CompValue::Str(text) => Literal::String(text),
            };
            Filter::Compare { path: path(attribute), op, value }
        }
    }
}

fn path(read: theirs::AttrPath) -> AttributePath {
    AttributePath { prefix: read.uri, name: read.name, sub: read.sub_attr }
}

/// Merges `and` in `and` and `or` in `or`.
fn flat(filter: Filter) -> Filter {
    match filter {
        Filter::And(parts) => {
            let parts = parts.into_iter().map(flat);
            Filter::And(
                parts
                    .flat_map(|part| if let Filter::And(inner) = part { inner } else { vec![part] })
                    .collect(),
            )
        }
        Filter::Or(parts) => {
            let parts = parts.into_iter().map(flat);
            Filter::Or(
                parts
                    .flat_map(|part| if let Filter::Or(inner) = part { inner } else { vec![part] })
                    .collect(),
            )
        }
        Filter::Not(part) => Filter::Not(Box::new(flat(*part))),
        Filter::Element { path, filter } => Filter::Element { path, filter: Box::new(flat(*filter)) },
        leaf => leaf,
    }
}

/// Why the two may differ on this text; `None` when they may not.
fn different(text: &str) -> Option<&'static str> {
    if text.contains(['\t', '\n']) {
        return Some("the grammar has spaces between its tokens, and no other white space; they take any");
    }
    if text.to_lowercase().contains("not(") {
        return Some("the RFC's own example has no space behind `not` (erratum 7319)");
    }
    if text.contains("\\u0000") {
        return Some("no string of ours holds NUL: a store below might end there");
    }
    if text.contains(" [") {
        return Some("the grammar has no space in front of a bracket; they take one");
    }
    if text.to_lowercase().contains(" pr") && !text.to_lowercase().split(" pr").skip(1).all(ends_word) {
        return Some("they take the beginning of a name such as `prefix` behind a space for the operator");
    }
    let read = [ours(text), others(text)];
    let mut names = Vec::new();
    read.iter().flatten().for_each(|filter| collect(filter, &mut names));
    names.iter().find_map(|path| {
        let parts = [Some(path.name.as_str()), path.sub.as_deref()];
        if parts.iter().flatten().any(|part| KEYWORDS.contains(&part.to_lowercase().as_str())) {
            return Some(
                "which keywords may be names is not said: we keep and, or, not; they keep the literals",
            );
        }
        if parts.iter().flatten().any(|part| part.contains('$')) {
            return Some("`$ref` is a name (RFC 7643 §2.1, erratum 8924)");
        }
        if path.prefix.as_deref().is_some_and(|prefix| !is_urn(prefix)) {
            return Some(
                "we take any character of a URI; that it names a schema is found out with the model",
            );
        }
        if path.prefix.is_some() && path.sub.as_deref().is_some_and(|sub| sub.contains('.')) {
            return Some(
                "`...:User.manager.value` is for the model to read or refuse, which knows the schemas",
            );
        }
        None
    })
}

/// Whether a word that ended in front of this text does not go on in it.
fn ends_word(after: &str) -> bool {
    !after.starts_with(|letter: char| letter.is_ascii_alphanumeric() || "-_.:$[".contains(letter))
}

/// Whether it looks as their lexer wants it: letters, digits and a few signs, a letter first, a colon within.
fn is_urn(prefix: &str) -> bool {
    prefix.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && prefix.contains(':')
        && prefix.chars().all(|letter| letter.is_ascii_alphanumeric() || ":.-_".contains(letter))
}

const KEYWORDS: [&str; 16] =
    ["and", "or", "not", "true", "false", "null", "pr", "eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"];

/// The attributes that a filter names.
fn collect<'f>(filter: &'f Filter, names: &mut Vec<&'f AttributePath>) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => parts.iter().for_each(|part| collect(part, names)),
        Filter::Not(part) => collect(part, names),
        Filter::Present(path) | Filter::Compare { path, .. } => names.push(path),
        Filter::Element { path, filter } => {
            names.push(path);
            collect(filter, names);
        }
    }
}

fn name() -> BoxedStrategy<String> {
    prop_oneof![
        3 => select(vec!["userName", "emails", "name.familyName", "meta.created", "members.value", "a", "x-y_z9"]).prop_map(str::to_owned),
        1 => select(vec![
            "urn:ietf:params:scim:schemas:core:2.0:User:userName",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value",
        ]).prop_map(str::to_owned),
        1 => select(vec!["orange", "nothing", "android", "prefix"]).prop_map(str::to_owned),
    ]
    .boxed()
}

fn literal() -> BoxedStrategy<String> {
    prop_oneof![
        select(vec![
            "true",
            "false",
            "null",
            "0",
            "-1",
            "12.5",
            "1e3",
            "-0.5E-2",
            "12345678901234567890",
            "4.4444444444444446e+111"
        ])
        .prop_map(str::to_owned),
        select(vec![
            r#""""#,
            r#""a b""#,
            r#""\"\\\/\b\f\n\r\t""#,
            r#""\u00e9\uD83D\uDE00""#,
            r#""(and) [or]""#,
            r#""é 😀""#
        ])
        .prop_map(str::to_owned),
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ]
    .boxed()
}

fn term() -> BoxedStrategy<String> {
    let op = select(vec!["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "EQ", "Sw"]);
    prop_oneof![
        (name(), select(vec!["pr", "PR"])).prop_map(|(name, op)| format!("{name} {op}")),
        (name(), op, literal()).prop_map(|(name, op, value)| format!("{name} {op} {value}")),
    ]
    .boxed()
}

fn combined(term: BoxedStrategy<String>) -> BoxedStrategy<String> {
    term.prop_recursive(4, 16, 3, |part| {
        prop_oneof![
            (part.clone(), select(vec!["and", "or", "AND", "Or"]), part.clone())
                .prop_map(|(left, word, right)| format!("{left} {word} {right}")),
            part.clone().prop_map(|part| format!("({part})")),
            part.prop_map(|part| format!("not ({part})")),
        ]
    })
    .boxed()
}

fn whole() -> BoxedStrategy<String> {
    let element = (name(), combined(term())).prop_map(|(name, filter)| format!("{name}[{filter}]"));
    combined(prop_oneof![4 => term(), 1 => element].boxed())
}

/// A filter in which a few characters are taken out, doubled or put in.
fn damaged() -> BoxedStrategy<String> {
    let pieces = select(vec![
        " ", "  ", "(", ")", "[", "]", "\"", "\\", "'", ".", ":", ",", "$", "-", "0", "1", "e", "and", "or",
        "not", " not ", "pr", " eq ", "true", "é", "\t", "\n",
    ]);
    let change = (any::<prop::sample::Index>(), 0..3_u8, pieces);
    (whole(), prop::collection::vec(change, 1..3))
        .prop_map(|(text, changes)| {
            let mut characters: Vec<String> = text.chars().map(String::from).collect();
            for (place, what, piece) in changes {
                let at = place.index(characters.len().max(1)).min(characters.len());
                match what {
                    0 if at < characters.len() => drop(characters.remove(at)),
                    1 if at < characters.len() => characters.insert(at, characters[at].clone()),
                    _ => characters.insert(at, piece.to_owned()),
                }
            }
            characters.concat()
        })
        .boxed()
}

fn compare(text: &str) {
    let (ours, others) = (ours(text), others(text));
    if ours != others && different(text).is_none() {
        panic!("{text:?}\n  we read {ours:?}\n  they read {others:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, ..ProptestConfig::default() })]

    #[test]
    fn m1_m2_m5_a_filter_means_the_same_to_a_parser_of_others(text in whole()) {
        compare(&text);
    }

    #[test]
    fn m6_a_damaged_filter_is_refused_by_both_or_means_the_same_to_both(text in damaged()) {
        compare(&text);
    }
}

#[test]
fn every_difference_is_one_and_has_its_reason() {
    for (text, we_read) in [
        ("a\tpr", false),
        ("not(a pr)", true),
        (r#"a eq "\u0000""#, false),
        ("emails [type pr]", false),
        ("( prefix pr)", true),
        ("and pr", false),
        ("true pr", true),
        ("members.$ref pr", true),
        ("x:userName pr", true),
        ("urn:a:b:User:manager.value.x pr", true),
    ] {
        assert_eq!((ours(text).is_some(), others(text).is_some()), (we_read, !we_read), "{text}");
        assert!(different(text).is_some(), "{text}");
    }
    assert_eq!(different("urn:a:b:User:name.familyName eq 1 and not (title pr)"), None);
}
