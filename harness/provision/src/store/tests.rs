//! Stores of a user behind TLS: a server on the loopback that answers each request with one text.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::Arc;

use rstest::rstest;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{GivenStore, Store, StoreCredentials, StoreTrouble, Transport};
use crate::certificates::Authority;

const TOKEN: &str = "the-session-token";
const LISTING: &str = "<ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated>\
                       </ListBucketResult>";

/// A server on the loopback. Its thread ends with the test.
struct Server {
    address: String,
    authority: Authority,
}

impl Server {
    fn start(is_tls: bool, status: u16, body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let authority = Authority::new().expect("an authority");
        let tls = is_tls.then(|| Arc::new(tls(&authority)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // The client decides whether a connection fails.
                let _ = match &tls {
                    None => answer(stream, status, body),
                    Some(tls) => {
                        let tls = ServerConnection::new(Arc::clone(tls)).expect("a connection");
                        answer(StreamOwned::new(tls, stream), status, body)
                    }
                };
            }
        });
        Self { address, authority }
    }

    fn store(&self, transport: Transport) -> GivenStore {
        let [user, password, token] = ["the-user", "the-password", TOKEN].map(str::to_owned);
        GivenStore {
            reached: self.address.clone(),
            endpoint: self.address.clone(),
            transport,
            region: None,
            style: None,
            bucket: "b".to_owned(),
            credentials: StoreCredentials::Keys { user, password, session_token: Some(token) },
        }
    }
}

fn tls(authority: &Authority) -> ServerConfig {
    let made = authority.server("store", &["127.0.0.1"]).expect("a certificate");
    let certificate = CertificateDer::from_pem_slice(made.certificate.as_bytes()).expect("PEM");
    let key = PrivateKeyDer::from_pem_slice(made.key.as_bytes()).expect("PEM");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a key that fits")
}

/// Answers one request, which has no body.
fn answer(stream: impl Read + Write, status: u16, body: &str) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    // A server without TLS answers the first message of TLS too.
    while stream.fill_buf()?.is_ascii() && stream.read_line(&mut line)? > 2 {
        line.clear();
    }
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} -\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.get_mut().write_all(answer.as_bytes())?;
    stream.get_mut().flush()
}

/// The authorities that the client knows.
enum Known {
    /// No TLS.
    Plain,
    Own,
    Another,
    OfTheMachine,
}

#[rstest]
#[case::plain(false, Known::Plain, None)]
#[case::own_authority(true, Known::Own, None)]
#[case::another_authority(true, Known::Another, Some(StoreTrouble::Certificate))]
#[case::authorities_of_the_machine(true, Known::OfTheMachine, Some(StoreTrouble::Certificate))]
#[case::server_without_tls(false, Known::Own, Some(StoreTrouble::ServerIsPlain))]
#[tokio::test]
async fn tls_of_a_store(
    #[case] is_tls: bool,
    #[case] known: Known,
    #[case] expected: Option<StoreTrouble>,
) {
    let server = Server::start(is_tls, 200, LISTING);
    let ca = |authority: &Authority| Some(authority.certificate().to_owned());
    let transport = match known {
        Known::Plain => Transport::Plain,
        Known::Own => Transport::Tls { ca: ca(&server.authority) },
        Known::Another => Transport::Tls { ca: ca(&Authority::new().expect("an authority")) },
        Known::OfTheMachine => Transport::Tls { ca: None },
    };
    let store = Store::of(&server.store(transport)).await.expect("keys");
    let problem = store.examine("ns/").await.err();
    assert_eq!(problem.as_ref().map(|problem| problem.trouble().clone()), expected, "{problem:?}");
    if let Some(problem) = problem {
        let words = problem.to_string();
        assert!(words.starts_with(&format!("failed to list bucket b at {}: ", server.address)));
        assert!(problem.hint().is_some_and(|hint| hint.contains("--store")), "{problem:?}");
    }
}

/// As the servers of Go answer.
#[tokio::test]
async fn http_to_a_server_with_tls() {
    let server = Server::start(false, 400, "Client sent an HTTP request to an HTTPS server.");
    let store = Store::of(&server.store(Transport::Plain)).await.expect("keys");
    let problem = store.examine("").await.expect_err("refused");
    assert_eq!(*problem.trouble(), StoreTrouble::ServerIsTls, "{problem:?}");
}

#[tokio::test]
async fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = Server::start(false, 200, LISTING);
    let reached = free.local_addr().expect("an address").to_string();
    drop(free);
    let store = GivenStore { reached, ..server.store(Transport::Plain) };
    let problem = Store::of(&store).await.expect("keys").examine("").await.expect_err("closed");
    assert_eq!(*problem.trouble(), StoreTrouble::Unreachable);
    assert!(problem.to_string().contains("Connection refused"), "{problem}");
}

/// A server that does not know the name in the URL answers with all buckets.
#[tokio::test]
async fn a_list_of_buckets_is_no_listing() {
    let body = "<ListAllMyBucketsResult><Buckets></Buckets></ListAllMyBucketsResult>";
    let server = Server::start(false, 200, body);
    let store = Store::of(&server.store(Transport::Plain)).await.expect("keys");
    let problem = store.examine("").await.expect_err("no listing");
    assert_eq!(*problem.trouble(), StoreTrouble::Style, "{problem}");
}

/// AWS repeats the session token in its answer.
#[tokio::test]
async fn credentials_in_an_answer_are_not_repeated() {
    let body = "<Error><Code>InvalidToken</Code><Message>invalid: the-session-token</Message>\
                <Token-0>the-session-token</Token-0></Error>";
    let server = Server::start(false, 400, body);
    let store = Store::of(&server.store(Transport::Plain)).await.expect("keys");
    let problem = store.examine("").await.expect_err("refused");
    assert_eq!(*problem.trouble(), StoreTrouble::SessionToken);
    let listed = store.list("").await.expect_err("refused").to_string();
    for words in [problem.to_string(), listed] {
        assert!(words.contains("InvalidToken (status 400)"), "{words}");
        for secret in [TOKEN, "the-user", "the-password"] {
            assert!(!words.contains(secret), "{words}");
        }
    }
}
