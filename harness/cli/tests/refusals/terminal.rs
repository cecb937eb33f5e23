//! A terminal with the harness on it.

use std::fs::File;
use std::io::Read;
use std::num::NonZeroU16;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use vt100::Parser;

/// How long anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Terminal {
    ours: OwnedFd,
    theirs: File,
    screen: Arc<(Mutex<ScreenState>, Condvar)>,
}

struct ScreenState {
    screen: Parser,
    /// Everything that came.
    bytes: Vec<u8>,
    /// Nobody has it open any more.
    ended: bool,
}

impl Terminal {
    pub(crate) fn new(columns: u16, rows: u16) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)
            .expect("a terminal");
        grantpt(&ours).expect("grant it");
        unlockpt(&ours).expect("unlock it");
        let name = ptsname(&ours, Vec::new()).expect("its name");
        let name = name.into_string().expect("a path");
        let theirs = File::options().read(true).write(true).open(name).expect("the other end");
        let screen = Parser::new(some(rows), some(columns), 100);
        let shown = ScreenState { screen, bytes: Vec::new(), ended: false };
        let screen = Arc::new((Mutex::new(shown), Condvar::new()));
        let terminal = Self { ours, theirs, screen };
        terminal.resize(columns, rows);
        terminal
    }

    /// Its other end, for a program.
    pub(crate) fn stdio(&self) -> Stdio {
        self.theirs.try_clone().expect("a file").into()
    }

    /// Looks at what comes from now on; ends when no program has it open any more.
    pub(crate) fn look(self) -> Watched {
        let Self { ours, theirs, screen } = self;
        drop(theirs);
        let mut from = File::from(ours.try_clone().expect("a file"));
        let shared = Arc::clone(&screen);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let n = from.read(&mut buffer).unwrap_or_default();
                let mut shown = shared.0.lock().expect("a screen");
                shown.screen.process(&buffer[..n]);
                shown.bytes.extend(&buffer[..n]);
                shown.ended = n == 0;
                shared.1.notify_all();
                if n == 0 {
                    return;
                }
            }
        });
        Watched { ours, screen }
    }

    fn resize(&self, columns: u16, rows: u16) {
        resize(&self.ours, columns, rows);
    }
}

fn resize(terminal: &OwnedFd, columns: u16, rows: u16) {
    let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(terminal, size).expect("resize it");
}

fn some(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("some")
}

/// A terminal that is looked at.
pub(crate) struct Watched {
    ours: OwnedFd,
    screen: Arc<(Mutex<ScreenState>, Condvar)>,
}

impl Watched {
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.screen
            .0
            .lock()
            .expect("a screen")
            .screen
            .screen_mut()
            .set_size(some(rows), some(columns));
        resize(&self.ours, columns, rows);
    }

    /// The contents of the screen, once they are as wanted.
    pub(crate) fn shows(&self, wanted: impl Fn(&str) -> bool) -> String {
        let shown = self.wait(|shown| wanted(&shown.screen.screen().contents()));
        shown.screen.screen().contents()
    }

    /// The contents of the screen and all output, once no program has the terminal open any more.
    pub(crate) fn ended(&self) -> (String, String) {
        let shown = self.wait(|shown| shown.ended);
        let bytes = String::from_utf8_lossy(&shown.bytes).into_owned();
        (shown.screen.screen().contents(), bytes)
    }

    fn wait(
        &self,
        wanted: impl Fn(&ScreenState) -> bool,
    ) -> std::sync::MutexGuard<'_, ScreenState> {
        let shown = self.screen.0.lock().expect("a screen");
        let looked = self.screen.1.wait_timeout_while(shown, PATIENCE, |shown| !wanted(shown));
        let (shown, outcome) = looked.expect("a screen");
        assert!(!outcome.timed_out(), "it shows:\n{}", shown.screen.screen().contents());
        shown
    }
}
