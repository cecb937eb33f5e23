//! The sandbox of a harness, and the processes in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The slot that a harness owns, by the notes in the slots' lock files.
pub(super) fn slot_of(harness: u32) -> Option<String> {
    let files = fs::read_dir("/run/argo-conformance/slots").ok()?;
    let mut paths = files.filter_map(|entry| Some(entry.ok()?.path()));
    let owned = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        let note = text.lines().rev().find_map(|line| serde_json::from_str::<Value>(line).ok());
        note.is_some_and(|note| note["owner"]["pid"] == harness)
    };
    Some(paths.find(owned)?.file_stem()?.to_string_lossy().into_owned())
}

/// The process of this name in the sandbox of a slot.
pub(super) fn process(slot: &str, name: &str) -> Option<String> {
    let mine = |pid: &String| {
        let of = |file: &str| fs::read_to_string(format!("/proc/{pid}/{file}"));
        let (cgroup, command) = (of("cgroup").unwrap_or_default(), of("cmdline"));
        let command = command.unwrap_or_default();
        let program = command.split('\0').next().unwrap_or_default();
        let named = Path::new(program).file_name().is_some_and(|file| file == name);
        named && cgroup.contains(&format!("argo-conformance-{slot}/"))
    };
    let entries = fs::read_dir("/proc").ok()?;
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    pids.filter(|pid| pid.parse::<u32>().is_ok()).find(mine)
}

/// The address that the host has towards the sandbox of a slot.
pub(super) fn host_address(slot: &str) -> Option<String> {
    let mut command = Command::new("ip");
    command.args(["-4", "-oneline", "address", "show", "dev", &format!("ac{slot}h")]);
    address(&String::from_utf8_lossy(&command.output().ok()?.stdout))
}

/// The first address in the words of `ip address`.
fn address(said: &str) -> Option<String> {
    let mut words = said.split_whitespace().skip_while(|word| *word != "inet");
    Some(words.nth(1)?.split('/').next()?.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::address;

    #[rstest]
    #[case("652: ac0h    inet 198.18.0.1/30 scope global ac0h", Some("198.18.0.1"))]
    #[case("", None)]
    fn an_interface_has_an_address(#[case] said: &str, #[case] expected: Option<&str>) {
        assert_eq!(address(said).as_deref(), expected);
    }
}
