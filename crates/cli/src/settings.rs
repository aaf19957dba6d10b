//! Configuration: flags win over the environment (`ENROLL_*`), the environment over `enroll.toml`, the file over defaults.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::{Args, ValueEnum};
use enroll_api::{InvalidNetwork, Network};
use enroll_jobs::AllowedNetworks;
use enroll_service::{PublicUrl, SessionLimits};
use enroll_store::DatabaseUrl;
use serde::{Deserialize, Serialize};

use crate::logging::LogFormat;

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SettingsFlags {
    /// Configuration file; ./enroll.toml is read when it is there [env: ENROLL_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Folder of the embedded database [default: ./enroll-data] [env: ENROLL_DATA_DIR]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data_dir: Option<String>,
    /// PostgreSQL database to use instead of the embedded one: postgres://USER:PASSWORD@HOST/DATABASE; the environment keeps the
    /// password out of lists of processes [env: ENROLL_DATABASE_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Address to listen on [default: 127.0.0.1:8080] [env: ENROLL_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// URL under which identity providers reach the service [default: http:// and the listen address] [env: ENROLL_PUBLIC_URL]
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// Rate limits, of each token and session, and of each address at the sign-in: on or off [default: on] [env: ENROLL_RATE_LIMIT]
    #[arg(long, global = true, value_name = "on|off")]
    pub(crate) rate_limit: Option<String>,
    /// Whether queries may have filters in the URL, where proxies may log them: on or off [default: on] [env: ENROLL_URL_FILTERS]
    #[arg(long, global = true, value_name = "on|off")]
    pub(crate) url_filters: Option<String>,
    /// Proxies in front of the server whose X-Forwarded-For or Forwarded is believed: addresses or networks, separated by commas
    /// [default: none] [env: ENROLL_TRUSTED_PROXIES]
    #[arg(long, global = true, value_name = "CIDR,...")]
    pub(crate) trusted_proxies: Option<String>,
    /// Days for which the request log is kept; 0 for no request log [default: 7] [env: ENROLL_REQUEST_LOG_DAYS]
    #[arg(long, global = true, value_name = "DAYS")]
    pub(crate) request_log_days: Option<String>,
    /// Requests that the request log keeps at most [default: 100000] [env: ENROLL_REQUEST_LOG_ENTRIES]
    #[arg(long, global = true, value_name = "NUMBER")]
    pub(crate) request_log_entries: Option<String>,
    /// Address of a listener for /metrics alone [default: none] [env: ENROLL_METRICS_LISTEN]
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub(crate) metrics_listen: Option<String>,
    /// Whether /metrics is shown on the main listener, to everybody: on or off [default: off] [env: ENROLL_METRICS]
    #[arg(long, global = true, value_name = "on|off")]
    pub(crate) metrics: Option<String>,
    /// Days that events are kept for the feed and webhooks, 1 to 3650 [default: 30] [env: ENROLL_KEEP_EVENTS_DAYS]
    #[arg(long, global = true, value_name = "DAYS")]
    pub(crate) keep_events_days: Option<String>,
    /// Networks that are not public and that webhooks, the metadata of identity providers and logout URIs of clients may be reached in,
    /// with commas between, such as 10.1.0.0/16 [default: none] [env: ENROLL_OUTBOUND_ALLOW_PRIVATE]
    #[arg(long, global = true, value_name = "NETWORKS")]
    pub(crate) outbound_allow_private: Option<String>,
    /// Hours after which the metadata of identity providers is fetched again, 1 to 720 [default: 24]
    /// [env: ENROLL_METADATA_REFRESH_HOURS]
    #[arg(long, global = true, value_name = "HOURS")]
    pub(crate) metadata_refresh_hours: Option<String>,
    /// Minutes after which a session ends that is not used, 5 to 1440 [default: 60] [env: ENROLL_SESSION_IDLE_MINUTES]
    #[arg(long, global = true, value_name = "MINUTES")]
    pub(crate) session_idle_minutes: Option<String>,
    /// Hours after which a session ends, however much it is used, 1 to 720 [default: 12] [env: ENROLL_SESSION_HOURS]
    #[arg(long, global = true, value_name = "HOURS")]
    pub(crate) session_hours: Option<String>,
    /// Log level or filter [default: info] [env: ENROLL_LOG]
    #[arg(long, global = true, value_name = "FILTER")]
    pub(crate) log: Option<String>,
    /// Form of log lines: auto, json or text [default: auto] [env: ENROLL_LOG_FORMAT]
    #[arg(long, global = true, value_name = "FORMAT")]
    pub(crate) log_format: Option<String>,
}

/// What `enroll.toml` may say. Unknown keys are errors.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data_dir: Option<String>,
    database_url: Option<String>,
    listen: Option<String>,
    public_url: Option<String>,
    rate_limit: Option<String>,
    url_filters: Option<String>,
    trusted_proxies: Option<String>,
    metrics_listen: Option<String>,
    metrics: Option<String>,
    request_log_days: Option<String>,
    request_log_entries: Option<String>,
    keep_events_days: Option<String>,
    outbound_allow_private: Option<String>,
    metadata_refresh_hours: Option<String>,
    session_idle_minutes: Option<String>,
    session_hours: Option<String>,
    log: Option<String>,
    log_format: Option<String>,
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// `enroll.toml`.
    File,
    /// An `ENROLL_*` variable.
    Environment,
    /// The command line.
    Flag,
}

/// One line of `enroll config`.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct InForce {
    /// The key, as in `enroll.toml`.
    pub(crate) key: &'static str,
    /// The value.
    pub(crate) value: String,
    /// Where it came from.
    pub(crate) origin: Origin,
}

/// What is in force.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) data_dir: PathBuf,
    /// The embedded database if none.
    pub(crate) database_url: Option<DatabaseUrl>,
    pub(crate) listen: SocketAddr,
    pub(crate) public_url: PublicUrl,
    pub(crate) rate_limit: bool,
    pub(crate) url_filters: bool,
    pub(crate) trusted_proxies: Vec<Network>,
    pub(crate) metrics_listen: Option<SocketAddr>,
    pub(crate) metrics: bool,
    /// Days for which the request log is kept; 0 for none.
    pub(crate) request_log_days: u32,
    pub(crate) request_log_entries: u32,
    pub(crate) keep_events: Duration,
    pub(crate) outbound_networks: AllowedNetworks,
    pub(crate) metadata_every: Duration,
    pub(crate) session_limits: SessionLimits,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
    /// The same as text, with origins, for `enroll config`.
    pub(crate) in_force: Vec<InForce>,
}

/// Reads one variable of the environment.
type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Settings {
    /// Puts flags, environment and file together.
    pub(crate) fn load(flags: &SettingsFlags) -> anyhow::Result<Self> {
        Self::from_sources(flags, &|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn from_sources(flags: &SettingsFlags, environment: Environment<'_>) -> anyhow::Result<Self> {
        let named = flags.config.clone().or_else(|| environment("ENROLL_CONFIG").map(PathBuf::from));
        let file = read_file(named.as_deref())?;
        let mut picker = Picker { environment, in_force: Vec::new() };
        let data_dir = picker.pick("data_dir", flags.data_dir.as_ref(), file.data_dir, "./enroll-data")?;
        let database_url = picker.pick_database(flags.database_url.as_ref(), file.database_url)?;
        let listen: SocketAddr =
            picker.pick("listen", flags.listen.as_ref(), file.listen, "127.0.0.1:8080")?;
        let public_url = picker.pick(
            "public_url",
            flags.public_url.as_ref(),
            file.public_url,
            &format!("http://{listen}"),
        )?;
        let rate_limit: Switch =
            picker.pick("rate_limit", flags.rate_limit.as_ref(), file.rate_limit, "on")?;
        let url_filters: Switch =
            picker.pick("url_filters", flags.url_filters.as_ref(), file.url_filters, "on")?;
        let proxies: Networks =
            picker.pick("trusted_proxies", flags.trusted_proxies.as_ref(), file.trusted_proxies, "")?;
        let metrics_listen: PerhapsAddress =
            picker.pick("metrics_listen", flags.metrics_listen.as_ref(), file.metrics_listen, "")?;
        let metrics: Switch = picker.pick("metrics", flags.metrics.as_ref(), file.metrics, "off")?;
        let days: Bounded<0, 365> =
            picker.pick("request_log_days", flags.request_log_days.as_ref(), file.request_log_days, "7")?;
        let entries: Bounded<100, 10_000_000> = picker.pick(
            "request_log_entries",
            flags.request_log_entries.as_ref(),
            file.request_log_entries,
            "100000",
        )?;
        let keep: Bounded<1, 3650> =
            picker.pick("keep_events_days", flags.keep_events_days.as_ref(), file.keep_events_days, "30")?;
        let outbound_networks = picker.pick(
            "outbound_allow_private",
            flags.outbound_allow_private.as_ref(),
            file.outbound_allow_private,
            "",
        )?;
        let metadata: Bounded<1, 720> = picker.pick(
            "metadata_refresh_hours",
            flags.metadata_refresh_hours.as_ref(),
            file.metadata_refresh_hours,
            "24",
        )?;
        let idle: Bounded<5, 1440> = picker.pick(
            "session_idle_minutes",
            flags.session_idle_minutes.as_ref(),
            file.session_idle_minutes,
            "60",
        )?;
        let longest: Bounded<1, 720> =
            picker.pick("session_hours", flags.session_hours.as_ref(), file.session_hours, "12")?;
        let log = picker.pick("log", flags.log.as_ref(), file.log, "info")?;
        let log_format: FormatWord =
            picker.pick("log_format", flags.log_format.as_ref(), file.log_format, "auto")?;
        Ok(Self {
            data_dir,
            database_url,
            listen,
            public_url,
            rate_limit: rate_limit.0,
            url_filters: url_filters.0,
            trusted_proxies: proxies.0,
            metrics_listen: metrics_listen.0,
            metrics: metrics.0,
            request_log_days: days.0,
            request_log_entries: entries.0,
            keep_events: Duration::from_secs(u64::from(keep.0) * 24 * 60 * 60),
            outbound_networks,
            metadata_every: Duration::from_secs(u64::from(metadata.0) * 60 * 60),
            session_limits: SessionLimits {
                idle: Duration::from_secs(u64::from(idle.0) * 60),
                longest: Duration::from_secs(u64::from(longest.0) * 60 * 60),
            },
            log,
            log_format: log_format.0,
            in_force: picker.in_force,
        })
    }
}

struct Picker<'a> {
    environment: Environment<'a>,
    in_force: Vec<InForce>,
}

impl Picker<'_> {
    fn pick<T>(
        &mut self,
        key: &'static str,
        flag: Option<&String>,
        file: Option<String>,
        default: &str,
    ) -> anyhow::Result<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        let (value, origin) = self.source(key, flag, file).unwrap_or((default.to_owned(), Origin::Default));
        let parsed =
            value.parse().map_err(|error| anyhow!("{} is {value:?}: {error}", said_by(key, origin)))?;
        self.in_force.push(InForce { key, value, origin });
        Ok(parsed)
    }

    /// The URL of the database. It may hold a password, so that it is never shown as it was given.
    fn pick_database(
        &mut self,
        flag: Option<&String>,
        file: Option<String>,
    ) -> anyhow::Result<Option<DatabaseUrl>> {
        let key = "database_url";
        let Some((value, origin)) = self.source(key, flag, file) else {
            let value = "none: the embedded database in data_dir".to_owned();
            self.in_force.push(InForce { key, value, origin: Origin::Default });
            return Ok(None);
        };
        let url: DatabaseUrl = value.parse().map_err(|error| anyhow!("{}: {error}", said_by(key, origin)))?;
        self.in_force.push(InForce { key, value: url.to_string(), origin });
        Ok(Some(url))
    }

    /// What was said, by whoever comes first.
    fn source(&self, key: &str, flag: Option<&String>, file: Option<String>) -> Option<(String, Origin)> {
        let environment = || (self.environment)(&format!("ENROLL_{}", key.to_uppercase()));
        flag.map(|value| (value.clone(), Origin::Flag))
            .or_else(|| environment().map(|value| (value, Origin::Environment)))
            .or_else(|| file.map(|value| (value, Origin::File)))
    }
}

/// The name of a setting where it was set.
fn said_by(key: &str, origin: Origin) -> String {
    match origin {
        Origin::Flag => format!("--{}", key.replace('_', "-")),
        Origin::Environment => format!("ENROLL_{}", key.to_uppercase()),
        Origin::File => format!("{key} in the configuration file"),
        Origin::Default => key.to_owned(),
    }
}

fn read_file(named: Option<&Path>) -> anyhow::Result<File> {
    let path = named.unwrap_or(Path::new("enroll.toml"));
    if named.is_none() && !path.exists() {
        return Ok(File::default());
    }
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{} is not a valid configuration", path.display()))
}

struct Switch(bool);

impl FromStr for Switch {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "on" => Ok(Self(true)),
            "off" => Ok(Self(false)),
            _ => Err("say on or off"),
        }
    }
}

/// An address, or nothing.
struct PerhapsAddress(Option<SocketAddr>);

impl FromStr for PerhapsAddress {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.is_empty() { Ok(Self(None)) } else { text.parse().map(|address| Self(Some(address))) }
    }
}

/// Networks, separated by commas.
struct Networks(Vec<Network>);

impl FromStr for Networks {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
        networks.map(str::parse).collect::<Result<_, _>>().map(Self)
    }
}

/// A whole number between two others.
struct Bounded<const LOWEST: u32, const HIGHEST: u32>(u32);

impl<const LOWEST: u32, const HIGHEST: u32> FromStr for Bounded<LOWEST, HIGHEST> {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = text.parse().ok().filter(|number| (LOWEST..=HIGHEST).contains(number));
        number.map(Self).ok_or_else(|| format!("say a whole number from {LOWEST} to {HIGHEST}"))
    }
}

struct FormatWord(LogFormat);

impl FromStr for FormatWord {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        LogFormat::from_str(text, false).map(Self).map_err(|_| "say auto, json or text")
    }
}

#[cfg(test)]
mod tests {
    use super::{Origin, Settings, SettingsFlags};

    fn load(flags: &SettingsFlags, environment: &[(&str, &str)], file: &str) -> anyhow::Result<Settings> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("enroll.toml");
        std::fs::write(&path, file).unwrap();
        let flags = SettingsFlags { config: Some(path), ..flags.clone() };
        Settings::from_sources(&flags, &|name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    fn origin(settings: &Settings, key: &str) -> Origin {
        settings.in_force.iter().find(|line| line.key == key).unwrap().origin
    }

    #[test]
    fn flags_win_over_environment_over_file_over_defaults() {
        let flags = SettingsFlags { listen: Some("127.0.0.1:1".into()), ..SettingsFlags::default() };
        let environment = [("ENROLL_LISTEN", "127.0.0.1:2"), ("ENROLL_DATA_DIR", "/e")];
        let settings =
            load(&flags, &environment, "listen = \"127.0.0.1:3\"\ndata_dir = \"/f\"\nlog = \"debug\"")
                .unwrap();
        assert_eq!(settings.listen.port(), 1);
        assert_eq!(settings.data_dir.to_str(), Some("/e"));
        assert_eq!(settings.log, "debug");
        assert_eq!(settings.public_url.as_str(), "http://127.0.0.1:1");
        assert_eq!(origin(&settings, "listen"), Origin::Flag);
        assert_eq!(origin(&settings, "data_dir"), Origin::Environment);
        assert_eq!(origin(&settings, "log"), Origin::File);
        assert_eq!(origin(&settings, "rate_limit"), Origin::Default);
    }

    #[test]
    fn proxies_and_numbers_are_checked() {
        let good = [("ENROLL_TRUSTED_PROXIES", "10.0.0.0/8, ::1"), ("ENROLL_REQUEST_LOG_DAYS", "0")];
        let settings = load(&SettingsFlags::default(), &good, "metrics_listen = \"127.0.0.1:9090\"").unwrap();
        assert_eq!((settings.trusted_proxies.len(), settings.request_log_days), (2, 0));
        assert_eq!(settings.metrics_listen.unwrap().port(), 9090);
        for (name, value) in [
            ("ENROLL_TRUSTED_PROXIES", "everybody"),
            ("ENROLL_REQUEST_LOG_DAYS", "366"),
            ("ENROLL_REQUEST_LOG_ENTRIES", "10"),
            ("ENROLL_METRICS_LISTEN", "here"),
        ] {
            let error = load(&SettingsFlags::default(), &[(name, value)], "").unwrap_err();
            assert!(error.to_string().starts_with(&format!("{name} is \"{value}\": ")), "{error}");
        }
    }

    #[test]
    fn limits_of_sessions_and_the_refresh_of_metadata_are_settings() {
        let settings = load(&SettingsFlags::default(), &[], "session_hours = \"8\"").unwrap();
        let seconds = |time: std::time::Duration| time.as_secs();
        let limits = settings.session_limits;
        assert_eq!((seconds(limits.idle), seconds(limits.longest)), (3600, 8 * 3600));
        assert_eq!(seconds(settings.metadata_every), 86_400);
        assert_eq!(origin(&settings, "session_hours"), Origin::File);
        for (name, value) in [
            ("ENROLL_SESSION_IDLE_MINUTES", "4"),
            ("ENROLL_SESSION_HOURS", "721"),
            ("ENROLL_METADATA_REFRESH_HOURS", "0"),
        ] {
            let error = load(&SettingsFlags::default(), &[(name, value)], "").unwrap_err();
            assert!(error.to_string().starts_with(&format!("{name} is \"{value}\": ")), "{error}");
        }
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let error = load(&SettingsFlags::default(), &[], "lisen = \"127.0.0.1:3\"").unwrap_err();
        assert!(format!("{error:#}").contains("lisen"), "{error:#}");
    }

    #[test]
    fn a_wrong_value_is_refused_with_who_said_it() {
        let error = load(&SettingsFlags::default(), &[("ENROLL_RATE_LIMIT", "maybe")], "").unwrap_err();
        assert_eq!(error.to_string(), "ENROLL_RATE_LIMIT is \"maybe\": say on or off");
        for days in ["0", "3651", "-1", "a month"] {
            let error =
                load(&SettingsFlags::default(), &[("ENROLL_KEEP_EVENTS_DAYS", days)], "").unwrap_err();
            assert!(error.to_string().ends_with("say a whole number from 1 to 3650"), "{error}");
        }
    }

    #[test]
    fn the_password_of_the_database_is_in_no_setting_that_is_shown_and_in_no_error() {
        let load = |url| load(&SettingsFlags::default(), &[("ENROLL_DATABASE_URL", url)], "");
        let settings = load("postgres://ada:hunter2@db.example.com/enroll").unwrap();
        let shown = settings.in_force.iter().find(|line| line.key == "database_url").unwrap();
        assert_eq!(shown.value, "postgres://ada:***@db.example.com/enroll");
        assert!(!format!("{settings:?}").contains("hunter2"));
        for wrong in ["mysql://ada:hunter2@db/enroll", "postgres://ada:hunter2@db/enroll?sslmode=prefer"] {
            let error = format!("{:#}", load(wrong).unwrap_err());
            assert!(error.starts_with("ENROLL_DATABASE_URL: ") && !error.contains("hunter2"), "{error}");
        }
    }
}
