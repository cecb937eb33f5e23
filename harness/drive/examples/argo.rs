//! Stands in for two programs in the tests: the harness's binary with its hidden verbs, and `argo`.
//! The `argo` here sends its arguments to the test. The test decides on its output and exit code.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(code) = sandbox::verb::dispatch(std::env::args_os()) {
        return code;
    }
    let args: Vec<String> = std::env::args().skip(1).collect();
    match ask(&args) {
        Ok((0, words)) => {
            let _ = write!(std::io::stdout(), "{words}");
            ExitCode::SUCCESS
        }
        Ok((code, words)) => {
            let _ = write!(std::io::stderr(), "{words}");
            ExitCode::from(code)
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "no answer from the test: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Asks the test, which listens at the path of the kubeconfig. Returns the exit code and the
/// output.
fn ask(args: &[String]) -> std::io::Result<(u8, String)> {
    let flag = args.iter().position(|arg| arg == "--kubeconfig").unwrap_or_default();
    let mut test = UnixStream::connect(&args[flag + 1])?;
    writeln!(test, "{}", args[..flag].join(" "))?;
    let mut answer = String::new();
    test.read_to_string(&mut answer)?;
    let (code, words) = answer.split_once('\n').unwrap_or((&answer, ""));
    Ok((code.parse().map_err(std::io::Error::other)?, words.to_owned()))
}
