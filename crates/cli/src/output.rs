//! What commands print: tables for people, JSON with `--json`.

use std::io::{self, ErrorKind, Write as _};
use std::sync::atomic::{AtomicU8, Ordering};

use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Output {
    /// Tables and sentences.
    Text,
    /// One JSON document.
    Json,
}

impl Output {
    /// Prints a line for people.
    pub(crate) fn line(self, text: impl AsRef<str>) {
        if self == Self::Text {
            print(text.as_ref());
        }
    }

    /// Says that a change without a result of its own is made: the sentence, or `{"done": "..."}`.
    pub(crate) fn done(self, sentence: impl AsRef<str>) -> anyhow::Result<()> {
        let sentence = sentence.as_ref();
        self.result(&serde_json::json!({"done": sentence}), |_| sentence.to_owned())
    }

    /// Prints `value` as JSON, or what `text` makes of it for people.
    pub(crate) fn result<T: Serialize>(
        self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        let printed = match self {
            Self::Json => serde_json::to_string_pretty(value)?,
            Self::Text => text(value),
        };
        raw(printed);
        Ok(())
    }
}

/// Prints to standard output whatever the mode, for example a token that was asked for with `--print`.
pub(crate) fn raw(text: impl AsRef<str>) {
    print(text.as_ref().trim_end());
}

/// Says to standard error, whatever the mode, what whoever runs a command is to know beside its result.
#[expect(clippy::print_stderr, reason = "the door to standard error")]
pub(crate) fn warning(text: &str) {
    eprintln!("enroll: WARNING: {text}");
}

/// Standard output takes what is printed.
const OPEN: u8 = 0;
/// Its reader has seen enough.
const CLOSED: u8 = 1;
/// It could not be written to: what was asked for did not arrive whole.
const FAILED: u8 = 2;

/// What has become of standard output; it does not become better.
static STANDARD_OUTPUT: AtomicU8 = AtomicU8::new(OPEN);

/// Whether anybody still takes what is printed: who follows something stops when nobody does.
pub(crate) fn is_open() -> bool {
    STANDARD_OUTPUT.load(Ordering::Relaxed) == OPEN
}

/// Whether something could not be printed, as on a full disk. It was said then, and the command has failed.
pub(crate) fn has_failed() -> bool {
    STANDARD_OUTPUT.load(Ordering::Relaxed) == FAILED
}

/// The door to standard output. A reader that has seen enough (`| head`) is no fault; anything else is said, once.
#[expect(clippy::print_stderr, reason = "there is no other way left to say it")]
fn print(text: &str) {
    if !is_open() {
        return;
    }
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {
            STANDARD_OUTPUT.store(CLOSED, Ordering::Relaxed);
        }
        Err(error) => {
            STANDARD_OUTPUT.store(FAILED, Ordering::Relaxed);
            eprintln!("enroll: {}", unwritable(&error));
        }
    }
}

/// Hands what `write` writes to standard output, for what is no text or too much to be held. A reader that has seen enough is no
/// fault.
///
/// # Errors
/// Standard output cannot be written to; what `write` gives.
pub(crate) async fn stream(
    write: impl AsyncFnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut out = io::BufWriter::new(io::stdout());
    let written = match write(&mut |piece| out.write_all(piece).map_err(|error| unwritable(&error))).await {
        Ok(()) => out.flush().map_err(|error| unwritable(&error).into()),
        error => error,
    };
    // What it still holds is of no use without the rest, and writing it would fail again.
    drop(out.into_parts());
    match written {
        Err(error) if is_broken_pipe(&error) => Ok(()),
        other => other,
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let mut causes = error.chain().filter_map(|cause| cause.downcast_ref::<io::Error>());
    causes.any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}

/// Says what could not be written.
fn unwritable(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot write to standard output: {error}"))
}

/// One object, a line for each name and value; what has no value is left out.
pub(crate) fn details(values: &[(&str, String)]) -> String {
    let shown = || values.iter().filter(|(_, value)| !value.is_empty());
    let widest = shown().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    shown().map(|(name, value)| format!("{name:<widest$}  {value}")).collect::<Vec<_>>().join("\n")
}

/// A table of the terminal's width; `empty` is said instead of an empty table.
pub(crate) fn table<const N: usize>(header: [&str; N], rows: Vec<[String; N]>, empty: &str) -> String {
    if rows.is_empty() {
        return empty.to_owned();
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header);
    for row in rows {
        table.add_row(row);
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}
