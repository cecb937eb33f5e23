//! Connections of the harness, and how one falls silent.
//!
//! The answers of the API server to one port of the harness get no route. No byte of them arrives,
//! and neither end closes the connection. A relay between both that stops does the same.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::fault::done;

/// Milliseconds without a byte to the API server after which a connection is that of a watch. The
/// harness asks on every other one each second.
const QUIET: u64 = 2_500;

/// Silences the connections on which the harness waits for events.
///
/// # Errors
/// If there is none, or it has a route afterwards.
pub(super) fn silence(harness: u32, api_server: &str) -> Result<()> {
    let mut command = Command::new("ss");
    command.args(["-tnpiH", "state", "established", "dport", "=", ":443"]);
    let output = command.output().context("failed to run ss")?;
    let ports = watching(&String::from_utf8_lossy(&output.stdout), harness);
    ensure!(!ports.is_empty(), "failed to find a watch of process {harness}");
    for port in ports {
        let mut command = Command::new("nsenter");
        command.args(["--target", api_server, "--net", "ip", "rule", "add", "pref", "1"]);
        done(command.args(["ipproto", "tcp", "dport", &port, "blackhole"]))?;
    }
    Ok(())
}

/// Local ports of a process's connections on which it has said nothing for [`QUIET`], from the
/// words of `ss`: a line with both addresses and the process, and a line with the times.
fn watching(said: &str, process: u32) -> Vec<String> {
    let lines: Vec<&str> = said.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [connection, times] => Some((*connection, *times)),
        _ => None,
    });
    let own = format!("pid={process},");
    let quiet = |times: &str| {
        let mut words = times.split_whitespace();
        let said = words.find_map(|word| word.strip_prefix("lastsnd:"));
        said.and_then(|ms| ms.parse::<u64>().ok()).is_some_and(|ms| ms >= QUIET)
    };
    let watches = pairs.filter(|(connection, times)| connection.contains(&own) && quiet(times));
    let port = |(connection, _): (&str, &str)| {
        let local = connection.split_whitespace().nth(2)?;
        Some(local.rsplit_once(':')?.1.to_owned())
    };
    watches.filter_map(port).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::watching;

    const SAID: &str = "\
0      0      198.18.0.1:40001    198.18.0.2:443   users:((\"argo\",pid=7,fd=9))
\t cubic rto:204 lastsnd:9000 lastrcv:9000
0      0      198.18.0.1:40002    198.18.0.2:443   users:((\"argo\",pid=7,fd=10))
\t cubic rto:204 lastsnd:400 lastrcv:400
0      0      198.18.0.1:40003    198.18.0.2:443   users:((\"argo\",pid=77,fd=9))
\t cubic rto:204 lastsnd:9000 lastrcv:9000
0      0      198.18.0.1:40004    198.18.0.2:443   users:((\"argo\",pid=7,fd=11))
\t cubic rto:204 lastsnd:2500 lastrcv:1
";

    #[rstest]
    #[case(7, &["40001", "40004"])]
    #[case(77, &["40003"])]
    #[case(8, &[])]
    fn a_watch_is_a_connection_on_which_nothing_was_said_for_long(
        #[case] process: u32,
        #[case] ports: &[&str],
    ) {
        assert_eq!(watching(SAID, process), ports);
    }
}
