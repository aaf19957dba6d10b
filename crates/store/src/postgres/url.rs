//! Where the database is.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

/// How long one host may take until a connection to it can be used, if the URL does not say.
pub(super) const CONNECT: Duration = Duration::from_secs(3);

/// How long the network may leave what was sent without an answer before the connection counts as broken.
const SILENCE: Duration = Duration::from_secs(10);

/// How often a host that says nothing is asked whether it is there.
const KEEPALIVE: Duration = Duration::from_secs(10);

/// `postgres://user:password@host:port,host:port/database?parameters`, as `psql` takes it. It is shown without its password.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(super) config: Config,
    /// Certificates of the authority that signed the server's, in PEM; the system's if none.
    pub(super) roots: Option<PathBuf>,
    shown: String,
}

/// The URL is none, or says what cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidUrl(String);

impl DatabaseUrl {
    /// Whether every host is this machine.
    fn is_local(config: &Config) -> bool {
        config.get_hosts().iter().all(|host| match host {
            Host::Tcp(name) => {
                name == "localhost" || name.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
            }
            #[cfg(unix)]
            Host::Unix(_) => true,
        })
    }

    /// One configuration for each host, in the order of the URL, with its name as it is shown.
    pub(super) fn hosts(&self) -> Vec<(String, Config)> {
        let (hosts, addresses, ports) =
            (self.config.get_hosts(), self.config.get_hostaddrs(), self.config.get_ports());
        let one = |(place, host): (usize, &Host)| {
            let port = ports.get(place).or_else(|| ports.first()).copied().unwrap_or(5432);
            let mut config = self.without_hosts();
            config.port(port);
            if let Some(address) = addresses.get(place) {
                config.hostaddr(*address);
            }
            let shown = match host {
                Host::Tcp(name) => {
                    config.host(name);
                    format!("{name}:{port}")
                }
                #[cfg(unix)]
                Host::Unix(folder) => {
                    config.host_path(folder);
                    folder.display().to_string()
                }
            };
            (shown, config)
        };
        hosts.iter().enumerate().map(one).collect()
    }

    /// Everything but the hosts.
    fn without_hosts(&self) -> Config {
        let (given, mut config) = (&self.config, Config::new());
        given.get_user().map(|user| config.user(user));
        given.get_password().map(|password| config.password(password));
        given.get_dbname().map(|name| config.dbname(name));
        given.get_options().map(|options| config.options(options));
        given.get_application_name().map(|name| config.application_name(name));
        given.get_connect_timeout().map(|time| config.connect_timeout(*time));
        given.get_tcp_user_timeout().map(|time| config.tcp_user_timeout(*time));
        given.get_keepalives_interval().map(|time| config.keepalives_interval(time));
        given.get_keepalives_retries().map(|times| config.keepalives_retries(times));
        config
            .keepalives(given.get_keepalives())
            .keepalives_idle(given.get_keepalives_idle())
            .ssl_mode(given.get_ssl_mode())
            .ssl_negotiation(given.get_ssl_negotiation())
            .channel_binding(given.get_channel_binding())
            .target_session_attrs(given.get_target_session_attrs());
        config
    }
}

impl FromStr for DatabaseUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let wrong = |what: &str| Err(InvalidUrl(what.to_owned()));
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return wrong(
                "a database URL begins with postgres://, as in postgres://enroll:secret@db.example.com/enroll",
            );
        }
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let (mut mode, mut roots, mut kept) = (None, None, Vec::new());
        for part in query.split('&').filter(|part| !part.is_empty()) {
            match part.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => {
                    roots = Some(PathBuf::from(percent_decode_str(value).decode_utf8_lossy().into_owned()));
                }
                _ => kept.push(part),
            }
        }
        let mut config: Config = format!("{base}?{}", kept.join("&"))
            .parse()
            .map_err(|error: tokio_postgres::Error| InvalidUrl(super::failure::sentence(&error)))?;
        if config.get_hosts().is_empty() {
            return wrong("the database URL names no host");
        }
        config.ssl_mode(match mode {
            Some("disable") => SslMode::Disable,
            Some("require" | "verify-full") => SslMode::Require,
            None if Self::is_local(&config) => SslMode::Disable,
            None => SslMode::Require,
            Some(_) => {
                return wrong(
                    "sslmode is verify-full (TLS, and the server's certificate and name are checked) or disable (no TLS)",
                );
            }
        });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        // Who reads or copies all there is waits without a limit of time, and is to notice a host that is gone without a word.
        if !kept.iter().any(|part| part.starts_with("keepalives")) {
            config.keepalives_idle(SILENCE).keepalives_interval(KEEPALIVE).keepalives_retries(3);
        }
        if config.get_application_name().is_none() {
            config.application_name("enroll");
        }
        // Every connection has to see what was written a moment ago: none may be to a standby.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, roots, shown: redact(text) })
    }
}

/// The same URL without a password in it.
fn redact(text: &str) -> String {
    let (scheme, rest) = text.split_once("://").unwrap_or(("postgres", text));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    // A password may hold an `@` that nobody encoded: the last one counts.
    let rest = match rest.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:***@{host}"),
            None => format!("{login}@{host}"),
        },
        None => rest.to_owned(),
    };
    let query = query.map(|query| {
        let parts =
            query.split('&').map(|part| if part.starts_with("password=") { "password=***" } else { part });
        format!("?{}", parts.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{rest}{}", query.unwrap_or_default())
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.shown)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&self.shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<DatabaseUrl, InvalidUrl> {
        text.parse()
    }

    #[test]
    fn the_password_is_never_shown() {
        for text in [
            "postgres://ada:hunter2@db.example.com/enroll",
            "postgres://ada:hun@hunter2@db.example.com/enroll?sslmode=verify-full",
            "postgresql://ada@db.example.com/enroll?password=hunter2&connect_timeout=3",
        ] {
            let url = url(text).unwrap();
            for shown in [url.to_string(), format!("{url:?}")] {
                assert!(!shown.contains("hunter2") && shown.contains("db.example.com"), "{shown}");
            }
        }
    }

    #[test]
    fn tls_is_used_and_checked_wherever_the_network_is_between() {
        let mode = |text: &str| url(text).unwrap().config.get_ssl_mode();
        assert_eq!(mode("postgres://u@db.example.com/e"), SslMode::Require);
        assert_eq!(mode("postgres://u@db.example.com/e?sslmode=verify-full"), SslMode::Require);
        assert_eq!(mode("postgres://u@db.example.com/e?sslmode=disable"), SslMode::Disable);
        assert_eq!(mode("postgres://u@127.0.0.1,[::1],localhost/e"), SslMode::Disable);
        assert_eq!(mode("postgres://u@127.0.0.1,db.example.com/e"), SslMode::Require);
        for weak in ["prefer", "allow", "verify-ca", ""] {
            let error = url(&format!("postgres://u@db.example.com/e?sslmode={weak}")).unwrap_err();
            assert!(error.to_string().contains("verify-full"), "{error}");
        }
    }

    #[test]
    fn several_hosts_are_tried_for_the_one_that_can_be_written() {
        let url = url("postgres://u@a:5433,b/e?target_session_attrs=any").unwrap();
        assert_eq!((url.config.get_hosts().len(), url.config.get_ports()), (2, &[5433, 5432][..]));
        assert_eq!(url.config.get_target_session_attrs(), TargetSessionAttrs::ReadWrite);
    }

    #[test]
    fn each_host_is_tried_with_all_that_the_url_says() {
        let text =
            "postgres://ada:pw@a:5433,b:5434/e?connect_timeout=7&options=-c%20geqo%3Doff&keepalives_idle=9";
        let url = url(text).unwrap();
        let hosts = url.hosts();
        assert_eq!(hosts.iter().map(|(shown, _)| shown.as_str()).collect::<Vec<_>>(), ["a:5433", "b:5434"]);
        let mut whole = url.without_hosts();
        whole.host("a").host("b").port(5433).port(5434);
        assert_eq!(whole, url.config, "nothing is left out");
        assert_eq!(
            (hosts[1].1.get_hosts(), hosts[1].1.get_ports()),
            (&[Host::Tcp("b".into())][..], &[5434][..])
        );
    }

    #[test]
    fn what_is_no_url_is_refused_with_an_example() {
        for text in ["", "mysql://u@h/d", "host=h user=u", "postgres:///enroll"] {
            assert!(url(text).is_err(), "{text}");
        }
        assert!(url("db.example.com").unwrap_err().to_string().contains("postgres://enroll:secret@"));
    }
}
