//! An object store on the loopback, for the requests of `provision::store::Store`.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use provision::store::StoreAddress;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The behaviour of the object store.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mood {
    Healthy,
    /// This HTTP status and this S3 code.
    Refuses(u16, &'static str),
    /// The object store accepts a request and never answers.
    Hangs,
}

/// A bucket. All clones are the same one.
#[derive(Clone)]
pub(crate) struct FakeStore {
    state: Arc<Mutex<State>>,
    endpoint: String,
}

struct State {
    keys: BTreeSet<String>,
    /// The prefixes of the list requests.
    prefixes: BTreeSet<String>,
    mood: Mood,
}

impl FakeStore {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = listener.local_addr().expect("an address").to_string();
        let state = State { keys: BTreeSet::new(), prefixes: BTreeSet::new(), mood: Mood::Healthy };
        let store = Self { state: Arc::new(Mutex::new(state)), endpoint };
        let this = store.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let this = this.clone();
                tokio::spawn(async move { this.serve(stream).await });
            }
        });
        store
    }

    pub(crate) fn address(&self) -> StoreAddress {
        let [user, password, bucket] = ["user", "password", "bucket"].map(str::to_owned);
        StoreAddress { endpoint: self.endpoint.clone(), user, password, bucket }
    }

    pub(crate) fn put(&self, key: &str) {
        self.state.lock().expect("not held in a panic").keys.insert(key.to_owned());
    }

    pub(crate) fn remove(&self, key: &str) {
        assert!(self.state.lock().expect("not held in a panic").keys.remove(key), "{key}");
    }

    pub(crate) fn keys(&self) -> Vec<String> {
        self.state.lock().expect("not held in a panic").keys.iter().cloned().collect()
    }

    /// The prefixes of the list requests so far.
    pub(crate) fn prefixes(&self) -> BTreeSet<String> {
        self.state.lock().expect("not held in a panic").prefixes.clone()
    }

    pub(crate) fn mood(&self, mood: Mood) {
        self.state.lock().expect("not held in a panic").mood = mood;
    }

    /// Answers the requests of a connection. None has a body.
    async fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        loop {
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if stream.read_line(&mut head).await? == 0 {
                    return Ok(());
                }
            }
            let words: Vec<&str> = head.split(' ').take(2).collect();
            let Some((status, body)) = self.answer(words[0], words[1]) else {
                return std::future::pending().await;
            };
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} -\r\ncontent-length: {length}\r\n\r\n{body}");
            stream.write_all(answer.as_bytes()).await?;
        }
    }

    fn answer(&self, method: &str, target: &str) -> Option<(u16, String)> {
        let mut state = self.state.lock().expect("not held in a panic");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match (state.mood, method) {
            (Mood::Hangs, _) => None,
            (Mood::Refuses(status, code), _) => {
                Some((status, format!("<Error><Code>{code}</Code><Message>no</Message></Error>")))
            }
            (Mood::Healthy, "GET") => {
                let prefix = query.split('&').find_map(|pair| pair.strip_prefix("prefix="));
                let prefix = prefix.unwrap_or_default().replace("%2F", "/");
                state.prefixes.insert(prefix.clone());
                Some((200, listing(state.keys.iter().filter(|key| key.starts_with(&prefix)))))
            }
            (Mood::Healthy, "DELETE") => {
                state.keys.remove(path.trim_start_matches("/bucket/"));
                Some((204, String::new()))
            }
            (Mood::Healthy, other) => panic!("the fake does not know {other} {target}"),
        }
    }
}

fn listing<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let entry = |key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>");
    let contents = keys.map(entry).collect::<Vec<_>>().concat();
    format!(
        "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <Name>bucket</Name><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
    )
}
