//! A registry with one image, on the loopback interface.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::json;
use sha2::{Digest, Sha256};

/// Content of the only layer.
pub(super) const LAYER: &[u8] = b"a layer";
const CONFIG: &[u8] = br#"{"architecture":"amd64","os":"linux"}"#;

/// User and password of the registry, in Base64.
pub(super) const CREDENTIALS: &str = "dGVhbTpzZWNyZXQ=";

/// A fault of the registry.
#[derive(Clone, Copy)]
pub(super) enum Trouble {
    /// The layer has other bytes than the manifest names.
    AlteredLayer,
    /// The registry does not have the image.
    NoImage,
    /// The registry refuses a request without [`CREDENTIALS`].
    Credentials,
}

pub(super) struct Registry {
    pub(super) address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    pub(super) fn new(trouble: Option<Trouble>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        // The thread ends with the process of the test.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(&stream, trouble, &seen);
            }
        });
        Self { address, asked }
    }

    /// Paths of the requests.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the requests").clone()
    }
}

fn digest(content: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(content)))
}

fn manifest() -> Vec<u8> {
    let part = |media: &str, content: &[u8]| {
        let (digest, size) = (digest(content), content.len());
        json!({ "mediaType": media, "digest": digest, "size": size })
    };
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": part("application/vnd.oci.image.config.v1+json", CONFIG),
        "layers": [part("application/vnd.oci.image.layer.v1.tar", LAYER)],
    });
    manifest.to_string().into_bytes()
}

fn answer(stream: &TcpStream, trouble: Option<Trouble>, seen: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let headers: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
    seen.lock().expect("the requests").push(path.clone());
    let known = headers.iter().any(|header| header.ends_with(CREDENTIALS));
    if matches!(trouble, Some(Trouble::Credentials)) && !known {
        let refused = b"HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Basic realm=\"lab\"\r\n\
                        content-length: 0\r\nconnection: close\r\n\r\n";
        let _ = (&*stream).write_all(refused);
        return;
    }
    let (kind, content) = match (path.as_str(), trouble) {
        ("/v2/", _) => ("application/json", b"{}".to_vec()),
        (path, None | Some(Trouble::AlteredLayer | Trouble::Credentials))
            if path.contains("/manifests/") =>
        {
            ("application/vnd.oci.image.manifest.v1+json", manifest())
        }
        (path, Some(Trouble::AlteredLayer)) if path.ends_with(&digest(LAYER)) => {
            ("application/octet-stream", b"another".to_vec())
        }
        (path, _) if path.ends_with(&digest(LAYER)) => ("application/octet-stream", LAYER.to_vec()),
        (path, _) if path.ends_with(&digest(CONFIG)) => {
            ("application/octet-stream", CONFIG.to_vec())
        }
        (_, _) => {
            let none = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = (&*stream).write_all(none);
            return;
        }
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: \
         close\r\n\r\n",
        content.len()
    );
    let _ = (&*stream).write_all(&[head.as_bytes(), &content].concat());
}
