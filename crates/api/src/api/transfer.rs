//! `/api/v1/directories/{directory}/export` and `/import`: a directory as lines of JSON, out of one instance and into another.

use std::time::{Duration, Instant};

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use enroll_service::{Error, ImportOptions, ImportedLine, Line};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::SendTimeoutError;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::body::read;
use super::streamed::Streamed;
use crate::App;
use crate::openapi::{Answer, Input, Routes, Sketch, op};
use crate::parse::media_type::JSON_LINES;
use crate::parse::query::Query;

/// How long a client may take to read a piece of an export. For all pieces together the configuration has a limit.
const PIECE_TIME: Duration = Duration::from_secs(30);

/// Lines in one request.
const LINES: usize = 1000;

/// The file.
pub(crate) struct Export(Response);

impl IntoResponse for Export {
    fn into_response(self) -> Response {
        self.0
    }
}

impl Answer for Export {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives_text(JSON_LINES);
    }
}

/// The directory as a file, while it is read. All of it is of one snapshot, as its lines name each other: the snapshot is held until
/// the end, and a reader who is too slow loses it.
pub(crate) async fn export(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
) -> Result<Export, Problem> {
    let (sender, receiver) = mpsc::channel(2);
    let mut patience = Patience::new(app.config().export_wait, sender.clone());
    tokio::spawn(async move {
        if let Err(error) = caller.service.export(&directory, move |text| patience.hand_on(text)).await {
            // Before the first piece this is the answer. Later the client sees a broken answer, not one that looks whole.
            let _ = sender.send(Err(error)).await;
        }
    });
    let body = Streamed::begun(receiver).await?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(JSON_LINES)),
        (CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"directory.jsonl\"")),
    ];
    Ok(Export((headers, Body::new(body)).into_response()))
}

/// Hands pieces on, as long as whoever reads them does not keep the database waiting.
struct Patience {
    sender: mpsc::Sender<Result<Bytes, Error>>,
    runtime: Handle,
    /// How long the reader may be waited for, all pieces together.
    whole: Duration,
    left: Duration,
}

impl Patience {
    fn new(whole: Duration, sender: mpsc::Sender<Result<Bytes, Error>>) -> Self {
        Self { sender, runtime: Handle::current(), whole, left: whole }
    }

    /// Waits until there is room for the piece; to be called on a thread that may block.
    fn hand_on(&mut self, text: String) -> Result<(), Error> {
        let begun = Instant::now();
        let sent = self.sender.send_timeout(Ok(Bytes::from(text)), self.left.min(PIECE_TIME));
        let sent = self.runtime.block_on(sent);
        self.left = self.left.saturating_sub(begun.elapsed());
        match sent {
            Ok(()) => Ok(()),
            Err(SendTimeoutError::Closed(_)) => {
                Err(Error::Gone("whoever asked for the export has gone away".to_owned()))
            }
            Err(SendTimeoutError::Timeout(_)) => {
                let (piece, whole) = (PIECE_TIME.as_secs(), self.whole.as_secs());
                let told = format!(
                    "an export was ended, as its reader kept the database waiting: a piece is waited for {piece} s, and all together \
                     {whole} s. What was read is not a whole file; export again on a faster connection, or on the machine of the server"
                );
                tracing::warn!("{told}");
                Err(Error::Gone(told))
            }
        }
    }
}

/// How to import.
pub(crate) struct Wanted(ImportOptions);

impl FromRequestParts<App> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let switch = |name| match query.one(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(Problem::bad_request(format!("{name} is true or false"))),
        };
        let allow_privileged = switch("allowPrivileged")?.into();
        Ok(Self(ImportOptions { dry_run: switch("dryRun")?, allow_privileged }))
    }
}

impl Input for Wanted {
    fn sketch(sketch: &mut Sketch<'_>) {
        let switch = || json!({ "type": "boolean", "default": false });
        sketch.query("dryRun", "Only say what would come of the lines", switch());
        let privileged = "Mappings and a default enrollment may give the roles admin and owner";
        sketch.query("allowPrivileged", privileged, switch());
    }
}

impl Input for Lines {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes_text(JSON_LINES);
    }
}

/// Numbered lines, all of which can be read.
pub(crate) struct Lines(Vec<(u64, Line)>);

impl FromRequest<App> for Lines {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let body = read(request, app).await?;
        let (mut lines, mut offset) = (Vec::new(), 0);
        for (number, text) in (1_u64..).zip(body.split(|byte| *byte == b'\n')) {
            let place = offset;
            offset += text.len() + 1;
            let text = text.strip_suffix(b"\r").unwrap_or(text);
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            if lines.len() == LINES {
                let detail = format!("one request takes {LINES} lines: send the others in further requests");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail));
            }
            let line = Line::read(text, app.service().limits())
                .map_err(|error| Problem::bad_request(format!("line {number} (offset {place}): {error}")))?;
            lines.push((number, line));
        }
        if lines.is_empty() {
            return Err(Problem::bad_request("the body is empty: send lines, each one object with its type"));
        }
        Ok(Self(lines))
    }
}

/// What came of the lines.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Imported {
    /// Each line but the first and the last of a file.
    lines: Vec<ImportedLine>,
}

/// Carries out the lines, or says with `dryRun=true` what would come of them.
pub(crate) async fn import(
    caller: Authenticated<ToAdminister>,
    Path(directory): Path<String>,
    Wanted(options): Wanted,
    Lines(lines): Lines,
) -> Result<Json<Imported>, Problem> {
    let lines = caller.service.import(&directory, lines, options).await?;
    Ok(Json(Imported { lines }))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Directories")
        .get(
            "/directories/{directory}/export",
            export,
            op("exportDirectory", "A directory as lines of JSON, for another instance")
                .describe(
                    "Users, groups with members, organizations with resources, mappings, direct grants and the default enrollment, of one \
                     snapshot. No token, session or secret is in it. A file whose last line is not of the type `end` broke off.",
                )
                .ok("One object a line; docs/reference/transfer.md has the format"),
        )
        .post(
            "/directories/{directory}/import",
            import,
            op("importLines", "Read lines of an export into a directory")
                .describe(
                    "At most 1,000 lines, in the order of the file. Nothing is carried out when a line cannot be read. The same lines, \
                     sent again, change nothing.",
                )
                .ok("What came of each line but the first and the last of a file"),
        )
}
