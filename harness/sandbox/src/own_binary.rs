//! The binary of the harness as a program that the harness starts. It has a path and hidden verbs.

use std::process::ExitCode;

use model::hints::chain;

/// File name under which the binary is the OCI runtime.
pub const OCI_RUNTIME: &str = "oci-runtime";
/// The argument before every hidden verb.
pub const INTERNAL: &str = "internal";
/// Path of the running binary. The path stays valid after a replacement of the binary's file.
pub const ITSELF: &str = "/proc/self/exe";

/// Closes every inherited file descriptor but standard input, output and error.
///
/// A process that outlives the harness must not hold the harness's descriptors open. An example is
/// a pipe of the shell that started the harness. The caller has opened nothing yet.
pub(crate) fn close_inherited() {
    let Ok(open) = std::fs::read_dir("/proc/self/fd") else { return };
    let number = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.ok()?.file_name().to_str()?.parse::<std::os::fd::RawFd>().ok()
    };
    let inherited: Vec<_> = open.filter_map(number).filter(|&fd| fd > 2).collect();
    for fd in inherited {
        // The descriptor that read the list is closed already.
        let _ = nix::unistd::close(fd);
    }
}

/// Writes an error to standard error, for a verb without another channel. The exit code is 70.
pub(crate) fn complain(verb: &str, error: &dyn std::error::Error) -> ExitCode {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{INTERNAL} {verb}: {}", chain(error));
    ExitCode::from(70)
}
