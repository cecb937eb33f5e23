//! A proxy of Go's that never answers, so that every client waits.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::terminal::PATIENCE;

/// How long to wait for a question before looking whether anybody is left to ask one.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };

pub(crate) struct Proxy(TcpListener);

impl Proxy {
    /// One that the command's Go asks.
    pub(crate) fn of(command: &mut Command) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("listen");
        let url = format!("http://{}", listener.local_addr().expect("address"));
        command.env("GOPROXY", url).env("GOSUMDB", "off").env("NO_PROXY", "127.0.0.1");
        Self(listener)
    }

    /// Waits until it is asked. It answers nothing for as long as what is returned lives.
    pub(crate) fn asked(&self, child: &mut Child) -> TcpStream {
        let began = Instant::now();
        loop {
            let mut wanted = [PollFd::new(&self.0, PollFlags::IN)];
            if poll(&mut wanted, Some(&LOOK)).expect("wait") == 1 {
                return self.0.accept().expect("it is asked").0;
            }
            let ended = child.try_wait().expect("it was begun");
            assert!(ended.is_none(), "it ended and asked nothing: {ended:?}");
            assert!(began.elapsed() < PATIENCE, "it asks nothing");
        }
    }
}
