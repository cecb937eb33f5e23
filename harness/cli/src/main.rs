//! The command line: puts the crates together.

mod args;
mod asked;
mod attempt;
mod begun;
mod bisect;
mod budgets;
mod certify;
mod conclusion;
mod envelope;
mod evidence;
mod existing;
mod first_case;
#[cfg(test)]
mod fuzzed;
mod image;
mod keeper;
mod kept;
mod known;
mod lease;
mod list;
mod live;
mod maker;
mod manual;
mod merge;
mod mutants;
mod observer;
mod out;
mod programs;
mod record;
mod recorded;
mod rejudge;
mod resume;
mod run;
mod screen;
mod selection;
mod session;
mod shard;
mod show;
mod shown;
mod standing;
mod store_proxy;
mod strict;
mod sweep;
mod telling;
mod this_build;
mod times;
mod trial;
mod tries;
mod turns;
mod up;
mod verify;
mod wanted;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    // Before any thread: the hidden verbs change namespaces.
    if let Some(code) = sandbox::verb::dispatch(std::env::args_os()) {
        return code;
    }
    let args = match args::Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage(&error),
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return out::trouble(&anyhow::Error::new(error)),
    };
    let outcome = runtime.block_on(run(args.verb));
    screen::end();
    match outcome {
        Ok(code) => ExitCode::from(out::complete(code)),
        Err(error) => out::trouble(&error),
    }
}

async fn run(verb: args::Verb) -> anyhow::Result<u8> {
    match verb {
        args::Verb::Run(args) => Box::pin(run::run(*args)).await,
        args::Verb::Bisect(args) => Box::pin(bisect::bisect(args)).await,
        args::Verb::List(args) => list::list(&args),
        args::Verb::Explain(args) => list::explain(&args),
        args::Verb::Known(args) => known::known(&args),
        args::Verb::Lint(args) => first_case::lint(&args),
        args::Verb::Init(args) => first_case::init(&args),
        args::Verb::Judge(args) => rejudge::judge(&args),
        args::Verb::Merge(args) => merge::merge(&args),
        args::Verb::Mutate(args) => mutants::mutate(&args),
        args::Verb::Certify(args) => certify::certify(&args),
        args::Verb::Verify(args) => Box::pin(verify::verify(&args)).await,
        args::Verb::Report(args) => telling::report(&args),
        args::Verb::Up(args) => Box::pin(up::up(args)).await,
        args::Verb::Down(args) => up::down(&args),
        args::Verb::Prepare(args) => existing::prepare(&args),
        args::Verb::Image(args) => Box::pin(image::image(args)).await,
        args::Verb::StoreProxy(args) => store_proxy::serve(args).await,
        args::Verb::Keep(args) => Box::pin(keeper::keep(args)).await,
        args::Verb::Sweep(args) => sweep::sweep(&args).await,
        args::Verb::Clean(args) => sweep::clean(&args).await,
        args::Verb::Completions { shell } => manual::completions(shell),
        args::Verb::Schema => Ok(manual::schema()),
        args::Verb::Man => manual::page(),
    }
}

fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { ExitCode::from(report::exit::USAGE) } else { ExitCode::SUCCESS }
}
