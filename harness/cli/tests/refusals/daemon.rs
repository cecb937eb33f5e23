//! A Docker daemon that has next to nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::json;

/// A Docker daemon that has no images and pulls none, and one container until it is told to remove
/// it.
pub(crate) struct Daemon {
    asked: Arc<Mutex<Vec<String>>>,
}

impl Daemon {
    /// Answers on this socket, as the daemon of this id, for as long as the test runs.
    pub(crate) fn listen(socket: &Path, id: &str) -> Self {
        let listener = UnixListener::bind(socket).expect("listen");
        let daemon = Self { asked: Arc::default() };
        let (asked, id) = (Arc::clone(&daemon.asked), id.to_owned());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (asked, id) = (Arc::clone(&asked), id.clone());
                std::thread::spawn(move || answer(stream.expect("a client"), &asked, &id));
            }
        });
        daemon
    }

    /// The containers that it was told to remove.
    pub(crate) fn removed(&self) -> Vec<String> {
        let asked = self.asked.lock().expect("whole");
        let removed = asked.iter().filter_map(|line| line.strip_prefix("DELETE /containers/"));
        removed.map(|rest| rest.split(['?', ' ']).next().unwrap_or_default().to_owned()).collect()
    }
}

fn answer(mut stream: UnixStream, asked: &Mutex<Vec<String>>, id: &str) {
    let mut lines = BufReader::new(stream.try_clone().expect("another hold of it"));
    let mut first = String::new();
    lines.read_line(&mut first).expect("a request");
    let mut length = 0;
    loop {
        let mut line = String::new();
        lines.read_line(&mut line).expect("a header");
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
    }
    lines.read_exact(&mut vec![0; length]).expect("a body");
    let mut asked = asked.lock().expect("whole");
    let removed = asked.iter().any(|line| line.starts_with("DELETE"));
    asked.push(first.clone());
    let words: Vec<&str> = first.split([' ', '?']).collect();
    let (status, body) = match words[..2] {
        ["GET", "/info"] => ("200 OK", json!({ "ID": id })),
        ["GET", "/containers/json"] if removed => ("200 OK", json!([])),
        ["GET", "/containers/json"] => ("200 OK", json!([{ "Id": "left" }])),
        ["DELETE", _] => ("204 No Content", json!(null)),
        _ => ("404 Not Found", json!({ "message": "there is no such thing" })),
    };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).expect("it listens");
}
