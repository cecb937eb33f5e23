//! A server of one file on the loopback interface.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The answers of a server.
pub(super) struct Answers {
    /// The file. `None`: the server has no file.
    content: Option<Vec<u8>>,
    /// Bytes after which each connection ends.
    end: Option<usize>,
    /// Whether only the first connection ends early.
    once: bool,
    /// Whether a connection stays open at its early end.
    stalls: bool,
    ranges: bool,
}

impl Answers {
    pub(super) fn whole(content: Vec<u8>) -> Self {
        Self { content: Some(content), end: None, once: false, stalls: false, ranges: true }
    }

    pub(super) fn missing() -> Self {
        Self { content: None, ..Self::whole(Vec::new()) }
    }

    /// Each connection ends after this number of bytes.
    pub(super) fn ends_after(self, bytes: usize) -> Self {
        Self { end: Some(bytes), ..self }
    }

    pub(super) fn ends_once_after(self, bytes: usize) -> Self {
        Self { once: true, ..self.ends_after(bytes) }
    }

    /// Each connection sends nothing after this number of bytes.
    pub(super) fn stalls_after(self, bytes: usize) -> Self {
        Self { stalls: true, ..self.ends_after(bytes) }
    }

    pub(super) fn without_ranges(self) -> Self {
        Self { ranges: false, ..self }
    }
}

pub(super) struct Server {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) fn new(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        // The thread ends with the process of the test.
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for stream in listener.incoming().map_while(Result::ok) {
                if answer(&stream, &answers, &seen) {
                    open.push(stream);
                }
            }
        });
        Self { url, asked }
    }

    /// Path and range of each request.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the requests").clone()
    }
}

/// Answers one request. True: the connection stays open.
fn answer(stream: &TcpStream, answers: &Answers, seen: &Mutex<Vec<String>>) -> bool {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return false };
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let range = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| Some(line.to_lowercase().strip_prefix("range: ")?.to_owned()))
        .last();
    let mut seen = seen.lock().expect("the requests");
    let is_first = seen.is_empty();
    seen.push([path].into_iter().chain(range.clone()).collect::<Vec<_>>().join(" "));
    drop(seen);
    let Some(content) = &answers.content else {
        let head = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = (&*stream).write_all(head.as_bytes());
        return false;
    };
    let from = range
        .filter(|_| answers.ranges)
        .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    let status = if from.is_some() { "206 Partial Content" } else { "200 OK" };
    let rest = &content[from.unwrap_or(0)..];
    let end = answers.end.filter(|_| is_first || !answers.once).unwrap_or(rest.len());
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", rest.len());
    let sent = &rest[..end.min(rest.len())];
    let _ = (&*stream).write_all(&[head.as_bytes(), sent].concat());
    answers.stalls
}
