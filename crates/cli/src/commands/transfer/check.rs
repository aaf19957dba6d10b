//! A file is read whole before anything is sent: a fault in its last line is found before its first is imported.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, BufRead};

use enroll_scim::{Folded, Limits, Object};
use enroll_service::{Counts, HeaderLine, Line};
use serde_json::Value;

use super::report::short;

/// Longest line, in bytes: what one request of the API takes.
pub(super) const LONGEST: usize = 1024 * 1024;

/// Faults that are told at most; who has more mends these first.
const FAULTS: usize = 100;

/// What is wrong in which line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    line: u64,
    offset: u64,
    text: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (offset {}): {}", self.line, self.offset, self.text)
    }
}

/// A file that can be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    /// Its first line.
    pub(super) header: HeaderLine,
    /// Lines between the first and the last.
    pub(super) lines: u64,
}

/// How far a file goes.
pub(super) enum Next {
    /// A line is in the buffer; whether its end was there.
    Line { ended: bool },
    /// A line was longer than what is allowed, and was left out.
    TooLong,
    /// There is no more.
    End,
}

/// Reads the next line into `line`, without its end; memory is bounded whatever the file has.
pub(super) fn next_line(file: &mut impl BufRead, line: &mut Vec<u8>, read: &mut u64) -> io::Result<Next> {
    line.clear();
    let (mut any, mut long) = (false, false);
    loop {
        let bytes = file.fill_buf()?;
        if bytes.is_empty() {
            return Ok(match (any, long) {
                (false, _) => Next::End,
                (true, true) => Next::TooLong,
                (true, false) => Next::Line { ended: false },
            });
        }
        any = true;
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let part = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
        long |= line.len() + part.len() > LONGEST;
        if long {
            line.clear();
        } else {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        file.consume(used);
        *read += used as u64;
        if end.is_some() {
            if line.last() == Some(&b'\r') {
                line.pop();
            }
            return Ok(if long { Next::TooLong } else { Next::Line { ended: true } });
        }
    }
}

/// Checks the whole file. The inner error names every fault, up to a hundred.
///
/// # Errors
/// The file cannot be read.
pub(super) fn check(file: &mut impl BufRead) -> io::Result<Result<Checked, Vec<Fault>>> {
    let mut checking = Checking::default();
    let (mut line, mut offset) = (Vec::new(), 0);
    for number in 1.. {
        let begins = offset;
        let text = match next_line(file, &mut line, &mut offset)? {
            Next::End => break,
            Next::TooLong => Err(format!("it is longer than {LONGEST} bytes, the most that a line may have")),
            Next::Line { ended: false } => match Line::read(&line, &Limits::default()) {
                Ok(line) => Ok(line),
                Err(error) => Err(format!("the file ends within it: {error}")),
            },
            Next::Line { ended: true } => Line::read(&line, &Limits::default()),
        };
        let faults = match text {
            Ok(line) => checking.line(number, line),
            Err(fault) => vec![fault],
        };
        checking.faults.extend(faults.into_iter().map(|text| Fault { line: number, offset: begins, text }));
        checking.last = (number, begins);
        // What follows a line that is no header is not of this format.
        if checking.header.is_none() || checking.faults.len() >= FAULTS {
            return Ok(Err(checking.faults));
        }
    }
    Ok(checking.end())
}

/// What is named in a file, by the word for it and its folded name, with the line that has it.
type Named = HashMap<(&'static str, String), u64>;

#[derive(Default)]
struct Checking {
    header: Option<HeaderLine>,
    counts: Counts,
    named: Named,
    faults: Vec<Fault>,
    last: (u64, u64),
    lines: u64,
    ended: bool,
}

fn key(parts: &[&str]) -> String {
    parts.iter().map(|part| Folded::new(part.trim()).as_str().to_owned()).collect::<Vec<_>>().join("\u{1}")
}

fn text<'o>(object: &'o Object, name: &str) -> &'o str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

impl Checking {
    fn line(&mut self, number: u64, line: Line) -> Vec<String> {
        if self.header.is_none() {
            return match line {
                Line::Header(header) => {
                    self.header = Some(header);
                    Vec::new()
                }
                other => vec![format!(
                    "the first line is no header but has the type {:?}: is this a file that enroll export has written? A list of users \
                     is read with --from csv",
                    other.kind()
                )],
            };
        }
        if self.ended {
            return vec!["it stands behind the line of type \"end\"".to_owned()];
        }
        self.lines += 1;
        let mut faults = Vec::new();
        match &line {
            Line::Header(_) => {
                faults.push("there is a header already: one file is imported at a time".to_owned());
            }
            Line::Organization(line) => {
                self.counts.organizations += 1;
                self.define(number, "organization", &[&line.name], &mut faults);
            }
            Line::Resource(line) => {
                self.counts.resources += 1;
                self.refer("organization", &[&line.organization], &mut faults);
                let name = format!("{}:{}", line.kind, line.name);
                self.define(number, "resource", &[&line.organization, &name], &mut faults);
            }
            Line::User(line) => {
                self.counts.users += 1;
                self.define(number, "user", &[text(&line.resource, "userName")], &mut faults);
                if let Some(manager) = &line.manager {
                    self.refer("user", &[manager], &mut faults);
                }
                let external = text(&line.resource, "externalId");
                if !external.is_empty()
                    && let Some(other) = self.named.insert(("externalId", external.to_owned()), number)
                {
                    faults.push(format!(
                        "the externalId {external:?} is that of the user in line {other} too: users are found by it, so two cannot \
                         have one"
                    ));
                }
            }
            Line::Group(line) => {
                self.counts.groups += 1;
                self.define(number, "group", &[text(&line.resource, "displayName")], &mut faults);
            }
            Line::Members(line) => {
                self.refer("group", &[&line.group], &mut faults);
                line.users.iter().for_each(|name| self.refer("user", &[name], &mut faults));
                line.groups.iter().for_each(|name| self.refer("group", &[name], &mut faults));
            }
            Line::Manager(line) => {
                self.refer("user", &[&line.user], &mut faults);
                self.refer("user", &[&line.manager], &mut faults);
                self.define(number, "manager of", &[&line.user], &mut faults);
            }
            Line::Mapping(line) => {
                self.counts.mappings += 1;
                self.target(&line.organization, line.resource.as_deref(), &mut faults);
                let resource = line.resource.as_deref().unwrap_or_default();
                self.define(number, "mapping", &[&line.group, &line.organization, resource], &mut faults);
            }
            Line::Grant(line) => {
                self.refer("user", &[&line.user], &mut faults);
                self.target(&line.organization, line.resource.as_deref(), &mut faults);
                let resource = line.resource.as_deref().unwrap_or_default();
                self.define(number, "grant", &[&line.user, &line.organization, resource], &mut faults);
            }
            Line::DefaultEnrollment(line) => {
                self.refer("organization", &[&line.organization], &mut faults);
                self.define(number, "default enrollment", &["of the directory"], &mut faults);
            }
            Line::End(end) => {
                self.lines -= 1;
                self.ended = true;
                if end.lines != self.lines + 1 {
                    faults.push(format!(
                        "it says that {} lines stand before it, and there are {}: some were lost or added",
                        end.lines,
                        self.lines + 1
                    ));
                }
            }
        }
        faults
    }

    fn target(&self, organization: &str, resource: Option<&str>, faults: &mut Vec<String>) {
        match resource {
            None => self.refer("organization", &[organization], faults),
            Some(resource) => self.refer("resource", &[organization, resource], faults),
        }
    }

    fn define(&mut self, number: u64, what: &'static str, parts: &[&str], faults: &mut Vec<String>) {
        let shown = parts.iter().filter(|part| !part.is_empty()).copied().collect::<Vec<_>>().join(", ");
        if parts.first().is_none_or(|name| name.trim().is_empty()) {
            faults.push(format!("the {what} has no name"));
        } else if let Some(other) = self.named.insert((what, key(parts)), number) {
            faults.push(format!("the {what} {:?} is in line {other} already", short(&shown)));
        }
    }

    fn refer(&self, what: &'static str, parts: &[&str], faults: &mut Vec<String>) {
        if !self.named.contains_key(&(what, key(parts))) {
            faults.push(format!("no line before it has the {what} {:?}", short(&parts.join("/"))));
        }
    }

    fn end(mut self) -> Result<Checked, Vec<Fault>> {
        let (line, offset) = self.last;
        let Some(header) = self.header else {
            let text = "the file is empty".to_owned();
            return Err(vec![Fault { line: 1, offset: 0, text }]);
        };
        if !self.ended {
            let text = "the file ends without a line of the type \"end\": it was cut off".to_owned();
            self.faults.push(Fault { line, offset, text });
        } else if self.counts != header.counts {
            let told = |counts: Counts| serde_json::to_string(&counts).unwrap_or_default();
            let text = format!(
                "the header counts {} and the file has {}: objects were lost or added",
                told(header.counts),
                told(self.counts)
            );
            self.faults.push(Fault { line: 1, offset: 0, text });
        }
        if self.faults.is_empty() { Ok(Checked { header, lines: self.lines }) } else { Err(self.faults) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::{Fault, LONGEST, check};

    const HEADER: &str = r#"{"type":"enroll-export","version":1,"directory":"default","exported":"2026-11-27T08:00:00Z","counts":{"organizations":1,"resources":0,"users":1,"groups":1,"mappings":1}}"#;
    const BODY: &str = r#"{"type":"organization","name":"acme","displayName":"Acme","baseResourceRole":"write"}
{"type":"user","resource":{"userName":"ada","externalId":"7"}}
{"type":"grant","user":"ADA","organization":"acme","role":"owner"}
{"type":"group","resource":{"displayName":"Web"}}
{"type":"members","group":"web","users":["ada"]}
{"type":"mapping","group":"Web","organization":"acme","role":"writer"}
"#;

    fn faults(text: impl AsRef<[u8]>) -> Vec<String> {
        // A small buffer: lines come in pieces.
        let mut file = BufReader::with_capacity(7, text.as_ref());
        match check(&mut file).unwrap() {
            Ok(_) => Vec::new(),
            Err(faults) => faults.iter().map(Fault::to_string).collect(),
        }
    }

    fn file(body: &str, lines: usize) -> String {
        format!("{HEADER}\n{body}{{\"type\":\"end\",\"lines\":{lines}}}\n")
    }

    fn only(text: impl AsRef<[u8]>, place: &str, said: &str) {
        let faults = faults(text);
        let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
        assert!(fault.starts_with(place) && fault.contains(said), "{fault}");
    }

    #[test]
    fn a_whole_file_has_no_fault() {
        assert_eq!(faults(file(BODY, 7)), Vec::<String>::new());
        assert_eq!(faults(file(BODY, 7).replace('\n', "\r\n")), Vec::<String>::new());
    }

    #[test]
    fn a_file_that_is_none_is_told_by_its_first_line() {
        only("", "line 1 (offset 0)", "empty");
        only("userName,email\nada,ada@example.com\n", "line 1 (offset 0)", "no JSON object");
        only(BODY, "line 1 (offset 0)", "no header");
        only(file(BODY, 7).replace("\"version\":1", "\"version\":9"), "line 1 (offset 0)", "version 9");
    }

    #[test]
    fn a_file_that_was_cut_off_is_told() {
        let whole = file(BODY, 7);
        let at = whole.find("\"role\":\"owner\"").unwrap();
        let cut = faults(&whole[..at]);
        let begins = whole.find("{\"type\":\"grant\"").unwrap();
        assert!(cut[0].starts_with(&format!("line 4 (offset {begins}): the file ends within it")), "{cut:?}");
        let lines: Vec<_> = whole.lines().collect();
        only(lines[..5].join("\n"), "line 5", "it was cut off");
        only(file(BODY, 6), "line 8", "some were lost or added");
        let fewer: String = BODY.lines().take(5).map(|line| format!("{line}\n")).collect();
        only(file(&fewer, 6), "line 1 (offset 0)", "lost or added");
    }

    #[test]
    fn every_fault_has_its_line_and_a_sentence() {
        let longest =
            format!("{{\"type\":\"user\",\"resource\":{{\"userName\":\"{}\"}}}}", "x".repeat(10 * LONGEST));
        for (line, said) in [
            (r#"{"type":"person"}"#, "not known"),
            (r#"{"type":"user","resource":{"userName":"Ada"}}"#, "is in line 3 already"),
            (r#"{"type":"user","resource":{"userName":"bob","externalId":"7"}}"#, "line 3"),
            (r#"{"type":"user","resource":{}}"#, "no name"),
            (r#"{"type":"members","group":"Web","users":["nobody"]}"#, "nobody"),
            (r#"{"type":"members","group":"None","users":[]}"#, "None"),
            (r#"{"type":"mapping","group":"X","organization":"none","role":"writer"}"#, "none"),
            (
                r#"{"type":"mapping","group":"X","organization":"acme","resource":"repository:a","role":"read"}"#,
                "repository:a",
            ),
            (r#"{"type":"grant","user":"nobody","organization":"acme","role":"owner"}"#, "nobody"),
            (r#"{"type":"user","resource":{"userName":"bob"},"manager":"nobody"}"#, "nobody"),
            (r#"{"type":"manager","user":"ada","manager":"nobody"}"#, "nobody"),
            (r#"{"type":"manager","user":"nobody","manager":"ada"}"#, "nobody"),
            (r#"{"type":"user","resource":"#, "no JSON object"),
            ("", "no JSON object"),
            (longest.as_str(), "longer than 1048576"),
        ] {
            let faults = faults(file(&format!("{BODY}{line}\n"), 8));
            let begins = HEADER.len() + 1 + BODY.len();
            assert!(faults[0].starts_with(&format!("line 8 (offset {begins}): ")), "{faults:?}");
            assert!(faults[0].contains(said), "{faults:?}");
        }
        let mut bytes = file(BODY, 7).into_bytes();
        let at = bytes.windows(3).position(|part| part == b"ada").unwrap();
        bytes[at] = 0xff;
        assert!(faults(&bytes)[0].contains("UTF-8"));
    }
}
