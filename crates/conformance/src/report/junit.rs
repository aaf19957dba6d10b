//! The report as JUnit XML, which every CI reads.

use std::fmt::Write as _;

use super::{CheckResult, Outcome, Report};

/// The whole document.
pub(super) fn document(report: &Report) -> String {
    let violations = report.results.iter().filter(|result| result.is_violation()).count();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<testsuites name=\"SCIM conformance of {}\" tests=\"{}\" failures=\"{violations}\" time=\"{:.3}\">",
        escape(&report.base_url),
        report.results.len(),
        report.seconds
    );
    for section in report.results.chunk_by(|one, other| one.info.section == other.info.section) {
        suite(&mut xml, section);
    }
    if let Some(reason) = &report.stopped {
        let reason = escape(reason);
        let _ = writeln!(
            xml,
            "  <testsuite name=\"run\" tests=\"1\" failures=\"0\" errors=\"1\">\n    <testcase name=\"whole\" \
             classname=\"run\"><error message=\"{reason}\"/></testcase>\n  </testsuite>"
        );
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, section: &[CheckResult]) {
    let Some(first) = section.first() else { return };
    let violations = section.iter().filter(|result| result.is_violation()).count();
    let skipped =
        section.iter().filter(|result| result.outcome != Outcome::Passed && !result.is_violation()).count();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{} {}\" tests=\"{}\" failures=\"{violations}\" skipped=\"{skipped}\">",
        escape(&first.info.section),
        escape(first.info.heading),
        section.len()
    );
    for result in section {
        case(xml, result);
    }
    xml.push_str("  </testsuite>\n");
}

fn case(xml: &mut String, result: &CheckResult) {
    let info = &result.info;
    let _ = write!(
        xml,
        "    <testcase name=\"{}: {}\" classname=\"{}\" time=\"{:.3}\">",
        escape(info.id),
        escape(info.title),
        escape(&info.section),
        result.milliseconds / 1000.0
    );
    let reason = escape(result.reason.as_deref().unwrap_or_default());
    match result.outcome {
        Outcome::Passed => {}
        Outcome::Skipped => {
            let _ = write!(xml, "<skipped message=\"{reason}\"/>");
        }
        Outcome::Failed if result.is_violation() => {
            let evidence: Vec<String> = result.exchanges.iter().map(ToString::to_string).collect();
            let evidence = escape(&evidence.join("\n"));
            let _ = write!(xml, "<failure type=\"{}\" message=\"{reason}\">{evidence}</failure>", info.level);
        }
        Outcome::Failed => {
            let _ = write!(xml, "<skipped message=\"{} not met: {reason}\"/>", info.level);
        }
    }
    xml.push_str("</testcase>\n");
}

/// Text as XML 1.0 can carry it; control characters have no form there at all.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => escaped.push(character),
            other if other.is_control() || matches!(other, '\u{fffe}' | '\u{ffff}') => {
                escaped.push('\u{fffd}');
            }
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn what_a_server_answers_cannot_break_the_document() {
        assert_eq!(escape("a<b>&\"\u{0}\r"), "a&lt;b&gt;&amp;&quot;\u{fffd}\u{fffd}");
    }
}
