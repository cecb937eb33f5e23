//! Builds the programs of a native cluster, and of Argo versions, into the cache.
//!
//! `cargo run -p provision --example build -- [--argo VERSION]... [--only-argo]`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::process::ExitCode;

use provision::argo_source::ArgoSource;
use provision::cache::Cache;
use provision::program::{self, BuildError, DEFAULT_KUBERNETES, cluster_programs};
use provision::progress::{Notice, Progress};
use sandbox::guard::Guard;

struct Lines;

impl Progress for Lines {
    fn notice(&self, notice: Notice) {
        match notice {
            Notice::Started { stage } => println!("{stage} …"),
            Notice::Advanced { stage, detail } => println!("{stage}: {detail}"),
            Notice::Finished { stage, elapsed } => println!("{stage}: done in {elapsed:.1?}"),
        }
    }
}

fn main() -> ExitCode {
    if let Some(code) = sandbox::verb::dispatch(std::env::args_os()) {
        return code;
    }
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            let mut cause = error.source();
            while let Some(inner) = cause {
                println!("  caused by: {inner}");
                cause = inner.source();
            }
            if let Some(hint) = error.downcast_ref::<BuildError>().and_then(BuildError::hint) {
                println!("hint: {hint}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut items = cluster_programs();
    items.push(program::kubernetes(DEFAULT_KUBERNETES));
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--argo" => {
                let version = args.next().ok_or("--argo wants a version")?;
                items.extend(ArgoSource::module(&version)?.item().cloned());
            }
            "--only-argo" => items.clear(),
            other => return Err(format!("what is `{other}`?").into()),
        }
    }
    let cache = Cache::open(None)?;
    let guard = Guard::new(std::env::current_exe()?);
    for entry in program::ensure(&cache, &items, &guard, &Lines)? {
        let megabytes = entry.bytes() / 1_000_000;
        println!("{}: {megabytes} MB in {}", entry.manifest().what, entry.dir().display());
    }
    Ok(())
}
