//! Connections of the harness, and faults that make them silent.
//!
//! The packets of the cluster to the host, or to one port of the harness, get no route. No packet
//! arrives, and neither end closes the connection. A relay that stops between both ends has the
//! same effect.

use std::ops::RangeInclusive;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::program::done;

/// Milliseconds without a byte to the API server after which a connection is that of a watch. The
/// harness asks each second, on the connections that it used last.
const QUIET: u64 = 5_000;
/// Milliseconds before a history in which its watches are opened. A connection that is quiet for
/// longer waits for a request that may never come.
const OPENED: u64 = 1_000;
/// Watches of a run: one of each kind of object.
const WATCHES: usize = 4;
/// Time limit of the wait for quiet watches.
const PATIENCE: Duration = Duration::from_secs(10);

/// Silences the cluster towards the address of the host.
///
/// # Errors
/// If it has a route afterwards.
pub(super) fn cut(host: &str, api_server: &str) -> Result<()> {
    blackhole(api_server, &["to", host])
}

/// Removes the route of packets of a process's network, for the packets that match `so`.
fn blackhole(process: &str, so: &[&str]) -> Result<()> {
    let mut command = Command::new("nsenter");
    command.args(["--target", process, "--net", "ip", "rule", "add", "pref", "1"]);
    done(command.args(so).arg("blackhole"))
}

/// Silences the connections on which the harness waits for events, for the history that began then.
///
/// # Errors
/// If there are too few, or one has a route afterwards.
pub(super) fn silence(harness: u32, api_server: &str, began: Instant) -> Result<()> {
    let ports = loop {
        let age = began.elapsed();
        let opened = u64::try_from(age.as_millis())?.saturating_add(OPENED);
        let ports = watching(&said()?, harness, QUIET..=opened);
        if ports.len() >= WATCHES {
            break ports;
        }
        let found = ports.len();
        ensure!(age < PATIENCE, "failed to find {WATCHES} watches of process {harness}: {found}");
        std::thread::park_timeout(Duration::from_millis(200));
    };
    for port in ports {
        blackhole(api_server, &["ipproto", "tcp", "dport", &port])?;
    }
    Ok(())
}

/// Asks `ss` for all connections to API servers. Returns its output.
fn said() -> Result<String> {
    let mut command = Command::new("ss");
    command.args(["-tnpiH", "state", "established", "dport", "=", ":443"]);
    let output = command.output().context("failed to run ss")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Local ports of a process's quiet connections. `quiet` is a range of milliseconds since the last
/// sent byte. The output of `ss` has two lines for each connection: addresses with the process, and
/// times.
fn watching(said: &str, process: u32, quiet: RangeInclusive<u64>) -> Vec<String> {
    let lines: Vec<&str> = said.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| match pair {
        [connection, times] => Some((*connection, *times)),
        _ => None,
    });
    let own = format!("pid={process},");
    let is_quiet = |times: &str| {
        let mut words = times.split_whitespace();
        let said = words.find_map(|word| word.strip_prefix("lastsnd:"));
        said.and_then(|ms| ms.parse().ok()).is_some_and(|ms| quiet.contains(&ms))
    };
    let watches = pairs.filter(|(connection, times)| connection.contains(&own) && is_quiet(times));
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
\t cubic rto:204 lastsnd:8000 lastrcv:9000
0      0      198.18.0.1:40002    198.18.0.2:443   users:((\"argo\",pid=7,fd=10))
\t cubic rto:204 lastsnd:400 lastrcv:400
0      0      198.18.0.1:40003    198.18.0.2:443   users:((\"argo\",pid=77,fd=9))
\t cubic rto:204 lastsnd:7000 lastrcv:9000
0      0      198.18.0.1:40004    198.18.0.2:443   users:((\"argo\",pid=7,fd=11))
\t cubic rto:204 lastsnd:5000 lastrcv:1
0      0      198.18.0.1:40005    198.18.0.2:443   users:((\"argo\",pid=7,fd=12))
\t cubic rto:204 lastsnd:8001 lastrcv:1
";

    #[rstest]
    #[case(7, &["40001", "40004"])]
    #[case(77, &["40003"])]
    #[case(8, &[])]
    fn a_watch_is_a_connection_on_which_nothing_was_said_since_it_was_opened(
        #[case] process: u32,
        #[case] ports: &[&str],
    ) {
        assert_eq!(watching(SAID, process, 5_000..=8_000), ports);
    }
}
