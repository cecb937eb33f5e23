use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

/// A server on the loopback interface. Each path has one answer, after which the connection closes.
pub(crate) struct Server {
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn new(answers: &[(&str, Vec<u8>)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let answers: BTreeMap<String, Vec<u8>> =
            answers.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone())).collect();
        // The thread ends with the process of the test.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(&stream, &answers);
            }
        });
        Self { url }
    }
}

fn answer(stream: &TcpStream, answers: &BTreeMap<String, Vec<u8>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let _headers = lines.take_while(|line| !line.is_empty()).count();
    let none = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec();
    let _ = (&*stream).write_all(answers.get(&path).unwrap_or(&none));
}

/// An answer with this content. `Content-Length` exceeds the content by `more` bytes.
pub(crate) fn file(content: &[u8], more: usize) -> Vec<u8> {
    let length = content.len() + more;
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), content].concat()
}

fn leads_to(location: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 302 Found\r\nlocation: {location}\r\ncontent-length: 0\r\n\
         connection: close\r\n\r\n"
    )
    .into_bytes()
}

async fn said(address: &str, url: &str) -> String {
    match fetch(address).await {
        Ok(content) => String::from_utf8_lossy(&content).into_owned(),
        Err(error) => {
            format!("{error}\nhint: {}", error.hint().unwrap_or_default()).replace(url, "URL")
        }
    }
}

#[tokio::test]
async fn what_is_there_comes_whole_or_not_at_all() {
    let elsewhere = Server::new(&[("/kept?for=us", file(b"kept elsewhere", 0))]);
    let server = Server::new(&[
        ("/whole", file(b"all of it", 0)),
        ("/half", file(b"half of it", 10)),
        ("/moved", leads_to("/whole")),
        ("/away", leads_to(&format!("{}/kept?for=us", elsewhere.url))),
        ("/circle", leads_to("/circle")),
    ]);
    let said = async |path: &str| said(&format!("{}{path}", server.url), &server.url).await;
    assert_eq!(said("/whole").await, "all of it");
    assert_eq!(said("/moved").await, "all of it");
    assert_eq!(said("/away").await, "kept elsewhere");
    insta::assert_snapshot!(said("/half").await, @r"
    failed to download URL/half: the connection ended before 20 bytes
    hint: try again
    ");
    insta::assert_snapshot!(said("/nothing").await, @r"
    failed to download URL/nothing: the server answers 404 Not Found
    hint: check that the release exists and has these files
    ");
    insta::assert_snapshot!(said("/circle").await, @r"
    failed to download URL/circle: more than 5 redirects
    hint: name another mirror with --releases
    ");
}

#[tokio::test]
async fn what_cannot_be_asked() {
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("one");
    let url = format!("http://{closed}");
    insta::assert_snapshot!(said(&format!("{url}/file"), &url).await, @r"
    failed to reach URL/file
    hint: check the network, or name a mirror of the releases with --releases
    ");
    insta::assert_snapshot!(said("ftp://host/file", &url).await, @r"
    invalid URL `ftp://host/file`: it is not like https://HOST/PATH
    hint: name the URL of the releases with --releases
    ");
    insta::assert_snapshot!(said("host/file", &url).await, @r"
    invalid URL `host/file`: it is not like https://HOST/PATH
    hint: name the URL of the releases with --releases
    ");
}

#[rstest::rstest]
#[case::elsewhere_there("https://one/a", "/b", Some("https://one/b"))]
#[case::another_place("https://one/a", "https://two/b", Some("https://two/b"))]
#[case::to_tls("http://one/a", "https://two/b", Some("https://two/b"))]
#[case::without_as_before("http://one/a", "http://two/b", Some("http://two/b"))]
#[case::away_from_tls("https://one/a", "http://two/b", None)]
fn where_an_answer_leads(#[case] from: &str, #[case] to: &str, #[case] expected: Option<&str>) {
    let led = next(&from.parse().expect("an address"), to);
    match (led, expected) {
        (Ok(led), Some(expected)) => assert_eq!(led.to_string(), expected),
        (Err(FetchError::Unprotected { .. }), None) => {}
        (led, expected) => panic!("{led:?} instead of {expected:?}"),
    }
}

/// A proxy for CONNECT. Every tunnel leads to `target`. The channel gets the first line of each
/// request.
async fn proxy(target: &str) -> (String, tokio::sync::mpsc::UnboundedReceiver<String>) {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, asked) = tokio::sync::mpsc::unbounded_channel();
    let target = target.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut near = tokio::io::BufReader::new(stream);
            let (mut first, mut line) = (String::new(), String::new());
            near.read_line(&mut first).await.expect("a request");
            while near.read_line(&mut line).await.is_ok_and(|count| count > 2) {}
            let _ = sender.send(first.trim_end().to_owned());
            let mut far = tokio::net::TcpStream::connect(&target).await.expect("it listens");
            near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.expect("an answer");
            // A side that ends early is the end of the tunnel.
            let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
        }
    });
    (url, asked)
}

#[tokio::test]
async fn a_download_takes_the_proxy_of_the_environment() {
    let server = Server::new(&[("/file", file(b"all of it", 0))]);
    let (proxy, mut asked) = proxy(&server.url).await;
    let mirror = "http://mirror.behind-a-proxy.invalid/file";
    let of = |no: &'static str| {
        ProxyVariables::of(|name| match name {
            "HTTP_PROXY" => Some(proxy.clone()),
            "NO_PROXY" => Some(no.to_owned()),
            _ => None,
        })
    };
    assert_eq!(fetch_by(&of("elsewhere"), mirror).await.expect("a file"), b"all of it");
    let first = asked.recv().await.expect("the proxy was asked");
    assert_eq!(first, "CONNECT mirror.behind-a-proxy.invalid:80 HTTP/1.1");
    // A server on the loopback interface, and one of the list, have no proxy.
    assert_eq!(fetch_by(&of(""), &format!("{}/file", server.url)).await.expect("a file").len(), 9);
    let error = fetch_by(&of("no..where"), "http://no..where/file").await.expect_err("no address");
    assert!(!error.to_string().contains("through the proxy"), "{error}");
    assert!(asked.try_recv().is_err());
}
