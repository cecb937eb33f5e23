//! `image`: this program as a container image, with its cases and, by default, an `argo` program.
//!
//! The image has the program that runs, and the libraries that it has loaded. Docker and a base
//! image are not needed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use provision::image::Image;

use crate::args::ImageOfItselfArgs;
use crate::terminal::console::Terminal;
use crate::terminal::out;
use runner::installation::programs::Programs;
use runner::installation::spec;
use runner::selection;
use runner::session::Session;

/// Paths of the program, of the `argo` program and of the cases in the image. The working directory
/// of the image is `/`, so the default of `--cases` names the cases.
const PROGRAM: &str = "/usr/local/bin/argo-conformance";
const ARGO: &str = "/usr/local/bin/argo";
const CASES: &str = "/cases";

/// Writes the image.
pub(crate) async fn image(args: ImageOfItselfArgs) -> anyhow::Result<u8> {
    let cases = selection::select(&args.cases.selection())?;
    let program =
        std::env::current_exe().context("failed to find the executable of this program")?;
    let mut image = Image::new(&args.reference).entrypoint(&[PROGRAM]).program(PROGRAM, &program);
    if !args.without_argo {
        image = image.program(ARGO, &argo(&args).await?);
    }
    for library in libraries()? {
        image = image.program(&library.display().to_string(), &library);
        if let Some(link) = loader(&library) {
            image = image.link(link, &library.display().to_string());
        }
    }
    let mut files = BTreeSet::new();
    for case in &cases {
        let stem = case.id.split('@').next().unwrap_or_default();
        for (name, text) in &case.source.files {
            // Variants of a case have the same files.
            let path = format!("{CASES}/{stem}/{name}");
            if files.insert(path.clone()) {
                image = image.text(&path, text);
            }
        }
    }
    image.write(&std::path::absolute(&args.output)?)?;
    let client =
        if args.without_argo { "no argo program".into() } else { format!("argo {}", args.argo) };
    out::result(&format!(
        "wrote {}: {} with {} files of cases and {client}",
        args.output.display(),
        args.reference,
        files.len(),
    ));
    Ok(report::exit::PASS)
}

/// The `argo` program of the version that the arguments name.
async fn argo(args: &ImageOfItselfArgs) -> anyhow::Result<PathBuf> {
    let spec = spec::version(&args.argo)?;
    let session = Arc::new(Session::open(&(&args.programs).into(), None, Terminal::text())?);
    session.stop_on_signals()?;
    Ok(Programs::of_argo(&session, &spec.cli).await?.bin().join("argo"))
}

/// The shared libraries that this process has loaded, the loader among them.
fn libraries() -> anyhow::Result<BTreeSet<PathBuf>> {
    let maps = std::fs::read_to_string("/proc/self/maps")
        .context("failed to list the shared libraries of this process")?;
    let paths = maps.lines().filter_map(|line| line.split_whitespace().nth(5));
    let is_library = |path: &&str| path.starts_with('/') && path.contains(".so");
    Ok(paths.filter(is_library).map(PathBuf::from).collect())
}

/// The path under which programs name their loader, if this library is it.
fn loader(library: &Path) -> Option<&'static str> {
    let named = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"];
    named.into_iter().find(|path| Path::new(path).file_name() == library.file_name())
}
