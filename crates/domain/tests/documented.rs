//! What the documents have to list.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use std::path::Path;

use enroll_domain::Handle;
use enroll_domain::reserved::WORDS;

fn handles() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/handles.md");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn e2_2_the_reserved_words_are_a_documented_list() {
    let text = handles();
    let (_, list) = text.split_once("## Reserved words").unwrap();
    let listed: Vec<&str> = list.split('`').skip(1).step_by(2).collect();
    assert_eq!(listed, WORDS);
}

#[test]
fn e2_2_the_documented_handles_are_those_that_are_made() {
    let text = handles();
    let (_, table) = text.split_once("|---|---|").unwrap();
    let (table, _) = table.split_once("\n\n").unwrap();
    let mut examples = 0;
    for row in table.lines().filter(|row| !row.is_empty()) {
        let mut words = row.split('`').skip(1).step_by(2);
        let (email, handle) = (words.next().unwrap(), words.next().unwrap());
        assert_eq!(Handle::derive(Some(email), "").first_free([]).as_str(), handle);
        examples += 1;
    }
    assert_eq!(examples, 5);
    let long = Handle::derive(Some(&"a".repeat(60)), "").first_free([]);
    assert!(text.contains(&format!("cut at {} characters", long.as_str().len())), "{long}");
}
