//! `cargo ci release`: the files of a release, made by the steps of the release workflow.

pub mod archive;
mod arguments;
mod book;
mod build;
mod checksums;
mod commit;
mod image;
mod licences;
pub mod package;
pub mod prove;
mod sbom;
pub mod tag;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};

pub use arguments::Arguments;
use package::Package;

/// The name of the program.
pub const PROGRAM: &str = "argo-conformance";

/// A release for one target.
struct Release {
    root: PathBuf,
    arguments: Arguments,
    version: String,
    /// The built program.
    program: PathBuf,
    /// The files of the archive.
    package: Package,
}

type Step = (&'static str, fn(&mut Release) -> Result<()>);

/// The steps, in their order. Each step uses results of earlier ones.
const STEPS: [Step; 9] = [
    ("tag", Release::tag),
    ("build", Release::build),
    ("prove", Release::prove),
    ("licences", Release::licences),
    ("sbom", Release::sbom),
    ("image", Release::image),
    ("archive", Release::archive),
    ("book", Release::book),
    ("checksums", Release::checksums),
];

/// Makes the files of a release. Reports each step and its time to `say`.
///
/// # Errors
/// If a step fails. Later steps do not run.
pub fn release(root: &Path, arguments: Arguments, say: &dyn Fn(&str)) -> Result<()> {
    let output = &arguments.output;
    fs::create_dir_all(output).with_context(|| format!("failed to create {}", output.display()))?;
    let is_empty = checksums::files(output)?.is_empty();
    ensure!(is_empty, "invalid directory {}: it has files. Name a new one", output.display());
    let version = tag::version(root)?;
    let package = Package::default();
    let root = root.to_owned();
    let mut release = Release { root, arguments, version, program: PathBuf::new(), package };
    for (name, step) in STEPS {
        let began = Instant::now();
        step(&mut release).with_context(|| format!("step {name}"))?;
        say(&format!("{name:<10} {:>6.1} s", began.elapsed().as_secs_f64()));
    }
    for (name, bytes) in release.sizes()? {
        say(&format!("{bytes:>12} {name}"));
    }
    Ok(())
}

impl Release {
    fn tag(&mut self) -> Result<()> {
        let Some(tag) = &self.arguments.tag else { return Ok(()) };
        tag::check(tag, &self.version)?;
        commit::is_clean(&self.root)
    }

    fn build(&mut self) -> Result<()> {
        self.program = build::program(&self.root, &self.arguments.target)?;
        self.package.program(PROGRAM, fs::read(&self.program)?);
        Ok(())
    }

    fn prove(&mut self) -> Result<()> {
        prove::prove(&self.program, &self.arguments.run)
    }

    fn licences(&mut self) -> Result<()> {
        for (path, bytes) in licences::texts(&self.root, &self.arguments.target)? {
            self.package.text(path, bytes);
        }
        Ok(())
    }

    fn sbom(&mut self) -> Result<()> {
        let time = commit::time(&self.root)?;
        let text = sbom::text(&self.root, &self.arguments.target, time)?;
        self.write(".cdx.json", text.as_bytes())
    }

    fn image(&mut self) -> Result<()> {
        image::write(&self.program, &self.version, &self.file(".image.tar"))
    }

    fn archive(&mut self) -> Result<()> {
        self.package.documents(&self.root)?;
        self.package.generated(&self.program)?;
        let files = self.package.complete()?;
        let bytes = archive::archive(&self.name(), files, commit::time(&self.root)?)?;
        self.write(".tar.gz", &bytes)
    }

    fn book(&mut self) -> Result<()> {
        let name = format!("{PROGRAM}-{}-book", self.version);
        let files = book::files(&self.root)?;
        let bytes = archive::archive(&name, &files, commit::time(&self.root)?)?;
        let path = self.arguments.output.join(name + ".tar.gz");
        fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))
    }

    fn checksums(&mut self) -> Result<()> {
        checksums::write(&self.arguments.output, &self.file(".sha256"))
    }

    /// The name that each file of this release starts with.
    fn name(&self) -> String {
        format!("{PROGRAM}-{}-{}", self.version, self.arguments.target)
    }

    fn file(&self, ending: &str) -> PathBuf {
        self.arguments.output.join(self.name() + ending)
    }

    fn write(&self, ending: &str, bytes: &[u8]) -> Result<()> {
        let path = self.file(ending);
        fs::write(&path, bytes).with_context(|| format!("failed to write {}", path.display()))
    }

    /// Name and bytes of each file of the release, and of the program.
    fn sizes(&self) -> Result<Vec<(String, u64)>> {
        let mut sizes = vec![(PROGRAM.to_owned(), fs::metadata(&self.program)?.len())];
        for path in checksums::files(&self.arguments.output)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            sizes.push((name, fs::metadata(&path)?.len()));
        }
        Ok(sizes)
    }
}
