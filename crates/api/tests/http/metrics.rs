//! `/metrics`: for operators, where the configuration shows it.

use enroll_api::{HttpConfig, Server};

use crate::site::{Site, reply};

fn config(metrics: bool) -> HttpConfig {
    HttpConfig { rate_limit: None, metrics, ..HttpConfig::default() }
}

/// The value of a series.
fn value(text: &str, series: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok())
}

#[tokio::test]
async fn metrics_count_requests_commits_and_what_the_log_has_dropped() {
    let site = Site::with(config(true)).await;
    site.user("ada").await;
    site.get("/scim/v2/Users").await;
    site.get("/scim/v2/Users").await;
    let answer = reply(site.bare("GET", "/metrics")).await;
    assert_eq!(answer.status, 200);
    let text = &answer.text;
    let requests = |method: &str, status: u16| {
        value(
            text,
            &format!("enroll_requests_total{{surface=\"scim\",method=\"{method}\",status=\"{status}\"}}"),
        )
    };
    assert_eq!((requests("GET", 200), requests("POST", 201)), (Some(2.0), Some(1.0)), "{text}");
    let durations = "enroll_request_duration_seconds_count{surface=\"scim\",method=\"GET\"}";
    assert_eq!(value(text, durations), Some(2.0), "{text}");
    assert!(value(text, "enroll_store_commits_total").unwrap() >= 1.0, "{text}");
    assert!(value(text, "enroll_store_writes_total").unwrap() >= 1.0, "{text}");
    assert_eq!(value(text, "enroll_store_waiting_writes"), Some(0.0), "{text}");
    assert_eq!(value(text, "enroll_request_log_dropped_total"), Some(0.0), "{text}");
    assert!(text.contains("enroll_build_info{version="), "{text}");
    assert!(!text.contains("ada") && !text.contains("default"), "no name is a label: {text}");
}

#[tokio::test]
async fn metrics_are_on_the_main_listener_only_where_the_configuration_says_so() {
    let site = Site::with(config(false)).await;
    assert_eq!(reply(site.bare("GET", "/metrics")).await.status, 404);
    let server = Server::new(site.service.clone(), config(false));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(server.metrics_server().serve(listener, std::future::pending()));
    let answer = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().ends_with("# EOF\n"));
    let other = reqwest::get(format!("http://{address}/api/v1/organizations")).await.unwrap();
    assert_eq!(other.status(), 404, "nothing else is there");
    serving.abort();
}
