//! A list of users as spreadsheets write it: a header, then a row a user.

use std::collections::BTreeMap;
use std::io::Read as _;

use ::csv::{ReaderBuilder, StringRecord, Trim};

/// Largest file, in bytes: a list of users is far smaller.
pub(super) const LARGEST: u64 = 256 * 1024 * 1024;

/// What a column may be, as the header has it.
pub(super) const COLUMNS: [&str; 8] =
    ["userName", "email", "givenName", "familyName", "displayName", "externalId", "active", "groups"];

/// A row behind the last one. The reader takes the end of a file for the end of a quoted cell: this row is swallowed by one.
const END: &str = "\n\u{1}end of the list\u{1}\n";

/// What is wrong with a row that swallows all others.
const UNCLOSED: &str =
    "a quoted field that begins here has no end: close it with a quote, and write a quote within it twice";

/// Between groups in one cell.
const BETWEEN_GROUPS: char = ';';

/// A user as a row has her.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which it begins.
    pub(super) line: u64,
    pub(super) user_name: String,
    pub(super) email: String,
    pub(super) given_name: String,
    pub(super) family_name: String,
    pub(super) display_name: String,
    pub(super) external_id: String,
    /// `None` where the cell is empty or there is no such column.
    pub(super) active: Option<bool>,
    pub(super) groups: Vec<String>,
}

/// What is in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct List {
    pub(super) rows: Vec<Row>,
    /// Columns that mean nothing here.
    pub(super) ignored: Vec<String>,
    /// Rows that cannot be read: the line, and why.
    pub(super) unreadable: Vec<(u64, String)>,
}

/// Reads a file. `columns` says which of its columns is which attribute, where the header does not: attribute to column.
///
/// # Errors
/// A sentence, when the file as a whole cannot be read.
pub(super) fn read(bytes: &[u8], columns: &BTreeMap<String, String>) -> Result<List, String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err("the file is UTF-16: save it as CSV in UTF-8 (in Excel: CSV UTF-8)".to_owned());
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        format!(
            "line {line} (offset {}): not UTF-8: save the file as CSV in UTF-8 (in Excel: CSV UTF-8)",
            error.valid_up_to()
        )
    })?;
    if text.trim().is_empty() {
        return Err("the file is empty: it begins with a header such as userName,email,groups".to_owned());
    }
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(text))
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes().chain(END.as_bytes()));
    let header = reader.headers().map_err(|error| format!("line 1: {error}"))?.clone();
    if has_end(&header) {
        return Err(format!("line 1: {UNCLOSED}"));
    }
    let (places, ignored) = places(&header, columns)?;
    let mut list = List { ignored, ..List::default() };
    let mut place = Place { text, byte: 0, line: 1 };
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        if record.len() == 1 && record.get(0) == Some(END.trim()) {
            break;
        }
        let line = place.line(record.position().map_or(0, ::csv::Position::byte));
        if has_end(&record) {
            list.unreadable.push((line, UNCLOSED.to_owned()));
            break;
        }
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() != header.len() {
            let (has, wanted) = (record.len(), header.len());
            list.unreadable.push((
                line,
                format!("it has {has} fields and the header {wanted}: a field with a comma or semicolon stands in quotes"),
            ));
            continue;
        }
        match row(&record, line, &places) {
            Ok(row) => list.rows.push(row),
            Err(why) => list.unreadable.push((line, why)),
        }
    }
    Ok(list)
}

/// Whether the end of the file is within the row, in quotes that were not closed.
fn has_end(record: &StringRecord) -> bool {
    record.iter().any(|cell| cell.contains(END.trim()))
}

/// Follows the lines of a file: the reader's own count is that of the empty lines before a row.
struct Place<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Place<'_> {
    /// The line of the row that follows on this byte; later rows are asked for later.
    fn line(&mut self, byte: u64) -> u64 {
        let rest = self.text.as_bytes().get(self.byte..).unwrap_or_default();
        let start = usize::try_from(byte).unwrap_or(usize::MAX).saturating_sub(self.byte);
        let empty = rest.iter().skip(start).take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
        let until = start.saturating_add(empty).min(rest.len());
        let passed = rest.iter().take(until).filter(|byte| **byte == b'\n').count();
        self.byte += until;
        self.line += passed as u64;
        self.line
    }
}

/// What the header separates its fields with.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().next().unwrap_or_default();
    let (mut quoted, mut counts) = (false, [(b',', 0), (b';', 0), (b'\t', 0)]);
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        if !quoted {
            counts.iter_mut().filter(|(delimiter, _)| *delimiter == byte).for_each(|(_, count)| *count += 1);
        }
    }
    // The first of those that are as frequent.
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// Where each attribute stands, and the columns that are none.
type Places = BTreeMap<&'static str, usize>;

fn places(
    header: &StringRecord,
    columns: &BTreeMap<String, String>,
) -> Result<(Places, Vec<String>), String> {
    let mut wanted: BTreeMap<&'static str, &str> = BTreeMap::new();
    for (attribute, column) in columns {
        let known = COLUMNS.iter().find(|known| known.eq_ignore_ascii_case(attribute)).ok_or_else(|| {
            format!("--columns: {attribute:?} is no attribute; it is one of {}", COLUMNS.join(", "))
        })?;
        if !header.iter().any(|name| name.eq_ignore_ascii_case(column)) {
            let has = header.iter().collect::<Vec<_>>().join(", ");
            return Err(format!("--columns: the file has no column {column:?}; it has {has}"));
        }
        if let Some((other, _)) =
            wanted.iter().find(|(other, had)| *other != known && had.eq_ignore_ascii_case(column))
        {
            return Err(format!(
                "--columns: the column {column:?} cannot be both {other} and {known}: a column is one attribute"
            ));
        }
        wanted.insert(known, column);
    }
    let (mut places, mut ignored) = (Places::new(), Vec::new());
    for (place, name) in header.iter().enumerate() {
        let named =
            wanted.iter().find(|(_, column)| column.eq_ignore_ascii_case(name)).map(|(known, _)| *known);
        // A column that was given another meaning has not its own.
        let own = || {
            COLUMNS.into_iter().find(|known| known.eq_ignore_ascii_case(name) && !wanted.contains_key(known))
        };
        match named.or_else(own) {
            None => ignored.push(name.to_owned()),
            Some(known) => {
                if places.insert(known, place).is_some() {
                    return Err(format!(
                        "line 1: two columns are {known}: take one away, or name it with --columns"
                    ));
                }
            }
        }
    }
    if !places.contains_key("userName") {
        return Err(format!(
            "line 1: no column is userName: the header has {}; say which one it is, for example --columns userName={}",
            header.iter().collect::<Vec<_>>().join(", "),
            header.get(0).unwrap_or("Login")
        ));
    }
    Ok((places, ignored))
}

fn row(record: &StringRecord, line: u64, places: &Places) -> Result<Row, String> {
    let cell = |name: &str| places.get(name).and_then(|place| record.get(*place)).unwrap_or_default();
    let text = |name: &str| cell(name).to_owned();
    let active = match cell("active").to_lowercase().as_str() {
        "" => None,
        "true" | "yes" | "1" | "active" => Some(true),
        "false" | "no" | "0" | "inactive" => Some(false),
        other => return Err(format!("active is {other:?}: write true or false")),
    };
    let mut groups: Vec<String> = Vec::new();
    for group in cell("groups").split(BETWEEN_GROUPS).map(str::trim).filter(|group| !group.is_empty()) {
        if !groups.iter().any(|known| known == group) {
            groups.push(group.to_owned());
        }
    }
    Ok(Row {
        line,
        user_name: text("userName"),
        email: text("email"),
        given_name: text("givenName"),
        family_name: text("familyName"),
        display_name: text("displayName"),
        external_id: text("externalId"),
        active,
        groups,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{List, read};

    fn list(text: &str) -> List {
        read(text.as_bytes(), &BTreeMap::new()).unwrap()
    }

    fn refused(bytes: &[u8], columns: &[(&str, &str)]) -> String {
        let columns = columns.iter().map(|(a, c)| ((*a).to_owned(), (*c).to_owned())).collect();
        read(bytes, &columns).unwrap_err()
    }

    #[test]
    fn a_list_is_read_as_spreadsheets_write_it() {
        let comma = "userName,email,givenName,familyName,displayName,externalId,active,groups\n\
            ada,ada@example.com,Ada,\"Byron, Countess\",\"Ada \"\"L\"\"\",7,TRUE,\"Web; Engines ;Web\"\n\n\
            bob,,,,,,no,\n";
        let rows = list(comma).rows;
        assert_eq!((rows[0].line, rows[0].family_name.as_str()), (2, "Byron, Countess"));
        assert_eq!((rows[0].display_name.as_str(), rows[0].active), ("Ada \"L\"", Some(true)));
        assert_eq!(rows[0].groups, ["Web", "Engines"]);
        assert_eq!((rows[1].line, rows[1].active, rows.len()), (4, Some(false), 2));
        // With a mark at the beginning, semicolons, and the ends of lines of another system.
        let semicolon =
            "\u{feff}USERNAME;Email;Shoe size;groups\r\nada;ada@example.com;38;\"Web;Engines\"\r\n";
        let found = list(semicolon);
        assert_eq!(found.ignored, ["Shoe size"]);
        assert_eq!((found.rows[0].user_name.as_str(), found.rows[0].groups.len()), ("ada", 2));
        let windows = list("userName\r\nada\r\n\r\n\"b\r\nob\"\r\neve\r\n").rows;
        assert_eq!(windows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 4, 6]);
        assert_eq!(list("userName\tgroups\nada\tA;B\n").rows[0].groups, ["A", "B"]);
    }

    #[test]
    fn columns_are_named_where_the_header_does_not() {
        let columns = BTreeMap::from([
            ("username".to_owned(), "Login".to_owned()),
            ("email".to_owned(), "Mail".to_owned()),
        ]);
        let found = read(b"login,Mail,email\nada,new@example.com,old@example.com\n", &columns).unwrap();
        assert_eq!(
            (found.rows[0].user_name.as_str(), found.rows[0].email.as_str()),
            ("ada", "new@example.com")
        );
        assert_eq!(found.ignored, ["email"], "another column was said to be that");
    }

    #[test]
    fn a_file_that_is_no_list_is_told_with_what_to_do() {
        for (bytes, columns, said) in [
            (b"".as_slice(), vec![], "empty"),
            (b"\xff\xfeu\0".as_slice(), vec![], "UTF-16"),
            (b"userName\nada\nb\xff\n".as_slice(), vec![], "line 3 (offset 14)"),
            (b"Login,Mail\nada,x\n".as_slice(), vec![], "--columns userName=Login"),
            (b"userName,USERNAME\na,b\n".as_slice(), vec![], "two columns are userName"),
            (b"userName\nada\n".as_slice(), vec![("phone", "userName")], "\"phone\" is no attribute"),
            (b"userName\nada\n".as_slice(), vec![("email", "Mail")], "no column \"Mail\""),
            (
                b"login\nada\n".as_slice(),
                vec![("userName", "Login"), ("externalId", "login")],
                "the column \"Login\" cannot be both externalId and userName",
            ),
        ] {
            let error = refused(bytes, &columns);
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_quote_that_is_not_closed_is_told_with_its_line_and_swallows_nothing_unsaid() {
        for text in ["userName\nada\n\"bob\neve\n", "userName,active\nada,true\n\"bob,true\neve,true"] {
            let found = list(text);
            assert_eq!(found.rows.iter().map(|row| &*row.user_name).collect::<Vec<_>>(), ["ada"]);
            assert_eq!(found.unreadable.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3], "{found:?}");
            assert!(found.unreadable[0].1.contains("has no end"), "{found:?}");
        }
        let header = refused(b"\"userName\nada\n", &[]);
        assert!(header.contains("line 1: a quoted field"), "{header}");
        assert_eq!(list("userName\n\"ada\"").rows.len(), 1);
    }

    #[test]
    fn a_row_that_cannot_be_read_is_told_and_the_others_are_read() {
        let found = list("userName,active\nada,true\nbob\neve,perhaps\nmax,\n");
        assert_eq!(found.rows.len(), 2);
        let lines: Vec<_> = found.unreadable.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4]);
        assert!(found.unreadable[1].1.contains("\"perhaps\""));
    }
}
