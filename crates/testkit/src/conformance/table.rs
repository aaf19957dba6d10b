//! `docs/reference/scim-support.md`.

use super::{Level, State, Traced};

const HEAD: &str = "\
# Which fact of SCIM is proven by which test

Written by `scripts/conformance-table` from [scim-support.toml](scim-support.toml) and the last run of `scripts/test`; not for
editing by hand. A test carries the ids of the facts that it proves at the start of its name. What the RFCs leave open is marked
\"reading\": it is how this server reads them.

";

/// The table as Markdown.
pub fn render(traced: &Traced<'_>) -> String {
    let mut text = HEAD.to_owned();
    text.push_str(&summary(traced));
    for section in &traced.facts.sections {
        text.push_str(&format!(
            "\n## {}\n\n| id | fact | source | state | tests |\n|---|---|---|---|---|\n",
            section.title
        ));
        for (id, fact) in &section.facts {
            let (state, reason) = traced.state(id, fact);
            let state = match reason {
                Some(reason) => format!("**{}**: {reason}", word(state)),
                None => word(state).to_owned(),
            };
            let tests: Vec<String> = traced.tests(id).map(|test| format!("`{test}`")).collect();
            let source = format!("{}; {}", fact.rfc, level(fact.level));
            let cells = [id.to_string(), fact.fact.clone(), source, state, tests.join("<br>")];
            text.push_str(&format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | ")));
        }
    }
    text
}

fn summary(traced: &Traced<'_>) -> String {
    let count = |wanted| traced.facts.iter().filter(|(id, fact)| traced.state(id, fact).0 == wanted).count();
    let mut text = "| state | facts |\n|---|---|\n".to_owned();
    for state in [State::Tested, State::Partly, State::Open, State::NotApplicable] {
        text.push_str(&format!("| {} | {} |\n", word(state), count(state)));
    }
    text
}

fn word(state: State) -> &'static str {
    match state {
        State::Tested => "tested",
        State::Partly => "tested in part",
        State::Open => "open",
        State::NotApplicable => "not applicable",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
        Level::Erratum => "erratum",
        Level::Reading => "reading",
    }
}

#[cfg(test)]
mod tests {
    use crate::conformance::{Facts, Results};

    use super::*;

    #[test]
    fn a_row_has_the_fact_its_state_and_its_tests() {
        let facts = Facts::parse(
            r#"
            [other_lists]
            [[section]]
            title = "Some"
            [section.facts]
            A2 = { level = "reading", rfc = "7643 §1", fact = "this or | that", open = "later" }
            A1 = { level = "must", rfc = "7643 §2", fact = "first" }
            A3 = { level = "must", rfc = "7643 §3", fact = "third" }
            "#,
        )
        .unwrap();
        let results = Results::parse("test a1_y ... ok\ntest a1_x ... ok\n").unwrap();
        let text = render(&Traced::new(&facts, &results));
        let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| A")).collect();
        assert_eq!(
            rows,
            [
                "| A1 | first | 7643 §2; must | tested | `a1_x`<br>`a1_y` |",
                "| A2 | this or \\| that | 7643 §1; reading | **open**: later |  |",
                "| A3 | third | 7643 §3; must | **open**: no test carries its id |  |",
            ]
        );
        assert!(text.contains("| tested | 1 |\n| tested in part | 0 |\n| open | 2 |"), "{text}");
    }
}
