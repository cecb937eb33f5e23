//! `cargo ci COMMAND`: see the crate's documentation.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use ci::problem::Problem;
use ci::{
    book, check, codegen, faults, fuzz, imports, kills, live, matrix, mutate, prose, release,
    starts, times, tree,
};

const USAGE: &str = "\
usage: cargo ci <command>

  check     everything that must hold: format, tidy, dependencies, generated files, lints,
            mutants, documentation, tests of ci
  tidy      the rules for files and cases alone
  book      build the book of docs/ into target/book
  circles   print the circles of imports between files; `--shrink` removes those that are cut from
            ci/circles.json
  codegen   write the generated files: cases/README.md, cases/WORDS.md, cases/schema.json
  prose     print figures of the prose; `--shrink` lowers the numbers of ci/prose.json
  mutate    show that every claim can fail, on mutants of the histories in ci/histories;
            `--live` does so on versions of Argo that are really broken;
            `--take DIRECTORY` takes those from the directory of one version of a run
  matrix --shards N [VERSION,...]
            the jobs of the version matrix in GitHub Actions, those of ci/matrix.toml unless
            versions are given, each in so many parts
  times RUN-DIRECTORY...
            write how long each case takes, by which `run --shard` shares them out: ci/times.json
  starts ROUNDS VERSION...
            start each version so many times and print the times from nothing to Available;
            the first version is the base of the ratios
  faults    kill, stop or silence parts of a real environment in the middle of a case: the
            verdict must be unknown; `--list` lists the trials, `--only NAME` selects one,
            `--keep DIRECTORY` keeps their run directories
  fuzz [--inputs N]
            altered cases, histories, expressions, statements and run directories: none may
            panic or hang (10,000,000)
  release --output DIRECTORY --run RUN-DIRECTORY [--target TARGET] [--tag TAG]
            write the files of a release: archive, image, bill of materials, checksums. The run
            directory has cases of this checkout
  prove PROGRAM RUN-DIRECTORY
            run a program in an empty root directory
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
        ["matrix", "--shards", shards, versions @ ..] => {
            let shards = shards.parse().map_err(|_| anyhow!("`{shards}` is no number"))?;
            let versions = versions.iter().flat_map(|list| list.split(','));
            let versions: Vec<&str> = versions.filter(|version| !version.is_empty()).collect();
            say(&matrix::matrix(&root, &versions, shards)?);
            Ok(())
        }
        ["times", runs @ ..] if !runs.is_empty() => {
            let runs: Vec<_> = runs.iter().map(std::path::PathBuf::from).collect();
            let cases = times::take(&root, &runs)?;
            say(&format!("wrote {} ({cases} cases)", times::FILE));
            Ok(())
        }
        ["starts", rounds, versions @ ..] if !versions.is_empty() => {
            let rounds = rounds.parse().map_err(|_| anyhow!("`{rounds}` is no number"))?;
            starts::starts(&root, versions, rounds, &say)
        }
        ["faults", arguments @ ..] => faults::faults(&root, arguments, &say),
        ["fuzz"] => fuzz::fuzz(&root, fuzz::INPUTS),
        ["fuzz", "--inputs", inputs] => {
            let inputs = inputs.parse().map_err(|_| anyhow!("`{inputs}` is no number"))?;
            fuzz::fuzz(&root, inputs)
        }
        ["release", arguments @ ..] => {
            release::release(&root, release::Arguments::read(arguments)?, &say)
        }
        ["prove", program, run] => release::prove::prove(program.as_ref(), run.as_ref()),
        ["kills"] => kills::kills(&root, 30, &say),
        ["kills", times] => {
            let times = times.parse().map_err(|_| anyhow!("`{times}` is no number"))?;
            kills::kills(&root, times, &say)
        }
        ["tidy"] => done(&check::tidy_up(&root)?),
        ["book"] => done(&book::build(&root)?),
        ["circles"] => {
            circles(&tree::files(&root)?);
            Ok(())
        }
        ["circles", "--shrink"] => fewer_circles(&root),
        ["prose"] => {
            for line in prose::figures(&tree::files(&root)?) {
                say(&line);
            }
            Ok(())
        }
        ["prose", "--shrink"] => shrunk(&root),
        ["codegen"] => generated(&root),
        ["mutate"] => mutated(&root),
        ["mutate", "--live"] => live::live(&root, &say),
        ["mutate", "--take", directory] => {
            for path in mutate::take(&root, std::path::Path::new(directory))? {
                say(&format!("wrote {path}"));
            }
            Ok(())
        }
        [] | ["help" | "--help" | "-h"] => {
            say(USAGE);
            Ok(())
        }
        other => bail!("there is no command `{}`\n\n{USAGE}", other.join(" ")),
    }
}

/// Writes the generated files that differ.
fn generated(root: &std::path::Path) -> Result<()> {
    match codegen::generate(root) {
        Ok(files) => {
            for path in codegen::write(root, &files)? {
                say(&format!("wrote {path}"));
            }
            Ok(())
        }
        Err(problems) => done(&problems),
    }
}

fn circles(files: &[tree::File]) {
    for (directory, circles) in imports::circles(files) {
        for circle in circles {
            say(&format!("{directory}: {}", circle.join(", ")));
        }
    }
}

fn fewer_circles(root: &std::path::Path) -> Result<()> {
    let found = imports::circles(&tree::files(root)?);
    let shrunk = imports::shrunk(&found, &imports::allowed(root)?);
    let text = serde_json::to_string_pretty(&shrunk)? + "\n";
    std::fs::write(root.join(imports::FILE), text)?;
    say(&format!("wrote {}", imports::FILE));
    Ok(())
}

fn shrunk(root: &std::path::Path) -> Result<()> {
    let allowed = prose::Allowed::read(root)?;
    let found = prose::found(&tree::files(root)?);
    std::fs::write(root.join(prose::FILE), allowed.shrunk(&found).to_json())?;
    say(&format!("wrote {}", prose::FILE));
    Ok(())
}

fn mutated(root: &std::path::Path) -> Result<()> {
    let began = std::time::Instant::now();
    let outcome = mutate::mutate(root);
    for line in ::mutate::words(&outcome.scores) {
        say(&line);
    }
    say(&format!("in {:.1}s", began.elapsed().as_secs_f64()));
    done(&outcome.problems)
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
