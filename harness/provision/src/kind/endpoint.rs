//! The endpoint of the Docker daemon: `DOCKER_HOST`, or that of a context of the docker command.
//!
//! The docker command and `kind` know contexts. testcontainers knows `DOCKER_HOST` alone. Two
//! daemons would make the parts of one cluster.

use std::ffi::OsStr;
use std::net::{IpAddr, ToSocketAddrs, UdpSocket};
use std::process::{Command, Stdio};

use crate::go::{Environment, in_path};
use crate::registry::credentials::docker_config;

/// Endpoint without a context and without `DOCKER_HOST`.
const DEFAULT: &str = "unix:///var/run/docker.sock";
/// Port of a daemon without TLS.
const PORT: u16 = 2375;

/// Error of the choice of a Docker daemon.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The docker command does not tell the endpoint of a context.
    #[error("failed to find the endpoint of the Docker context {context}: {message}")]
    Context {
        /// Name of the context.
        context: String,
        /// Message of the docker command.
        message: String,
    },
    /// The daemon is on another machine.
    #[error(
        "failed to use the Docker daemon at {host}: it is on another machine. The API server of a \
         kind cluster listens on the loopback of that machine alone"
    )]
    OtherMachine {
        /// Endpoint of the daemon.
        host: String,
    },
}

impl EndpointError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Context { .. } => {
                "choose another context with `docker context use`, or set DOCKER_HOST".to_owned()
            }
            Self::OtherMachine { .. } => {
                "run it on that machine, or name a daemon of this machine with DOCKER_HOST"
                    .to_owned()
            }
        })
    }
}

/// Endpoint of the Docker context in force. `None`: no context is in force, or the default one.
/// `DOCKER_CONTEXT` comes before `DOCKER_HOST`, and `DOCKER_HOST` before the configuration file, as
/// in the docker command.
///
/// # Errors
/// [`EndpointError::Context`].
pub fn endpoint_of_context(environment: &Environment) -> Result<Option<String>, EndpointError> {
    let Some(context) = context(environment) else { return Ok(None) };
    let failed = |message: String| EndpointError::Context { context: context.clone(), message };
    let Some(docker) = in_path(environment, "docker") else {
        return Err(failed("no docker command in PATH".to_owned()));
    };
    let output = Command::new(docker)
        .args(["context", "inspect", &context, "--format", "{{.Endpoints.docker.Host}}"])
        .env_clear()
        .envs(environment)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let host = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if !output.status.success() || host.is_empty() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()));
    }
    Ok(Some(host))
}

/// Name of the context in force, other than the default one.
fn context(environment: &Environment) -> Option<String> {
    let set = |name: &str| environment.get(OsStr::new(name)).filter(|value| !value.is_empty());
    let named = match (set("DOCKER_CONTEXT"), set("DOCKER_HOST")) {
        (Some(context), _) => context.to_string_lossy().into_owned(),
        (None, Some(_)) => return None,
        (None, None) => {
            let text = std::fs::read_to_string(docker_config(environment)?).ok()?;
            let config: serde_json::Value = serde_json::from_str(&text).ok()?;
            config["currentContext"].as_str()?.to_owned()
        }
    };
    Some(named).filter(|name| !name.is_empty() && name != "default")
}

/// Endpoint of the daemon, for messages.
///
/// # Errors
/// [`EndpointError`].
pub(super) fn check(environment: &Environment) -> Result<String, EndpointError> {
    let host = if let Some(host) = endpoint_of_context(environment)? {
        host
    } else {
        let host = environment.get(OsStr::new("DOCKER_HOST")).filter(|host| !host.is_empty());
        host.map_or(DEFAULT.to_owned(), |host| host.to_string_lossy().into_owned())
    };
    if is_elsewhere(&host) { Err(EndpointError::OtherMachine { host }) } else { Ok(host) }
}

/// True if an endpoint is certainly on another machine. The client tells the error of a name that
/// has no address.
fn is_elsewhere(endpoint: &str) -> bool {
    match endpoint.split_once("://") {
        Some(("ssh", _)) => true,
        Some(("tcp" | "http" | "https", authority)) => {
            let Ok(uri) = format!("tcp://{authority}").parse::<http::Uri>() else { return false };
            let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
            let Ok(addresses) = (host, uri.port_u16().unwrap_or(PORT)).to_socket_addrs() else {
                return false;
            };
            let mut addresses = addresses.map(|address| address.ip()).peekable();
            addresses.peek().is_some() && !addresses.any(is_own)
        }
        _ => false,
    }
}

/// True if an address is one of this machine. The kernel binds no other.
fn is_own(address: IpAddr) -> bool {
    UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    use rstest::rstest;

    use super::*;

    /// A user with these variables, a configuration file of this context, and a docker command.
    fn user(directory: &Path, variables: &[(&str, &str)], current: &str) -> Environment {
        let config = directory.join(".docker");
        std::fs::create_dir_all(&config).expect("make");
        std::fs::write(config.join("config.json"), current).expect("write");
        let script = "#!/bin/sh\n[ $3 = gone ] && { echo 'context \"gone\": not found' >&2; exit 1; }\n\
                      echo \"unix:///run/$3.sock\"\n";
        let docker = directory.join("docker");
        std::fs::write(&docker, script).expect("write");
        std::fs::set_permissions(&docker, std::fs::Permissions::from_mode(0o755)).expect("mode");
        let own = [("HOME".into(), directory.into()), ("PATH".into(), directory.into())];
        let variables = variables.iter().map(|(name, value)| (name.into(), value.into()));
        own.into_iter().chain(variables).collect()
    }

    const OTHER: &str = "{ \"auths\": {}, \"currentContext\": \"other\" }";

    #[rstest]
    #[case::none(&[], "{}", None)]
    #[case::no_json(&[], "", None)]
    #[case::default(&[], "{ \"currentContext\": \"default\" }", None)]
    #[case::of_the_file(&[], OTHER, Some("unix:///run/other.sock"))]
    #[case::host_before_the_file(&[("DOCKER_HOST", "unix:///a")], OTHER, None)]
    #[case::variable_before_the_host(
        &[("DOCKER_HOST", "unix:///a"), ("DOCKER_CONTEXT", "mine")],
        OTHER,
        Some("unix:///run/mine.sock")
    )]
    #[case::default_by_the_variable(&[("DOCKER_CONTEXT", "default")], OTHER, None)]
    fn a_context_has_the_endpoint_that_docker_tells(
        #[case] variables: &[(&str, &str)],
        #[case] config: &str,
        #[case] expected: Option<&str>,
    ) {
        let directory = tempfile::tempdir().expect("a directory");
        let environment = user(directory.path(), variables, config);
        let found = endpoint_of_context(&environment).expect("an answer");
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn a_context_that_is_gone_is_named_with_dockers_message() {
        let directory = tempfile::tempdir().expect("a directory");
        let environment = user(directory.path(), &[("DOCKER_CONTEXT", "gone")], "{}");
        let error = check(&environment).expect_err("it is gone");
        let expected = "failed to find the endpoint of the Docker context gone: \
                        context \"gone\": not found";
        assert_eq!(error.to_string(), expected);
    }

    #[rstest]
    #[case::socket("unix:///var/run/docker.sock", false)]
    #[case::loopback("tcp://127.0.0.1:2375", false)]
    #[case::loopback_by_name("tcp://localhost", false)]
    #[case::loopback_of_ipv6("tcp://[::1]:2375", false)]
    #[case::of_a_test_network("tcp://192.0.2.77:2375", true)]
    #[case::with_tls("https://192.0.2.77:2376", true)]
    #[case::by_ssh("ssh://me@host", true)]
    #[case::no_such_name("tcp://no-such-host.invalid:2375", false)]
    #[case::nonsense("nonsense", false)]
    fn an_endpoint_must_be_of_this_machine(#[case] endpoint: &str, #[case] elsewhere: bool) {
        assert_eq!(is_elsewhere(endpoint), elsewhere);
    }
}
