//! Compilation of a prepared source, with its progress.

use std::collections::HashSet;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use super::error::BuildError;
use super::item::{COMMIT, Command, Item};
use super::package::{PACKAGE, Package};
use super::workshop::{Workshop, names_package};
use crate::cache::failed;
use crate::progress::{Count, Notice, WorkKind};

/// A source with every module that its compilation needs, except with caches that stay.
pub(super) struct Prepared {
    /// Directory of the source.
    pub(super) source: PathBuf,
    /// The commit of the source. `None`: the proxy does not report a commit, or the source is a
    /// checkout.
    pub(super) commit: Option<String>,
    /// The packages of the compilation. `None`: they are unknown.
    pub(super) packages: Option<HashSet<Package>>,
}

/// Downloads every module that the commands of an item need. Returns their packages.
pub(super) fn fetch(
    shop: &Workshop,
    item: &Item,
    source: &Path,
    stage: &str,
) -> Result<HashSet<Package>, BuildError> {
    let tags = item.tags.join(",");
    let mut args = vec!["list", "-mod=mod", "-deps", "-f", PACKAGE, "-tags", &tags];
    args.extend(item.commands.iter().map(|command| command.package.as_str()));
    let mut count = 0;
    let output = shop.go(&args, source, item.cgo, &mut |line| {
        if line.starts_with("go: downloading ") {
            count += 1;
            advanced(shop, stage, format!("{count} modules"), Count { done: count, of: None });
        }
    })?;
    if !output.status.success() {
        return Err(shop.not_fetched(stage, item, &args, &output));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    // Go compiles the standard library once for builds with C, and once for builds without.
    Ok(text.lines().map(|package| format!("{package} {}", item.cgo)).collect())
}

/// Flags that save time of the compiler. The linker removes the debug information anyway. Without
/// inlining, compilation takes 0.77 of the time (docs/measurements/2026-11-30-cold-build.md).
const COMPILER: &str = "-gcflags=all=-dwarf=false -l";

/// Compiles the commands of an item into `staged/bin`. With caches that stay, Go downloads missing
/// modules during the compilation. A list of modules and packages takes seconds, and most modules
/// are present. The function drops `next` when the last part begins. See [`LAST_PART`].
pub(super) fn build(
    shop: &Workshop,
    item: &Item,
    prepared: &Prepared,
    staged: &Path,
    next: Sender<Infallible>,
) -> Result<(), BuildError> {
    let stage = &item.work(WorkKind::Build).stage;
    let bin = staged.join("bin");
    fs::create_dir_all(&bin).map_err(failed("create", &bin))?;
    let (tags, linker) = (item.tags.join(","), linker_flags(item, prepared));
    let flags = ["-mod=mod", "-trimpath", "-tags", &tags, COMPILER, "-ldflags", &linker];
    let total = prepared.packages.as_ref().map(|packages| shop.not_compiled(packages) as u64);
    let mut counted = Counted { total, ..Counted::default() };
    let mut next = Some(next);
    let mut on_line = |line: &str| {
        if let Some((detail, count)) = counted.line(line) {
            advanced(shop, stage, detail, count);
        }
        if counted.is_in_last_part() && next.is_some() {
            shop.compiled(prepared.packages.iter().flatten());
            next = None;
        }
    };
    for (output, packages) in outputs(item, &bin) {
        let mut args = vec!["build", "-v"];
        args.extend(flags);
        args.extend(["-o", &output]);
        args.extend(packages);
        let output = shop.go(&args, &prepared.source, item.cgo, &mut on_line)?;
        if !output.status.success() {
            return Err(shop.not_fetched(stage, item, &args, &output));
        }
    }
    shop.compiled(prepared.packages.iter().flatten());
    if let Some(kept) = &shop.kept {
        kept.trim(counted.modules > 0)?;
    }
    Ok(())
}

/// Number of equal parts of the packages of a build. Packages of the last part wait for each other,
/// and a link has one thread, so cores are idle. The next build begins with that part
/// (docs/measurements/2026-12-01-cold-build.md).
pub(super) const LAST_PART: u32 = 5;

/// Progress of a build, from the lines of Go.
#[derive(Default)]
struct Counted {
    /// Number of packages to compile. `None`: the number is unknown.
    total: Option<u64>,
    packages: u64,
    modules: u64,
    /// Per cent in the last report.
    said: u64,
}

impl Counted {
    /// True from the begin of the last part of the packages. See [`LAST_PART`].
    fn is_in_last_part(&self) -> bool {
        self.total.is_some_and(|total| (total - self.packages) * u64::from(LAST_PART) <= total)
    }

    /// Counts a line. Returns a text and the numbers if the progress differs from the last report.
    fn line(&mut self, line: &str) -> Option<(String, Count)> {
        if line.starts_with("go: downloading ") {
            self.modules += 1;
            let count = Count { done: self.modules, of: None };
            return Some((format!("{} modules", self.modules), count));
        }
        if !names_package(line) || Some(self.packages) == self.total {
            return None;
        }
        self.packages += 1;
        let count = Count { done: self.packages, of: self.total };
        let Some(total) = self.total else {
            return Some((format!("{} packages", self.packages), count));
        };
        let hundredth = self.packages * 100 / total;
        let news = hundredth != self.said;
        self.said = hundredth;
        news.then(|| (format!("{} of {total} packages", self.packages), count))
    }
}

/// Values of `go build -o`, each with its packages. Go names a program after its package. A program
/// with another name needs a command of its own.
fn outputs<'a>(item: &'a Item, bin: &Path) -> Vec<(String, Vec<&'a str>)> {
    let named = item.commands.iter().all(|c| c.package.rsplit('/').next() == Some(&c.program));
    if named {
        let packages = item.commands.iter().map(|command| command.package.as_str()).collect();
        return vec![(format!("{}/", bin.display()), packages)];
    }
    let one = |command: &'a Command| {
        (bin.join(&command.program).display().to_string(), vec![command.package.as_str()])
    };
    item.commands.iter().map(one).collect()
}

fn linker_flags(item: &Item, prepared: &Prepared) -> String {
    let commit = prepared.commit.as_deref().unwrap_or("unknown");
    let mut flags = "-s -w".to_owned();
    for (name, value) in &item.variables {
        flags.extend([" -X ", name, "=", &value.replace(COMMIT, commit)]);
    }
    flags
}

fn advanced(shop: &Workshop, stage: &str, detail: String, count: Count) {
    let stage = stage.to_owned();
    shop.progress.notice(Notice::Advanced { stage, detail, count: Some(count) });
}
