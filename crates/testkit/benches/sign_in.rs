//! What one sign-in costs: processor time from the posted response to the session, over HTTP, 16 at once; and of that the
//! verification alone. Keys are RSA of 2,048 bits.
//!
//! `cargo bench -p enroll-testkit --bench sign-in` prints a table. Processor time of a process says the same on a busy machine; it is
//! all of this process, so it includes the client that posts.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a bench prints, and stops at what it does not expect"
)]

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::{
    AttributeMapping, Certificate, Certificates, Connection as Sso, Endpoint, EntityId, IdentityProvider,
    Preset, ServiceProvider, Skew, begin, finish,
};
use enroll_service::Clock;
use enroll_testkit::idp::{Dialect, KeyKind, ResponseSpec, Signed, SigningKey};
use enroll_testkit::{Connection, TestServer, wire};
use serde_json::json;

/// The allocator of the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Sign-ins of one measurement.
const SIGN_INS: usize = 2_000;

/// Who sign in, in turn.
const USERS: usize = 200;

/// Sign-ins at once.
const AT_ONCE: usize = 16;

const ISSUER: &str = "https://idp.example/entity";
const FORMS: [(Dialect, Signed, &str); 2] = [
    (Dialect::Okta, Signed::Both, "response and assertion signed, as by Okta"),
    (Dialect::Entra, Signed::Assertion, "assertion signed, as by Entra ID"),
];

fn main() {
    let key = SigningKey::generate(KeyKind::Rsa2048);
    println!("| what | processor time of one | wall time of one | target |\n|---|---|---|---|");
    for form in FORMS {
        verification(&key, form);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    for form in FORMS {
        runtime.block_on(whole(&key, form));
    }
}

fn print(what: &str, processor: f64, wall: f64, count: usize, target: &str) {
    let each = |seconds: f64| seconds * 1e3 / count as f64;
    println!("| {what} | {:.2} ms | {:.2} ms | {target} |", each(processor), each(wall));
}

/// The processor time of this process so far, of all its threads, in seconds (`proc_pid_stat(5)`, in hundredths).
fn processor_time() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("the name of the program");
    let ticks = |field: usize| -> f64 {
        fields.split_ascii_whitespace().nth(field).and_then(|text| text.parse().ok()).expect("a number")
    };
    (ticks(11) + ticks(12)) / 100.0
}

/// `enroll_saml::finish` on its own.
fn verification(key: &SigningKey, (dialect, signed, form): (Dialect, Signed, &str)) {
    let service_provider = ServiceProvider {
        entity_id: EntityId::new("https://enroll.example/saml/metadata").expect("an entity ID"),
        acs: Endpoint::new("https://enroll.example/saml/acs").expect("a URL"),
        logout: None,
    };
    let certificate = Certificate::from_der(key.certificate()).expect("a certificate");
    let sso = Sso {
        identity_provider: IdentityProvider {
            entity_id: EntityId::new(ISSUER).expect("an entity ID"),
            sign_in: Endpoint::new("https://idp.example/sso").expect("a URL"),
            logout: None,
            certificates: Certificates::new([certificate]).expect("one certificate"),
        },
        allow_idp_initiated: false,
        skew: Skew::default(),
        mapping: AttributeMapping::preset(preset(dialect)),
    };
    let now = Clock::system().now();
    let begun = begin(&service_provider, &sso, now, &[7; 32]);
    let request = begun.pending.request_id.as_str();
    let (audience, acs) = (service_provider.entity_id.as_str(), service_provider.acs.as_str());
    let mut spec = ResponseSpec::new(dialect, ISSUER, audience, acs, Some(request), now);
    spec.signed = signed;
    let field = spec.form_field(key);
    let (processor, wall) = (processor_time(), Instant::now());
    for _ in 0..SIGN_INS {
        let finished = finish(&service_provider, &sso, Some(&begun.pending), &field, now);
        assert!(finished.outcome.is_ok(), "{:?}", finished.trace);
    }
    let what = format!("verification alone: {form}");
    print(&what, processor_time() - processor, wall.elapsed().as_secs_f64(), SIGN_INS, "");
}

/// From the posted response to the session, over HTTP.
async fn whole(key: &SigningKey, (dialect, signed, form): (Dialect, Signed, &str)) {
    let server = TestServer::start().await;
    let mut connection = Connection::open(server.address).await.expect("the server is there");
    let settings = json!({
        "entityId": ISSUER,
        "signInUrl": "https://idp.example/sso",
        "certificates": [key.certificate_base64()],
        "preset": if dialect == Dialect::Okta { "okta" } else { "entra" },
        "groups": "ignore",
    });
    let target = "/api/v1/directories/default/sso";
    let bytes = wire::request("PUT", target, &server.api_token, &settings.to_string());
    let bytes = String::from_utf8(bytes).expect("text").replace("application/scim+json", "application/json");
    let set = connection.send(bytes.as_bytes()).await.expect("an answer");
    assert_eq!(set.status, 200, "{}", String::from_utf8_lossy(&set.body));
    for number in 0..USERS {
        let user = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": format!("user.{number}@example.com"),
        });
        let bytes = wire::request("POST", "/scim/v2/Users", &server.scim_token, &user.to_string());
        assert_eq!(connection.send(&bytes).await.expect("an answer").status, 201);
    }

    let mut posts = Vec::with_capacity(SIGN_INS);
    for number in 0..SIGN_INS {
        posts.push(begun(&mut connection, &server, key, dialect, signed, number).await);
    }
    let (processor, wall) = (processor_time(), Instant::now());
    let clients: Vec<_> = posts
        .chunks(SIGN_INS.div_ceil(AT_ONCE))
        .map(|posts| {
            let (posts, address) = (posts.to_vec(), server.address);
            tokio::spawn(async move {
                let mut connection = Connection::open(address).await.expect("the server is there");
                for post in posts {
                    let answer = connection.send(&post).await.expect("an answer");
                    let body = String::from_utf8_lossy(&answer.body);
                    assert_eq!(answer.status, 303, "{body}");
                    let cookie = answer.header("set-cookie").expect("a cookie");
                    assert!(cookie.starts_with("enroll_session="), "{cookie}");
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no client fails");
    }
    let (processor, wall) = (processor_time() - processor, wall.elapsed().as_secs_f64());
    print(
        &format!("from the posted response to the session, {AT_ONCE} at once: {form}"),
        processor,
        wall,
        SIGN_INS,
        "at most 3 ms of processor time",
    );
    server.stop().await;
}

/// Begins a sign-in and gives the POST by which the identity provider answers it.
async fn begun(
    connection: &mut Connection,
    server: &TestServer,
    key: &SigningKey,
    dialect: Dialect,
    signed: Signed,
    number: usize,
) -> Vec<u8> {
    let begin = b"GET /saml/login HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let answer = connection.send(begin).await.expect("an answer");
    assert_eq!(answer.status, 303, "{}", String::from_utf8_lossy(&answer.body));
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).expect("a cookie");
    let location = answer.header("location").expect("an address");
    let location = reqwest::Url::parse(location).expect("a URL");
    let of = |name: &str| {
        location.query_pairs().find(|(known, _)| known == name).expect("a parameter").1.into_owned()
    };
    let packed = STANDARD.decode(of("SAMLRequest")).expect("base64");
    let xml = miniz_oxide::inflate::decompress_to_vec(&packed).expect("deflated");
    let xml = String::from_utf8(xml).expect("text");
    let request = xml.split(" ID=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");

    let base = format!("http://{}/saml", server.address);
    let (audience, acs) = (format!("{base}/metadata"), format!("{base}/acs"));
    let mut spec = ResponseSpec::new(dialect, ISSUER, &audience, &acs, Some(request), Clock::system().now());
    spec.signed = signed;
    spec.response_id = format!("_response{number}");
    spec.assertion_id = format!("_assertion{number}");
    spec.name_id = format!("user.{}@example.com", number % USERS);
    let mut form = reqwest::Url::parse("http://localhost/").expect("a URL");
    form.query_pairs_mut()
        .append_pair("SAMLResponse", &spec.form_field(key))
        .append_pair("RelayState", &of("RelayState"));
    let body = form.query().unwrap_or_default();
    let head = format!(
        "POST /saml/acs HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\norigin: https://idp.example\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    (head + body).into_bytes()
}

fn preset(dialect: Dialect) -> Preset {
    if dialect == Dialect::Okta { Preset::Okta } else { Preset::Entra }
}
