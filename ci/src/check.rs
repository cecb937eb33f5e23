//! Everything that must hold, in order, to the end.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

use crate::problem::Problem;
use crate::{
    book, cases, codegen, imports, metadata::Metadata, msrv, mutate, policy, prose, reasons,
    tested, tidy, tools, tree,
};

/// A part of the check.
struct Step {
    name: &'static str,
    what: What,
}

enum What {
    /// A command that says itself what is wrong: variables, and arguments of cargo.
    Cargo(&'static [(&'static str, &'static str)], &'static [&'static str]),
    /// A look at the repository.
    Look(fn(&Path) -> Result<Vec<Problem>>),
}

/// The steps, the quick ones first where that is no loss.
const STEPS: [Step; 10] = [
    Step { name: "format", what: What::Cargo(&[], &["fmt", "--all", "--check"]) },
    Step { name: "tidy", what: What::Look(tidy_up) },
    Step { name: "crates", what: What::Look(crates) },
    Step { name: "dependencies", what: What::Look(dependencies) },
    Step { name: "generated files", what: What::Look(|root| Ok(codegen::check(root))) },
    Step { name: "book", what: What::Look(book::build) },
    Step { name: "mutants", what: What::Look(|root| Ok(mutate::mutate(root).problems)) },
    Step {
        name: "lints",
        what: What::Cargo(
            &[],
            &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
        ),
    },
    Step {
        name: "documentation",
        what: What::Cargo(
            &[("RUSTDOCFLAGS", "-D warnings")],
            &["doc", "--quiet", "--workspace", "--no-deps"],
        ),
    },
    Step { name: "tests of ci", what: What::Cargo(&[], &["test", "--quiet", "--package", "ci"]) },
];

/// Runs every step, and reports each result to `say`. Reports all failures again at the end.
///
/// # Errors
/// If a step failed.
pub fn check(root: &Path, say: &dyn Fn(&str)) -> Result<()> {
    let mut failures = Vec::new();
    for step in &STEPS {
        let began = Instant::now();
        let failed = match step.run(root) {
            Ok(lines) => lines,
            Err(error) => vec![format!("{error:#}")],
        };
        let word = if failed.is_empty() { "ok" } else { "FAILED" };
        say(&format!("{:<16} {word:<7} {:.1}s", step.name, began.elapsed().as_secs_f64()));
        failures.extend(failed.into_iter().map(|line| (step.name, line)));
    }
    if failures.is_empty() {
        return Ok(());
    }
    say("");
    for (name, line) in &failures {
        say(&format!("[{name}] {line}"));
    }
    let mut steps: Vec<_> = failures.iter().map(|(name, _)| *name).collect();
    steps.dedup();
    bail!("{} of {} steps failed: {}", steps.len(), STEPS.len(), steps.join(", "))
}

impl Step {
    /// Runs the step. Returns one line for each problem.
    fn run(&self, root: &Path) -> Result<Vec<String>> {
        match self.what {
            What::Look(look) => Ok(look(root)?.iter().map(Problem::to_string).collect()),
            What::Cargo(variables, arguments) => {
                let mut command = Command::new("cargo");
                command.current_dir(root).args(arguments).envs(variables.iter().copied());
                let status = command.status().context("failed to run cargo")?;
                let set = variables.iter().map(|(name, value)| format!("{name}='{value}'"));
                let words = set.chain(["cargo".to_owned(), arguments.join(" ")]);
                let again = words.collect::<Vec<_>>().join(" ");
                Ok(if status.success() { vec![] } else { vec![format!("`{again}`: see above")] })
            }
        }
    }
}

/// The problems that `cargo ci tidy` finds in files and cases.
///
/// # Errors
/// If the files cannot be read.
pub fn tidy_up(root: &Path) -> Result<Vec<Problem>> {
    let files = tree::files(root)?;
    let mut problems = tidy::tidy(&files);
    problems.extend(prose::check(&files, &prose::Allowed::read(root)?));
    problems.extend(imports::check(&files, &imports::allowed(root)?));
    problems.extend(book::links(&files));
    problems.extend(book::contents(&files));
    problems.extend(msrv::check(&files));
    problems.extend(reasons::check(&files));
    problems.extend(cases::check(root));
    problems.extend(tested::check(root));
    Ok(problems)
}

fn crates(root: &Path) -> Result<Vec<Problem>> {
    Ok(policy::check(&Metadata::of(root)?, &tree::files(root)?))
}

/// Downloads each package of `Cargo.lock`. A build leaves out those of other platforms, and
/// cargo-deny reads them too.
fn fetch_packages(root: &Path) -> Result<()> {
    let mut command = Command::new("cargo");
    let status = command.current_dir(root).args(["fetch", "--locked", "--quiet"]).status();
    let status = status.context("failed to run cargo fetch")?;
    ensure!(status.success(), "failed to fetch the packages of Cargo.lock: {status}");
    Ok(())
}

/// Runs cargo-deny, which says itself what is wrong.
fn dependencies(root: &Path) -> Result<Vec<Problem>> {
    fetch_packages(root)?;
    let mut command = Command::new(tools::DENY.program()?);
    command.current_dir(root).args(["--offline", "--locked", "--workspace", "check"]);
    let status = command.args(["bans", "licenses", "sources"]).status();
    let status = status.context("failed to run cargo-deny")?;
    let problem = || Problem::of("deny.toml", "cargo-deny found problems", "see above");
    Ok(if status.success() { vec![] } else { vec![problem()] })
}
