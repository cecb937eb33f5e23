//! Two builds at once: the last part of a build and the first part of the next one.

use std::sync::Condvar;
use std::time::Instant;

use super::*;

/// Runs programs. The output of a build of the version 1.0.0 ends after the begin of the next
/// build.
#[derive(Default)]
struct Meeting {
    begun: Mutex<usize>,
    change: Condvar,
    /// True: the build of the version 1.0.0 fails after the begin of the next build.
    fails: bool,
}

/// Longest wait for the next build. A build that never begins fails the test.
const LONGEST: Duration = Duration::from_mins(1);

impl Meeting {
    fn until_two_begun(&self) -> bool {
        let begun = self.begun.lock().expect("no panic");
        let waited = self.change.wait_timeout_while(begun, LONGEST, |begun| *begun < 2);
        *waited.expect("no panic").0 == 2
    }
}

impl Runner for Meeting {
    fn run(&self, spec: RunSpec, on_line: &mut OnLine<'_>) -> io::Result<RunOutput> {
        if spec.args.first().is_none_or(|arg| arg != "build") {
            return Unguarded.run(spec, on_line);
        }
        let first = spec.args.iter().any(|arg| arg.to_string_lossy().contains("version=1.0.0"));
        *self.begun.lock().expect("no panic") += 1;
        self.change.notify_all();
        if first {
            let mut output = Unguarded.run(spec, on_line)?;
            assert!(self.until_two_begun(), "the next build begins before the end of this one");
            if self.fails {
                output.status = std::os::unix::process::ExitStatusExt::from_raw(256);
            }
            return Ok(output);
        }
        if !self.fails {
            return Unguarded.run(spec, on_line);
        }
        let began = Instant::now();
        // A real build prints a line for each package.
        while on_line("").is_continue() {
            assert!(began.elapsed() < LONGEST, "the failure ends this build");
            std::thread::yield_now();
        }
        Err(io::ErrorKind::Interrupted.into())
    }
}

#[test]
fn a_build_begins_before_the_end_of_the_one_before() {
    let (_dir, bench) = bench();
    let items = [tiny("1.0.0"), tiny("1.0.1")];
    let meeting = Meeting::default();
    let built = ensure_with(&bench.cache, &items, &meeting, &Silent, &bench.environment);
    let built = built.expect("both are built");
    for (entry, release) in built.iter().zip(["1.0.0", "1.0.1"]) {
        let output = Command::new(entry.program("tiny").expect("the program")).output();
        let text = String::from_utf8(output.expect("it runs").stderr).expect("text");
        assert_eq!(text.split(' ').next(), Some(release));
    }
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

#[test]
fn the_failure_of_a_build_ends_the_next_one() {
    let (_dir, bench) = bench();
    let items = [tiny("1.0.0"), tiny("1.0.1")];
    let meeting = Meeting { fails: true, ..Meeting::default() };
    let ended = ensure_with(&bench.cache, &items, &meeting, &Silent, &bench.environment);
    let Err(BuildError::Failed { stage, .. }) = ended else { panic!("{ended:?}") };
    assert_eq!(stage, "build tiny 1.0.0");
    assert_eq!(children(&bench.cache.entries()).expect("readable"), Vec::<PathBuf>::new());
    assert_eq!(left(&bench.cache), Vec::<PathBuf>::new());
}

#[test]
fn the_last_build_is_a_short_one_that_hides_the_end_of_the_longest() {
    let ordered = |seconds: &[u64]| {
        let mut items = seconds.to_vec();
        order(&mut items, |seconds| Duration::from_secs(*seconds));
        items
    };
    assert_eq!(ordered(&[215, 30, 60, 3, 210, 100]), [3, 30, 100, 210, 215, 60]);
    assert_eq!(ordered(&[215, 3]), [3, 215], "3 s hide nothing");
    assert_eq!(ordered(&[]), [0; 0]);
    let mut equal = vec!["first", "second"];
    order(&mut equal, |_| Duration::from_secs(15));
    assert_eq!(equal, ["first", "second"], "equal items keep their order");
}
