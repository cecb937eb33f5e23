//! The command line: arguments, one file per command, terminal.

mod args;
mod commands;
mod docker_context;
#[cfg(test)]
mod fuzzed;
mod known_secrets;
mod measured;
mod own_cases;
mod terminal;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use provision::cache::removals::{finish_removals, removals_end_within};

use args::Verb;
use terminal::{out, screen};

/// Time of a wait at the end of a command that nobody needs to know of.
const UNSAID: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    // Before any thread: the hidden verbs change namespaces.
    if let Some(code) = sandbox::verb::dispatch(std::env::args_os()) {
        return code;
    }
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    docker_context::adopt(&args.verb);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out::trouble(&anyhow::Error::new(error)),
    };
    let outcome = runtime.block_on(run(args.verb));
    screen::end();
    if !removals_end_within(UNSAID) {
        out::note("wait until the directory of a build is removed");
        finish_removals();
    }
    match outcome {
        Ok(code) => ExitCode::from(out::complete(code)),
        Err(error) => out::trouble(&error),
    }
}

async fn run(verb: Verb) -> anyhow::Result<u8> {
    match verb {
        Verb::Run(args) => Box::pin(commands::run::run(*args)).await,
        Verb::Upgrade(args) => Box::pin(commands::upgrade::upgrade(*args)).await,
        Verb::Bisect(args) => Box::pin(commands::bisect::bisect(args)).await,
        Verb::List(args) => commands::list::list(&args),
        Verb::Explain(args) => commands::explain::explain(&args),
        Verb::Known(args) => commands::known::known(&args),
        Verb::Lint(args) => commands::lint::lint(&args),
        Verb::Init(args) => commands::init::init(&args),
        Verb::Judge(args) => commands::judge::judge(&args),
        Verb::Merge(args) => commands::merge::merge(&args),
        Verb::Mutate(args) => commands::mutate::mutate(&args),
        Verb::Certify(args) => commands::certify::certify(&args),
        Verb::Verify(args) => Box::pin(commands::verify::verify(&args)).await,
        Verb::Report(args) => commands::report::report(&args),
        Verb::Site(args) => commands::site::site(&args),
        Verb::Up(args) => Box::pin(commands::up::up(args)).await,
        Verb::Down(args) => commands::down::down(&args),
        Verb::Prepare(args) => commands::prepare::prepare(&args),
        Verb::Check(args) => Box::pin(commands::check::check(&args)).await,
        Verb::Image(args) => Box::pin(commands::image::image(args)).await,
        Verb::StoreProxy(args) => commands::store_proxy::serve(args).await,
        Verb::Keep(args) => Box::pin(commands::keep::keep(args)).await,
        Verb::Sweep(args) => commands::sweep::sweep(&args).await,
        Verb::Clean(args) => commands::clean::clean(&args).await,
        Verb::Completions { shell } => commands::generate::completions(shell),
        Verb::Schema => Ok(commands::generate::schema()),
        Verb::Man => commands::generate::page(),
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(report::exit::USAGE) } else { ExitCode::SUCCESS }
}
