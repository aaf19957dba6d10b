//! `enroll export`

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use enroll_service::{HeaderLine, Line};
use enroll_store::backup::file;

use crate::api::{Api, segment};
use crate::commands::progress::Late;
use crate::output::{Output, stream};

/// What to export, and to where.
#[derive(Debug, Args)]
pub(crate) struct ExportArguments {
    /// The directory
    #[arg(long, default_value = "default")]
    directory: String,
    /// The file to write, readable for you alone; without it, standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

pub(crate) async fn run(arguments: &ExportArguments, api: &Api, output: Output) -> anyhow::Result<()> {
    let target = format!("/directories/{}/export", segment(&arguments.directory));
    let Some(path) = &arguments.out else {
        let mut seen = Seen::new(output);
        return stream(async |write| {
            api.download(&target, &mut |piece| {
                seen.piece(piece);
                write(piece)
            })
            .await?;
            seen.whole().map(drop)
        })
        .await;
    };
    // A file that has its name is whole.
    let part = with_part(path);
    file::make(&part)?;
    let mut out = BufWriter::new(file::write(&part)?);
    let mut seen = Seen::new(output);
    let written = async {
        api.download(&target, &mut |piece| {
            seen.piece(piece);
            out.write_all(piece)
        })
        .await?;
        out.flush().with_context(|| format!("{} cannot be written", part.display()))?;
        out.get_ref().sync_all().with_context(|| format!("{} cannot be written", part.display()))?;
        let header = seen.whole()?;
        file::rename(&part, path)?;
        Ok::<_, anyhow::Error>(header)
    }
    .await;
    match written {
        Ok(header) => {
            let counts = header.counts;
            output.result(
                &serde_json::json!({"file": path, "directory": header.directory, "counts": counts}),
                |_| {
                    format!(
                        "{} has {} users, {} groups, {} organizations, {} resources and {} mappings of {}.",
                        path.display(),
                        counts.users,
                        counts.groups,
                        counts.organizations,
                        counts.resources,
                        counts.mappings,
                        header.directory
                    )
                },
            )
        }
        Err(error) => {
            file::remove(&part);
            Err(error)
        }
    }
}

fn with_part(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    path.with_file_name(name)
}

/// Follows an export as it comes: its first line says how long it will be, its last that it is whole.
struct Seen {
    progress: Late,
    /// The first line until it is read, afterwards what may be the last.
    line: Vec<u8>,
    header: Option<HeaderLine>,
    lines: u64,
    whole: bool,
}

impl Seen {
    fn new(output: Output) -> Self {
        let progress = Late::new("Exporting", output);
        Self { progress, line: Vec::new(), header: None, lines: 0, whole: false }
    }

    fn piece(&mut self, piece: &[u8]) {
        for part in piece.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.lines += 1;
                // Nearly all lines are objects, which are not looked at.
                if self.header.is_none() || self.line.starts_with(b"{\"type\":\"end\"") {
                    self.ends(&self.line.clone());
                }
                self.line.clear();
            }
        }
        self.progress.at(self.lines);
    }

    fn ends(&mut self, line: &[u8]) {
        match Line::read(line.trim_ascii_end(), &enroll_scim::Limits::default()) {
            Ok(Line::Header(header)) => {
                let counts = header.counts;
                self.progress.of(counts.organizations + counts.resources + counts.users + counts.groups);
                self.header = Some(header);
            }
            Ok(Line::End(end)) => self.whole = end.lines + 1 == self.lines,
            _ => {}
        }
    }

    fn whole(&mut self) -> anyhow::Result<HeaderLine> {
        self.progress.done();
        match self.header.take() {
            Some(header) if self.whole => Ok(header),
            _ => bail!("the export broke off: what came is not a whole file; try again"),
        }
    }
}
