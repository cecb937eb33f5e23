//! An API server that has nothing, and proxies that lead every connection to it. Each listens on
//! the loopback interface as long as the test runs.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use provision::certificates::Credential;

/// The requests of the clients of a server, one text each.
#[derive(Clone, Default)]
pub(crate) struct Asked(Arc<Mutex<Vec<String>>>);

impl Asked {
    fn add(&self, text: String) {
        self.0.lock().expect("not held in a panic").push(text);
    }

    /// Every request so far, each text once. A connection that a client drops has no request.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut all = self.0.lock().expect("not held in a panic").clone();
        all.retain(|request| !request.is_empty());
        all.dedup();
        all
    }
}

/// The answer of an API server to every request.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// The object is missing.
    NotFound,
    /// The credentials are unknown.
    Unauthorized,
    /// The server speaks TLS, as the library of Go says it to a client without.
    SpeaksTls,
}

impl Answer {
    fn text(self) -> String {
        let (line, reason, code) = match self {
            Self::NotFound => ("404 Not Found", "NotFound", 404),
            Self::SpeaksTls => {
                let body = "Client sent an HTTP request to an HTTPS server.\n";
                return format!(
                    "HTTP/1.0 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\nconnection: close\r\n\r\n{body}"
                );
            }
            Self::Unauthorized => ("401 Unauthorized", "Unauthorized", 401),
        };
        let body = format!(
            r#"{{"kind":"Status","apiVersion":"v1","status":"Failure","message":"{reason}","reason":"{reason}","code":{code}}}"#
        );
        let length = body.len();
        format!(
            "HTTP/1.1 {line}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }
}

/// Listens, and gives each connection to a function in a thread of its own.
fn listen(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            std::thread::spawn(move || serve(stream));
        }
    });
    address
}

/// An address at which nothing listens.
pub(crate) fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
    listener.local_addr().expect("an address")
}

/// The first lines of a message, up to its body. A client that fails before its end sends none.
fn head(stream: &mut impl Read) -> Vec<String> {
    let mut text = Vec::new();
    let mut byte = [0];
    // A handshake of TLS begins with this byte, and has no such end.
    while !text.ends_with(b"\r\n\r\n")
        && text.first() != Some(&0x16)
        && stream.read(&mut byte).is_ok_and(|count| count == 1)
    {
        text.push(byte[0]);
    }
    String::from_utf8_lossy(&text).lines().map(str::to_owned).collect()
}

/// An API server without TLS.
pub(crate) fn api(answer: Answer) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let this = asked.clone();
    let address = listen(move |mut stream| {
        this.add(head(&mut stream).first().cloned().unwrap_or_default());
        let _ = stream.write_all(answer.text().as_bytes());
    });
    (address, asked)
}

/// An API server with TLS.
pub(crate) fn tls_api(answer: Answer, credential: &Credential) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let this = asked.clone();
    let chain = CertificateDer::pem_slice_iter(credential.certificate.as_bytes());
    let chain: Vec<_> = chain.collect::<Result<_, _>>().expect("a certificate");
    let key = PrivateKeyDer::from_pem_slice(credential.key.as_bytes()).expect("a key");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.expect("versions").with_no_client_auth().with_single_cert(chain, key);
    let config = Arc::new(config.expect("a key of the certificate"));
    let address = listen(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a configuration");
        let mut tls = StreamOwned::new(connection, stream);
        if let Some(line) = head(&mut tls).first() {
            this.add(line.clone());
            let _ = tls.write_all(answer.text().as_bytes());
        }
        // The rest of a refused handshake: the client gets the reason.
        tls.conn.send_close_notify();
        let _ = tls.flush();
    });
    (address, asked)
}

/// A proxy for CONNECT. Every tunnel leads to `target`; without one the proxy refuses.
pub(crate) fn http_proxy(target: Option<SocketAddr>) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let this = asked.clone();
    let address = listen(move |mut stream| {
        let lines = head(&mut stream);
        let first = lines.first().cloned().unwrap_or_default();
        let user = lines.iter().find(|line| line.to_lowercase().starts_with("proxy-authorization"));
        let user = user.map(|line| format!(" {}", line.to_lowercase())).unwrap_or_default();
        this.add(first.trim_end_matches(" HTTP/1.1").to_owned() + &user);
        let Some(target) = target else {
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            return;
        };
        if stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").is_ok() {
            join(&stream, target);
        }
    });
    (address, asked)
}

/// A proxy of SOCKS 5 without users. Every connection leads to `target`.
pub(crate) fn socks_proxy(target: SocketAddr) -> (SocketAddr, Asked) {
    let asked = Asked::default();
    let this = asked.clone();
    let address = listen(move |stream| {
        let _ = socks(&stream, target, &this);
    });
    (address, asked)
}

fn socks(stream: &TcpStream, target: SocketAddr, asked: &Asked) -> std::io::Result<()> {
    let read = |count: usize| {
        let mut bytes = vec![0; count];
        (&*stream).read_exact(&mut bytes).map(|()| bytes)
    };
    let methods = read(2)?[1];
    read(methods.into())?;
    (&*stream).write_all(&[5, 0])?;
    let kind = read(4)?[3];
    let host = match kind {
        1 => read(4)?.iter().map(ToString::to_string).collect::<Vec<_>>().join("."),
        3 => {
            let length = read(1)?[0];
            String::from_utf8_lossy(&read(length.into())?).into_owned()
        }
        other => panic!("address type {other}"),
    };
    let port = read(2)?;
    asked.add(format!("SOCKS {host}:{}", u16::from_be_bytes([port[0], port[1]])));
    (&*stream).write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0])?;
    join(stream, target);
    Ok(())
}

/// Copies both ways until both ends are closed.
fn join(near: &TcpStream, target: SocketAddr) {
    let far = TcpStream::connect(target).expect("the target listens");
    let (mut from, mut to) =
        (far.try_clone().expect("a clone"), near.try_clone().expect("a clone"));
    let back = std::thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let _ = std::io::copy(&mut &*near, &mut (&far));
    let _ = far.shutdown(Shutdown::Write);
    let _ = back.join();
}
