//! The context of the docker command, as a variable of this process.

use std::os::unix::process::CommandExt;
use std::process::Command;

use sandbox::own_binary::ITSELF;

use crate::args::Verb;

/// Starts this program anew with the endpoint of the Docker context in `DOCKER_HOST`.
/// testcontainers knows that variable alone. The function returns if no context is in force or the
/// endpoint is unknown. The check of the machine then names the reason.
///
/// # Assumptions
/// No thread runs, and nothing was printed.
pub(crate) fn adopt(verb: &Verb) {
    let may_use_docker = matches!(
        verb,
        Verb::Run(_) | Verb::Bisect(_) | Verb::Verify(_) | Verb::Sweep(_) | Verb::Clean(_)
    );
    let environment = std::env::vars_os().collect();
    if !may_use_docker {
        return;
    }
    let Ok(Some(host)) = provision::kind::endpoint_of_context(&environment) else { return };
    let mut args = std::env::args_os();
    let mut anew = Command::new(ITSELF);
    if let Some(name) = args.next() {
        anew.arg0(name);
    }
    // A failure leaves this process as it is.
    let _error = anew.args(args).env("DOCKER_HOST", host).env_remove("DOCKER_CONTEXT").exec();
}
