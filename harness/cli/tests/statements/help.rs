//! The pages of the commands have the help of the program.

use std::path::PathBuf;
use std::process::Command;

#[rstest::rstest]
fn the_page_of_a_command_is_its_help(#[files("../../docs/reference/commands/*.md")] path: PathBuf) {
    let verb = path.file_stem().and_then(|stem| stem.to_str()).expect("the name of a command");
    let mut command = Command::new(env!("CARGO_BIN_EXE_argo-conformance"));
    let output = command.args([verb, "--help"]).env_clear().output().expect("it runs");
    let help = String::from_utf8(output.stdout).expect("text");
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    let page = std::fs::read_to_string(&path).expect("a page");
    assert_eq!(page, format!("# `{verb}`\n\n```text\n{}\n```\n", help.join("\n")));
}
