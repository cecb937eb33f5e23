//! `site`: a static site about runs and statements.

use model::Level;
use runner::config::Selection;
use runner::selection;

use crate::args::SiteArgs;
use crate::known_secrets::known_secrets;
use crate::measured;
use crate::terminal::out;

/// Judges the run directories again, and writes the site.
pub(crate) fn site(args: &SiteArgs) -> anyhow::Result<u8> {
    let (patterns, directory) = (Vec::new(), args.cases.directory.clone());
    let selected = Selection { patterns, directory, level: Level::Provisional };
    let cases = selection::select(&selected)?;
    let measured = measured::rows()?;
    let input = rundir::site::read(&args.given, &args.output, &known_secrets(), cases, measured)?;
    let files = report::site::site(&input);
    rundir::site::write(&args.output, &files)?;
    let index = args.output.join("index.html");
    out::note(&format!("wrote {} files: {}", files.len(), index.display()));
    Ok(report::exit::PASS)
}
