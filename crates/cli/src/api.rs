//! How commands reach the API: in this process on the database at hand, or over HTTP with `--server`. A command does not know which.

use std::fmt;

use anyhow::Context as _;
use clap::Args;
use enroll_api::LocalApi;
use enroll_domain::audit::Actor;
use jiff::Timestamp;
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::open::{Opening, service};
use crate::os_user;
use crate::settings::Settings;

/// Which server to ask; none for the database at hand.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct ServerArguments {
    /// Ask this server over HTTP instead of opening a database here, for example <https://enroll.example.com>
    #[arg(long, global = true, value_name = "URL", env = SERVER, help_heading = "Server")]
    server: Option<Url>,
    /// API token for --server. The environment is the better place: others on this machine can read the command line
    #[arg(
        long,
        global = true,
        value_name = "TOKEN",
        env = "ENROLL_API_TOKEN",
        hide_env_values = true,
        help_heading = "Server"
    )]
    token: Option<String>,
}

impl ServerArguments {
    /// For a command that works on the database itself.
    ///
    /// # Errors
    /// When a server is named: what is asked of one database must not be answered from another.
    pub(crate) fn none(&self, command: &str) -> anyhow::Result<()> {
        self.server.as_ref().map_or(Ok(()), |server| Err(only_here(command, server.as_str())))
    }
}

/// The environment variable of `--server`.
const SERVER: &str = "ENROLL_SERVER";

/// As [`ServerArguments::none`], for a command without these arguments: the environment may name a server all the same.
///
/// # Errors
/// When it does.
pub(crate) fn no_server(command: &str) -> anyhow::Result<()> {
    match std::env::var(SERVER) {
        Ok(server) if !server.is_empty() => Err(only_here(command, &server)),
        _ => Ok(()),
    }
}

fn only_here(command: &str, server: &str) -> anyhow::Error {
    anyhow::anyhow!(
        "`enroll {command}` works on a database itself, and --server or {SERVER} names the server {server}: run it on the \
         machine of that server, or for the database at hand without --server and with {SERVER} unset"
    )
}

/// Whether the protection of the last ones in charge is set aside.
#[derive(Debug, Clone, Copy, Default, Args)]
pub(crate) struct ForceArguments {
    /// Make the change although the server loses its last admin, or an organization its last owner; not with --server
    #[arg(long, global = true, conflicts_with = "server")]
    force: bool,
}

/// How long an answer that comes piece by piece may take as a whole.
const DOWNLOAD_TIME: std::time::Duration = std::time::Duration::from_secs(4 * 3600);

/// The API.
pub(crate) enum Api {
    /// In this process.
    Here {
        /// The API.
        api: LocalApi,
        /// Where the server can be reached that has this database.
        public_url: String,
    },
    /// On a server.
    There(Remote),
}

/// A server and the token for it.
pub(crate) struct Remote {
    client: reqwest::Client,
    base: String,
    token: SecretString,
}

/// The API has refused something.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    detail: String,
}

impl Refused {
    /// Whether nothing of that name or id is there.
    pub(crate) fn is_not_found(&self) -> bool {
        self.status == StatusCode::NOT_FOUND
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl std::error::Error for Refused {}

/// No answer came.
#[derive(Debug)]
pub(crate) struct Unreachable(String);

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unreachable {}

/// The error with a sentence behind the one that says its cause. What it is to the exit code it stays.
pub(crate) fn with_more(error: anyhow::Error, more: String) -> anyhow::Error {
    let error = match error.downcast::<Refused>() {
        Ok(Refused { status, detail }) => {
            return Refused { status, detail: format!("{detail}; {more}") }.into();
        }
        Err(error) => error,
    };
    match error.downcast::<Unreachable>() {
        Ok(Unreachable(why)) => Unreachable(format!("{why}; {more}")).into(),
        Err(error) => error.context(more),
    }
}

/// Runs `work` with the API, and closes the store afterwards where it was opened here.
pub(crate) async fn with_api<T>(
    arguments: &ServerArguments,
    settings: &Settings,
    opening: Opening,
    work: impl AsyncFnOnce(&Api) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    with_force(arguments, ForceArguments::default(), settings, opening, work).await
}

/// The same, for changes that may take away the last admin or the last owner.
pub(crate) async fn with_force<T>(
    arguments: &ServerArguments,
    force: ForceArguments,
    settings: &Settings,
    opening: Opening,
    work: impl AsyncFnOnce(&Api) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    if let Some(server) = &arguments.server {
        return work(&Api::There(Remote::new(server, arguments.token.as_deref())?)).await;
    }
    let service = service(settings, opening).await?;
    let actor = Actor::command_line(os_user::name().as_deref());
    let result = work(&Api::Here {
        api: LocalApi::new(service.clone(), actor, force.force, settings.outbound_networks.clone()),
        public_url: service.public_url().to_string(),
    })
    .await;
    service.close().await;
    result
}

impl Remote {
    fn new(server: &Url, token: Option<&str>) -> anyhow::Result<Self> {
        let token = token.filter(|token| !token.is_empty()).context(
            "--server needs an API token: give it in the environment as ENROLL_API_TOKEN (on the server: enroll api-token create \
             --label cli --scope admin)",
        )?;
        let base = server.as_str().trim_end_matches('/').trim_end_matches("/api/v1").to_owned();
        let client = reqwest::Client::builder()
            .user_agent(concat!("enroll/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(std::time::Duration::from_secs(10))
            .timeout(std::time::Duration::from_secs(60))
            .build()
            .context("the HTTP client cannot be set up")?;
        Ok(Self { client, base, token: token.into() })
    }

    async fn send(
        &self,
        method: Method,
        target: &str,
        body: Option<Vec<u8>>,
    ) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let url = format!("{}/api/v1{target}", self.base);
        let mut request = self.client.request(method, &url).bearer_auth(self.token.expose_secret());
        if let Some(body) = body {
            request = request.header("Content-Type", "application/json").body(body);
        }
        let answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        Ok((status, answer.bytes().await.map_err(|error| self.unreachable(&error))?.into()))
    }

    fn unreachable(&self, error: &reqwest::Error) -> Unreachable {
        let reason = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
        Unreachable(format!("no answer from {}{reason}", self.base))
    }

    async fn download(
        &self,
        target: &str,
        piece: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> anyhow::Result<(StatusCode, Vec<u8>)> {
        let url = format!("{}/api/v1{target}", self.base);
        let request = self.client.get(&url).bearer_auth(self.token.expose_secret()).timeout(DOWNLOAD_TIME);
        let mut answer = request.send().await.map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        if !status.is_success() {
            return Ok((status, answer.bytes().await.map_err(|error| self.unreachable(&error))?.into()));
        }
        while let Some(bytes) = answer.chunk().await.map_err(|error| self.unreachable(&error))? {
            piece(&bytes)?;
        }
        Ok((status, Vec::new()))
    }
}

impl Api {
    /// Where identity providers and applications reach the server.
    pub(crate) fn public_url(&self) -> &str {
        match self {
            Self::Here { public_url, .. } => public_url,
            Self::There(remote) => &remote.base,
        }
    }

    /// An object, by its path below `/api/v1`.
    pub(crate) async fn get(&self, target: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, target, None).await
    }

    /// All objects of a list, page by page; `list` is their name in the answer.
    pub(crate) async fn all(&self, target: &str, list: &str) -> anyhow::Result<Vec<Value>> {
        let (mut all, mut after) = (Vec::new(), String::new());
        let separator = if target.contains('?') { '&' } else { '?' };
        loop {
            let mut page = self.get(&format!("{target}{separator}limit=1000{after}")).await?;
            if let Some(Value::Array(items)) = page.get_mut(list).map(Value::take) {
                all.extend(items);
            }
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={}", segment(next)),
                None => return Ok(all),
            }
        }
    }

    /// Makes or changes something.
    pub(crate) async fn send(&self, method: Method, target: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(method, target, Some(body.to_string().into_bytes())).await
    }

    /// Sends a document as it is.
    pub(crate) async fn send_text(
        &self,
        method: Method,
        target: &str,
        body: String,
    ) -> anyhow::Result<Value> {
        self.call(method, target, Some(body.into_bytes())).await
    }

    /// Reads an answer that is too large to be held, piece by piece.
    pub(crate) async fn download(
        &self,
        target: &str,
        piece: &mut dyn FnMut(&[u8]) -> std::io::Result<()>,
    ) -> anyhow::Result<()> {
        let (status, refusal) = match self {
            Self::Here { api, .. } => {
                let answer = api.download(target, piece).await?;
                (answer.status, Vec::from(answer.body))
            }
            Self::There(remote) => remote.download(target, piece).await?,
        };
        if status.is_success() { Ok(()) } else { Err(refused(status, &read(&refusal))) }
    }

    /// Removes something.
    pub(crate) async fn delete(&self, target: &str) -> anyhow::Result<()> {
        self.call(Method::DELETE, target, None).await.map(drop)
    }

    async fn call(&self, method: Method, target: &str, body: Option<Vec<u8>>) -> anyhow::Result<Value> {
        let (status, bytes) = match self {
            Self::Here { api, .. } => {
                let answer = api.send(method, target, body).await?;
                (answer.status, Vec::from(answer.body))
            }
            Self::There(remote) => remote.send(method, target, body).await?,
        };
        let body = read(&bytes);
        if status.is_success() { Ok(body) } else { Err(refused(status, &body)) }
    }
}

/// The body of an answer.
fn read(bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    serde_json::from_slice(bytes).unwrap_or_else(|_| Value::String(String::from_utf8_lossy(bytes).into()))
}

fn refused(status: StatusCode, body: &Value) -> anyhow::Error {
    let detail = body.get("detail").and_then(Value::as_str).map_or_else(
        || format!("the server answered {status} and is perhaps no Enroll: check --server"),
        str::to_owned,
    );
    Refused { status, detail }.into()
}

/// A name as a segment of a path or a value of a query (RFC 3986 §2.3).
pub(crate) fn segment(text: &str) -> String {
    const KEPT: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEPT).to_string()
}

/// A time of an answer for people, to the second: nothing when it is not there.
pub(crate) fn moment(object: &Value, member: &str) -> String {
    text(object, member).parse::<Timestamp>().map(|time| format!("{time:.0}")).unwrap_or_default()
}

/// A member of an answer as text for a table: nothing when it is not there.
pub(crate) fn text(object: &Value, member: &str) -> String {
    match object.get(member) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}
