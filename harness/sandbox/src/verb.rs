//! The hidden verbs by which the harness's binary runs itself.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

/// File name under which the binary is the OCI runtime.
pub const OCI_RUNTIME: &str = "oci-runtime";
/// First word of every hidden verb.
pub const INTERNAL: &str = "internal";
/// What a verb is run by: the binary that runs already, even if its file was replaced since.
pub const ITSELF: &str = "/proc/self/exe";

/// Runs the hidden verb that the command line names, if it names one.
///
/// # Assumptions
/// It is called first thing in `main`, before any thread is started: the verbs make namespaces.
pub fn dispatch(args: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    let args: Vec<OsString> = args.collect();
    if Path::new(args.first()?).file_name()? == OCI_RUNTIME {
        return Some(crate::oci_runtime::main(&args[1..]));
    }
    if args.get(1)? != INTERNAL {
        return None;
    }
    let rest = args.get(3..).unwrap_or_default();
    Some(match args.get(2)?.to_str()? {
        crate::guard::GUARD => crate::guard::inside::outer(rest),
        crate::guard::TETHER => crate::guard::inside::tether(rest),
        "guard-init" => crate::guard::inside::inner(rest),
        "sandbox" => crate::init::outer(rest),
        "init" => crate::init::inner(rest),
        "trial" => crate::requirements::trial(rest),
        _ => return None,
    })
}

/// Closes everything that was inherited but standard input, output and error.
///
/// What the harness was itself given, say a pipe of the shell that it was started from, must not
/// be held open by what outlives it. Only for a verb that has not opened anything yet.
pub(crate) fn close_inherited() {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return };
    let number = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.parse::<std::os::fd::RawFd>().ok()
    };
    let inherited: Vec<_> = open.filter_map(number).filter(|&fd| fd > 2).collect();
    for fd in inherited {
        // The one by which the list was read is closed already.
        let _ = nix::unistd::close(fd);
    }
}

/// Says on standard error what went wrong, as a verb does that has no other way to say it.
pub(crate) fn complain(verb: &str, error: &dyn std::error::Error) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{INTERNAL} {verb}: {}", chain(error));
    ExitCode::from(70)
}

/// An error and its causes, on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
