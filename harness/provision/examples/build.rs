//! Builds the programs of a native cluster and of Argo versions, for the cache.
//!
//! `cargo run -p argo-conformance-provision --example build -- [--only-argo] [--argo VERSION]...
//! [--checkout PATH=VERSION]... [--git REPOSITORY@REVISION]...`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::process::ExitCode;

use provision::argo_source::ArgoSource;
use provision::cache::Cache;
use provision::git::Git;
use provision::program::{self, BuildError, DEFAULT_KUBERNETES, cluster_programs};
use provision::progress::{Notice, Progress};
use sandbox::guard::Guard;

struct Lines;

impl Progress for Lines {
    fn notice(&self, notice: Notice) {
        match notice {
            Notice::Planned { works } => println!("{} stages", works.len()),
            Notice::Started { stage } => println!("{stage} …"),
            Notice::Advanced { stage, detail, .. } => println!("{stage}: {detail}"),
            Notice::Failed { stage } => println!("{stage}: failed"),
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
    let guard = Guard::new(std::env::current_exe()?);
    let over = std::env::var_os("ARGO_CONFORMANCE_CACHE").map(std::path::PathBuf::from);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--argo" => {
                let version = args.next().ok_or("--argo wants a version")?;
                items.extend(ArgoSource::module(&version)?.item().cloned());
            }
            "--checkout" => {
                let checkout = args.next().ok_or("--checkout wants a path and a version")?;
                items.extend(ArgoSource::checkout(&checkout)?.item().cloned());
            }
            "--git" => {
                let text = args.next().ok_or("--git wants a repository and a revision")?;
                let git = Git::find(&guard, &std::env::vars_os().collect())?;
                items.extend(ArgoSource::git(&text, &git, over.as_deref())?.item().cloned());
            }
            "--only-argo" => items.clear(),
            other => return Err(format!("what is `{other}`?").into()),
        }
    }
    let cache = Cache::open(over.as_deref())?;
    for entry in program::ensure(&cache, &items, &guard, &Lines)? {
        let megabytes = entry.bytes() / 1_000_000;
        println!("{}: {megabytes} MB in {}", entry.manifest().what, entry.dir().display());
    }
    Ok(())
}
