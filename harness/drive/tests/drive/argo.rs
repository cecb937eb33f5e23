//! The test's end of the `argo` program (`examples/argo.rs`).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::Notify;

use crate::bench::PATIENCE;

/// Exit code and words.
pub(crate) type Answer = (u8, &'static str);
type Handler = Box<dyn FnMut(&str) -> Answer + Send>;

/// Answers every run of the program. All clones are the same listener.
#[derive(Clone)]
pub(crate) struct FakeArgo {
    state: Arc<Mutex<State>>,
}

struct State {
    ran: Vec<String>,
    handler: Handler,
    hangs: bool,
    asked: Arc<Notify>,
    gone: Arc<Notify>,
}

impl FakeArgo {
    /// Listens at the path of the kubeconfig. The first answer is `ok`.
    pub(crate) fn listen(kubeconfig: &Path) -> Self {
        let listener = UnixListener::bind(kubeconfig).expect("listen");
        let state = State {
            ran: Vec::new(),
            handler: Box::new(|_| (0, "ok")),
            hangs: false,
            asked: Arc::default(),
            gone: Arc::default(),
        };
        let argo = Self { state: Arc::new(Mutex::new(state)) };
        let this = argo.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                this.answer(stream).await.expect("answer the argo program");
            }
        });
        argo
    }

    /// Sets the function that answers each further run.
    pub(crate) fn answers(&self, handler: impl FnMut(&str) -> Answer + Send + 'static) {
        self.state.lock().expect("not held in a panic").handler = Box::new(handler);
    }

    /// Leaves each further run without an answer.
    pub(crate) fn hang(&self) {
        self.state.lock().expect("not held in a panic").hangs = true;
    }

    /// Waits for a question of the program.
    pub(crate) async fn until_asked(&self) {
        let asked = Arc::clone(&self.state.lock().expect("not held in a panic").asked);
        tokio::time::timeout(PATIENCE, asked.notified()).await.expect("it asks");
    }

    /// Waits for the end of the program that gets no answer.
    pub(crate) async fn until_gone(&self) {
        let gone = Arc::clone(&self.state.lock().expect("not held in a panic").gone);
        tokio::time::timeout(PATIENCE, gone.notified()).await.expect("it goes");
    }

    /// The arguments of every run so far, without the kubeconfig.
    pub(crate) fn ran(&self) -> Vec<String> {
        self.state.lock().expect("not held in a panic").ran.clone()
    }

    async fn answer(&self, stream: UnixStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut words = String::new();
        stream.read_line(&mut words).await?;
        let (code, said) = {
            let mut state = self.state.lock().expect("not held in a panic");
            state.ran.push(words.trim().to_owned());
            state.asked.notify_one();
            (state.handler)(words.trim())
        };
        if self.state.lock().expect("not held in a panic").hangs {
            // The read lasts until the other end is closed.
            let _ = stream.read_line(&mut words).await;
            self.state.lock().expect("not held in a panic").gone.notify_one();
            return Ok(());
        }
        stream.write_all(format!("{code}\n{said}\n").as_bytes()).await
    }
}

/// The stand-in for the harness's binary and for `argo`.
pub(crate) fn program() -> PathBuf {
    let test = std::env::current_exe().expect("the test's own path");
    let target = test.parent().and_then(Path::parent).expect("target/debug/deps/TEST");
    let program = target.join("examples/argo");
    assert!(program.is_file(), "{} is not built: cargo build --examples", program.display());
    program
}
