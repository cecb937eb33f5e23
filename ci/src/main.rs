//! `cargo ci check | tidy | codegen`: see the crate's documentation.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use ci::problem::Problem;
use ci::{check, codegen, kills, tree};

const USAGE: &str = "\
usage: cargo ci <command>

  check     everything that must hold: format, tidy, dependencies, generated files, lints,
            documentation, tests of ci
  tidy      the rules for files and cases alone
  codegen   write the generated files: cases/README.md
  kills [N] kill the harness at N random moments (30): nothing may run on, nothing be left";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let root = tree::root()?;
    match arguments.as_slice() {
        ["check"] => check::check(&root, &say),
        ["kills"] => kills::kills(&root, 30, &say),
        ["kills", times] => {
            let times = times.parse().map_err(|_| anyhow!("`{times}` is no number"))?;
            kills::kills(&root, times, &say)
        }
        ["tidy"] => done(&check::tidy_up(&root)?),
        ["codegen"] => match codegen::generate(&root) {
            Ok(files) => {
                for path in codegen::write(&root, &files)? {
                    say(&format!("wrote {path}"));
                }
                Ok(())
            }
            Err(problems) => done(&problems),
        },
        [] | ["help" | "--help" | "-h"] => {
            say(USAGE);
            Ok(())
        }
        other => bail!("there is no command `{}`\n\n{USAGE}", other.join(" ")),
    }
}

fn done(problems: &[Problem]) -> Result<()> {
    for problem in problems {
        say(&problem.to_string());
    }
    match problems.len() {
        0 => Ok(()),
        1 => Err(anyhow!("there is 1 problem")),
        n => Err(anyhow!("there are {n} problems")),
    }
}

#[expect(clippy::print_stdout, reason = "the one place of this program that prints")]
fn say(line: &str) {
    println!("{line}");
}
