//! Filters against independent oracles: printing and reading, and a naive evaluation.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use enroll_scim::filter::{CompareOp, Filter, Literal, TypedFilter};
use enroll_scim::{AttributePath, Dialect, Limits, Notes, Object};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use support::{LAB, model};

fn parse(text: &str) -> Filter {
    let limits =
        Limits { filter_bytes: usize::MAX, filter_terms: usize::MAX, filter_depth: 64, ..Limits::default() };
    Filter::parse(text, &limits, &Dialect::strict(), &mut Notes::default())
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Merges `and` in `and` and `or` in `or`, and unwraps those of one.
fn normal(filter: Filter) -> Filter {
    match filter {
        Filter::And(parts) => {
            let parts = parts.into_iter().map(normal);
            let flat = parts.flat_map(|part| if let Filter::And(inner) = part { inner } else { vec![part] });
            Filter::And(flat.collect())
        }
        Filter::Or(parts) => {
            let parts = parts.into_iter().map(normal);
            let flat = parts.flat_map(|part| if let Filter::Or(inner) = part { inner } else { vec![part] });
            Filter::Or(flat.collect())
        }
        Filter::Not(part) => Filter::Not(Box::new(normal(*part))),
        Filter::Element { path, filter } => Filter::Element { path, filter: Box::new(normal(*filter)) },
        leaf => leaf,
    }
}

fn combined(leaf: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Or),
            inner.prop_map(|filter| Filter::Not(Box::new(filter))),
        ]
    })
    .prop_map(normal)
    .boxed()
}

fn with_elements(leaf: BoxedStrategy<Filter>, element: BoxedStrategy<Filter>) -> BoxedStrategy<Filter> {
    combined(prop_oneof![3 => leaf, 1 => element].boxed())
}

// Printing and reading.

fn any_path() -> BoxedStrategy<AttributePath> {
    let name = || {
        "[A-Za-z$][A-Za-z0-9$_-]{0,8}".prop_filter("keyword", |name| {
            !["and", "or", "not"].iter().any(|keyword| keyword.eq_ignore_ascii_case(name))
        })
    };
    let prefix = prop::option::of("urn:[a-z0-9.:]{0,12}[a-z0-9.]");
    (prefix, name(), prop::option::of(name()))
        .prop_map(|(prefix, name, sub)| AttributePath { prefix, name, sub })
        .boxed()
}

fn any_literal() -> BoxedStrategy<Literal> {
    prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Boolean),
        any::<i64>().prop_map(|number| Literal::Number(number.into())),
        any::<i32>().prop_map(|number| Literal::Number(
            serde_json::Number::from_f64(f64::from(number) / 4.0).unwrap()
        )),
        any::<String>().prop_map(|text| Literal::String(text.replace('\0', "\u{1}"))),
        "[\"\\\\/'\\u{7f}\\n\\t()\\[\\] a-c]{0,8}".prop_map(Literal::String),
    ]
    .boxed()
}

fn any_leaf() -> BoxedStrategy<Filter> {
    prop_oneof![
        any_path().prop_map(Filter::Present),
        (any_path(), select(&CompareOp::ALL[..]), any_literal())
            .prop_map(|(path, op, value)| Filter::Compare { path, op, value }),
    ]
    .boxed()
}

fn any_filter() -> BoxedStrategy<Filter> {
    let element = (any_path(), combined(any_leaf()))
        .prop_map(|(path, filter)| Filter::Element { path, filter: Box::new(filter) });
    with_elements(any_leaf(), element.boxed())
}

// Evaluation. The oracle knows the attributes of the test's resource type from this table, turns a resource into rows of
// text and compares text with text.

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Folded,
    Exact,
    Integer,
    Time,
    Boolean,
}

const TOP: [(&str, Kind); 11] = [
    ("label", Kind::Folded),
    ("serial", Kind::Exact),
    ("count", Kind::Integer),
    ("seen", Kind::Time),
    ("on", Kind::Boolean),
    ("tags", Kind::Folded),
    ("parts", Kind::Folded),
    ("parts.type", Kind::Folded),
    ("parts.size", Kind::Integer),
    ("box.colour", Kind::Folded),
    ("box.height", Kind::Integer),
];
const PART: [(&str, Kind); 4] =
    [("value", Kind::Folded), ("type", Kind::Folded), ("size", Kind::Integer), ("primary", Kind::Boolean)];
const TEXTS: [&str; 9] = ["", "a", "A", "ab", "aB", "bab", "É", "aé", "\u{e9}b"];
const NUMBERS: [i64; 5] = [-10, -1, 0, 9, 10];
/// Two ways to write each of four moments.
const TIMES: [(&str, &str); 8] = [
    ("2020-01-01T00:00:00Z", "1"),
    ("2020-01-01T02:00:00+02:00", "1"),
    ("2020-01-01T00:00:00.5Z", "2"),
    ("2020-01-01T00:00:00.500000Z", "2"),
    ("2020-01-01T00:00:01Z", "3"),
    ("2019-12-31T23:00:01-01:00", "3"),
    ("2021-01-01T00:00:00Z", "4"),
    ("2020-12-31T24:00:00Z", "4"),
];

fn value_of(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Folded | Kind::Exact => select(&TEXTS[..]).prop_map(Value::from).boxed(),
        Kind::Integer => select(&NUMBERS[..]).prop_map(Value::from).boxed(),
        Kind::Time => select(&TIMES[..]).prop_map(|(text, _)| Value::from(text)).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::from).boxed(),
    }
}

fn some_of(names: &'static [(&'static str, Kind)]) -> BoxedStrategy<Value> {
    let each = names
        .iter()
        .map(|(name, kind)| prop::option::of(value_of(*kind)).prop_map(move |value| (*name, value)));
    let pick = |pairs: Vec<(&'static str, Option<Value>)>| {
        pairs
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect::<Object>()
            .into()
    };
    each.collect::<Vec<_>>().prop_map(pick).boxed()
}

fn device() -> BoxedStrategy<Object> {
    let tags = prop::collection::vec(value_of(Kind::Folded), 0..3);
    let parts = prop::collection::vec(some_of(&PART), 0..3);
    let boxed = some_of(&[("colour", Kind::Folded), ("height", Kind::Integer)]);
    let lab = some_of(&[("room", Kind::Folded)]);
    (some_of(&TOP[..5]), tags, parts, boxed, lab)
        .prop_map(|(top, tags, parts, boxed, lab)| {
            let Value::Object(mut device) = top else { unreachable!("some_of makes objects") };
            for (name, value) in [("tags", json!(tags)), ("parts", json!(parts)), ("box", boxed), (LAB, lab)]
            {
                device.insert(name.into(), value);
            }
            device
        })
        .boxed()
}

fn leaf_on(names: &'static [(&'static str, Kind)]) -> BoxedStrategy<Filter> {
    let name = (select(names), any::<bool>()).prop_map(|((name, kind), loud)| {
        let name = if loud { name.to_uppercase() } else { name.to_owned() };
        (AttributePath::parse(&name).unwrap(), kind)
    });
    name.prop_flat_map(|(path, kind)| {
        let fits = move |op: &CompareOp| match kind {
            Kind::Folded | Kind::Exact => true,
            Kind::Integer | Kind::Time => !op.is_substring(),
            Kind::Boolean => !op.is_substring() && !op.is_ordering(),
        };
        let ops: Vec<_> = CompareOp::ALL.into_iter().filter(fits).collect();
        let (null, present) = (path.clone(), path.clone());
        prop_oneof![
            6 => (select(ops), value_of(kind)).prop_map(move |(op, value)| {
                let value = match value {
                    Value::Bool(boolean) => Literal::Boolean(boolean),
                    Value::Number(number) => Literal::Number(number),
                    value => Literal::String(value.as_str().unwrap().into()),
                };
                Filter::Compare { path: path.clone(), op, value }
            }),
            1 => select(vec![CompareOp::Equal, CompareOp::NotEqual])
                .prop_map(move |op| Filter::Compare { path: null.clone(), op, value: Literal::Null }),
            1 => Just(Filter::Present(present)),
        ]
    })
    .boxed()
}

fn device_filter() -> BoxedStrategy<Filter> {
    let element = |name: &'static str, inner: &'static [(&'static str, Kind)]| {
        combined(leaf_on(inner)).prop_map(move |filter| Filter::Element {
            path: AttributePath::attribute(name),
            filter: Box::new(filter),
        })
    };
    let elements = prop_oneof![
        element("parts", &PART),
        element("Box", &[("colour", Kind::Folded), ("height", Kind::Integer)]),
    ];
    with_elements(leaf_on(&TOP), elements.boxed())
}

/// One simple value: `attribute#element.part` and its text, so made that text compares as the value does.
struct Row {
    attribute: String,
    element: usize,
    part: String,
    text: String,
    is_empty: bool,
}

fn sortable(kind: Kind, value: &Value) -> String {
    match (kind, value) {
        (Kind::Folded, Value::String(text)) => text.to_lowercase(),
        (Kind::Time, Value::String(text)) => TIMES.iter().find(|(time, _)| time == text).unwrap().1.into(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Number(number)) => format!("{:05}", number.as_i64().unwrap() + 1000),
        (_, value) => value.to_string(),
    }
}

fn kind_of(attribute: &str, part: &str) -> Kind {
    let path = if part.is_empty() { attribute.to_owned() } else { format!("{attribute}.{part}") };
    let top = TOP.iter().find(|(name, _)| *name == path);
    top.or_else(|| PART.iter().find(|(name, _)| *name == part)).map_or(Kind::Folded, |(_, kind)| *kind)
}

fn rows(device: &Object) -> Vec<Row> {
    let mut rows = Vec::new();
    for (attribute, value) in device {
        let values = if let Value::Array(values) = value { values.clone() } else { vec![value.clone()] };
        for (element, value) in values.into_iter().enumerate() {
            let parts = if let Value::Object(parts) = value {
                parts
            } else {
                Object::from_iter([(String::new(), value)])
            };
            for (part, value) in parts {
                let text = sortable(kind_of(attribute, &part), &value);
                rows.push(Row { attribute: attribute.clone(), element, part, text, is_empty: value == "" });
            }
        }
    }
    rows
}

/// `within` is the element of an attribute in whose brackets the filter stands; `count` the elements of the lists.
fn oracle(filter: &Filter, rows: &[Row], device: &Object, within: Option<(&str, usize)>) -> bool {
    let place = |path: &AttributePath| {
        let (name, sub) = (path.name.to_lowercase(), path.sub.as_ref().map(|sub| sub.to_lowercase()));
        match within {
            Some((attribute, _)) => (attribute.to_owned(), Some(name)),
            None => (name, sub),
        }
    };
    let is_row = |row: &&Row, attribute: &str, part: Option<&str>| {
        row.attribute == attribute
            && part.is_none_or(|part| row.part == part)
            && within.is_none_or(|(_, element)| row.element == element)
    };
    let present = |path: &AttributePath| {
        let (attribute, part) = place(path);
        rows.iter().any(|row| is_row(&row, &attribute, part.as_deref()) && !row.is_empty)
    };
    match filter {
        Filter::And(parts) => !parts.iter().any(|part| !oracle(part, rows, device, within)),
        Filter::Or(parts) => !parts.iter().all(|part| !oracle(part, rows, device, within)),
        Filter::Not(part) => !oracle(part, rows, device, within),
        Filter::Present(path) => present(path),
        Filter::Compare { path, op: CompareOp::Equal, value: Literal::Null } => !present(path),
        Filter::Compare { path, value: Literal::Null, .. } => present(path),
        Filter::Compare { path, op, value } => {
            let (attribute, part) = place(path);
            let part = part.or_else(|| (attribute == "parts").then(|| "value".to_owned()));
            let value = match value {
                Literal::Boolean(value) => json!(value),
                Literal::Number(value) => json!(value),
                Literal::String(value) => json!(value),
                Literal::Null => unreachable!("above"),
            };
            let value = sortable(kind_of(&attribute, part.as_deref().unwrap_or_default()), &value);
            let texts: Vec<_> = rows
                .iter()
                .filter(|row| is_row(row, &attribute, part.as_deref()))
                .map(|row| &row.text)
                .collect();
            match op {
                CompareOp::NotEqual => texts.is_empty() || texts.iter().any(|text| **text != value),
                CompareOp::Equal => texts.contains(&&value),
                CompareOp::Contains => texts.iter().any(|text| text.contains(&value)),
                CompareOp::StartsWith => texts.iter().any(|text| text.starts_with(&value)),
                CompareOp::EndsWith => texts.iter().any(|text| text.ends_with(&value)),
                CompareOp::Greater => texts.iter().any(|text| **text > value),
                CompareOp::GreaterOrEqual => texts.iter().any(|text| **text >= value),
                CompareOp::Less => texts.iter().any(|text| **text < value),
                CompareOp::LessOrEqual => texts.iter().any(|text| **text <= value),
            }
        }
        Filter::Element { path, filter } if path.name == "parts" => {
            let count = device.get("parts").and_then(Value::as_array).map_or(0, Vec::len);
            (0..count).any(|element| oracle(filter, rows, device, Some(("parts", element))))
        }
        Filter::Element { path, filter } => {
            let name = path.name.to_lowercase();
            let has_value = rows.iter().any(|row| row.attribute == name && !row.is_empty);
            has_value && oracle(filter, rows, device, Some((&name, 0)))
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn m1_reading_what_was_printed_gives_the_same_filter(filter in any_filter()) {
        prop_assert_eq!(parse(&filter.to_string()), filter);
    }

    #[test]
    fn m8_evaluation_agrees_with_the_oracle(filter in device_filter(), devices in prop::collection::vec(device(), 8)) {
        let dialect = Dialect::strict();
        let typed = parse(&filter.to_string()).resolve(&model("Device"), &dialect, &mut Notes::default());
        let typed: TypedFilter = typed.unwrap();
        for device in devices {
            let expected = oracle(&filter, &rows(&device), &device, None);
            prop_assert_eq!(typed.matches(&device), expected, "{} on {:?}", filter, device);
        }
    }

    #[test]
    fn s32_any_text_is_read_or_refused_as_an_invalid_filter(
        words in prop::collection::vec(select(vec![
            "a", "b.c", "eq", "pr", "and", "or", "not", "(", ")", "[", "]", "].", " ", " ", " ", "\"", "\\", "1", "-", "null",
            "true", ":", "é", "\"x\"", "'x'", "\t",
        ]), 0..24),
    ) {
        let text = words.concat();
        let read = Filter::parse(&text, &Limits::default(), &Dialect::compat(), &mut Notes::default());
        match read {
            Ok(filter) => prop_assert_eq!(parse(&filter.to_string()), filter),
            Err(error) => prop_assert!(error.detail().starts_with("filter, column "), "{}", error),
        }
    }
}
