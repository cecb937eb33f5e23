//! The OCI runtime that containerd calls: runc, without seccomp.
//!
//! kubelet asks for a seccomp profile on every pod sandbox. The harness's runc is built
//! without the C library that seccomp needs. This verb takes the profile out of the bundle before
//! runc starts.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::own_binary::complain;

/// Environment variable with the path of runc, inherited from containerd. Default: `runc`.
pub const RUNC_VARIABLE: &str = "ARGO_CONFORMANCE_RUNC";

/// An error before the start of runc.
#[derive(Debug, thiserror::Error)]
enum OciError {
    #[error("failed to edit {}", path.display())]
    Bundle {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("failed to run {}", path.display())]
    Runc {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
}

/// Takes seccomp out of the bundle that the command line may name, and becomes runc.
pub(crate) fn main(args: &[OsString]) -> ExitCode {
    match become_runc(args) {
        Ok(never) => match never {},
        Err(error) => complain("oci-runtime", &error),
    }
}

fn become_runc(args: &[OsString]) -> Result<std::convert::Infallible, OciError> {
    if let Some(bundle) = bundle(args) {
        let path = bundle.join("config.json");
        without_seccomp(&path).map_err(|cause| OciError::Bundle { path, cause })?;
    }
    let path = std::env::var_os(RUNC_VARIABLE).map_or_else(|| PathBuf::from("runc"), Into::into);
    let cause = Command::new(&path).args(args).exec();
    Err(OciError::Runc { path, cause })
}

/// The bundle directory that a runc command line names. None without a bundle.
fn bundle(args: &[OsString]) -> Option<PathBuf> {
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == OsStr::new("--bundle") || arg == OsStr::new("-b") {
            return args.next().map(PathBuf::from);
        }
        if let Some(path) = arg.to_str().and_then(|a| a.strip_prefix("--bundle=")) {
            return Some(PathBuf::from(path));
        }
    }
    None
}

fn without_seccomp(config: &Path) -> std::io::Result<()> {
    let text = std::fs::read(config)?;
    let mut value: serde_json::Value = serde_json::from_slice(&text)?;
    let linux = value.get_mut("linux").and_then(serde_json::Value::as_object_mut);
    if linux.is_some_and(|linux| linux.remove("seccomp").is_some()) {
        std::fs::write(config, serde_json::to_vec(&value)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case::long(&["--root", "/r", "create", "--bundle", "/b", "id"], Some("/b"))]
    #[case::equals(&["create", "--bundle=/b", "id"], Some("/b"))]
    #[case::short(&["run", "-b", "/b", "id"], Some("/b"))]
    #[case::none(&["state", "id"], None)]
    fn finds_the_bundle(#[case] args: &[&str], #[case] expected: Option<&str>) {
        let args: Vec<OsString> = args.iter().map(|&a| a.into()).collect();
        assert_eq!(bundle(&args), expected.map(PathBuf::from));
    }

    #[test]
    fn takes_out_seccomp_and_leaves_the_rest() {
        let directory = tempfile::tempdir().expect("a directory");
        let config = directory.path().join("config.json");
        std::fs::write(&config, r#"{"a":1,"linux":{"seccomp":{"x":2},"b":3}}"#).expect("write");
        without_seccomp(&config).expect("edit");
        let text = std::fs::read_to_string(&config).expect("read");
        assert_eq!(text, r#"{"a":1,"linux":{"b":3}}"#);
    }
}
