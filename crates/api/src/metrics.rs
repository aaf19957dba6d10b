//! `/metrics`: what operators watch, in the text format of OpenMetrics, which Prometheus reads.
//!
//! No name of a person, a directory or a token is a label: the number of series does not grow with the data.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use enroll_service::Service;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use crate::App;
use crate::surface::Surface;

/// The media type of OpenMetrics text.
const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of the durations that are counted apart, in seconds: from a look-up in memory to the limit of a request.
const BOUNDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// What is counted. Clones share it.
#[derive(Clone)]
pub(crate) struct Metrics(Arc<Inner>);

struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<DurationLabels, Histogram>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    surface: &'static str,
    method: &'static str,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DurationLabels {
    surface: &'static str,
    method: &'static str,
}

impl Metrics {
    pub(crate) fn new(service: Service) -> Self {
        let requests = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(BOUNDS)) as fn() -> Histogram);
        let mut registry = Registry::with_prefix("enroll");
        registry.register("requests", "Requests answered; 499: the client did not wait", requests.clone());
        registry.register(
            "request_duration_seconds",
            "Time from a request's head to its answer",
            durations.clone(),
        );
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version that runs", build);
        registry.register_collector(Box::new(OfService(service)));
        Self(Arc::new(Inner { registry, requests, durations }))
    }

    /// Counts a request. `method` is from a closed list: a client cannot make a series.
    pub(crate) fn observe(&self, surface: Surface, method: &'static str, status: u16, took: Duration) {
        let surface = match surface {
            Surface::Scim => "scim",
            Surface::Api => "api",
        };
        self.0.requests.get_or_create(&RequestLabels { surface, method, status }).inc();
        self.0.durations.get_or_create(&DurationLabels { surface, method }).observe(took.as_secs_f64());
    }

    fn answer(&self) -> Response {
        let mut body = String::new();
        match text::encode(&mut body, &self.0.registry) {
            Ok(()) => ([(CONTENT_TYPE, HeaderValue::from_static(OPENMETRICS))], body).into_response(),
            Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    /// `/metrics` alone, for a listener of its own.
    pub(crate) fn router(self) -> Router {
        let answer = |State(metrics): State<Self>| async move { metrics.answer() };
        Router::new().route("/metrics", get(answer)).with_state(self)
    }
}

/// `GET /metrics` of the main listener: 404 unless the configuration shows it there.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    if app.config().metrics {
        return app.metrics().answer();
    }
    Surface::Api.refuse(
        StatusCode::NOT_FOUND,
        "metrics are not shown here: set metrics_listen for a listener of their own, or metrics to on",
    )
}

/// What the service counts by itself, read when somebody asks.
#[derive(Debug)]
struct OfService(Service);

impl Collector for OfService {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let load = self.0.load();
        let dropped = self.0.request_log().map_or(0, enroll_service::RequestLog::dropped);
        let counters = [
            ("store_commits", "Commits: one synchronisation of the disk each", load.commits),
            ("store_writes", "Changes committed; divided by the commits, how many share one", load.writes),
            ("store_checkpoints", "Copies of the write-ahead log into the database file", load.checkpoints),
            ("request_log_dropped", "Requests that the request log could not keep up with", dropped),
        ];
        for (name, help, value) in counters {
            let metric = ConstCounter::new(value);
            metric.encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)?;
        }
        let waiting = ConstGauge::new(i64::try_from(load.waiting_writes).unwrap_or(i64::MAX));
        let help = "Changes that wait for the writer or are being made";
        waiting.encode(encoder.encode_descriptor(
            "store_waiting_writes",
            help,
            None,
            MetricType::Gauge,
        )?)?;
        let ready = ConstGauge::new(i64::from(self.0.ready().is_ok()));
        let help = "1 while the store can be written";
        ready.encode(encoder.encode_descriptor("store_ready", help, None, MetricType::Gauge)?)
    }
}
