//! Argo's manifests with our overlay on top, rendered once per version and kept in the cache.
//!
//! Argo 4 ships full definitions: its manifests have 166,000 lines. kustomize and a YAML reader
//! take about 10 s of a core for them. The cache keeps the result as JSON, and each definition
//! as one text that only the API server reads again. Values that differ between installations of
//! one version (tags, object store) stay placeholders until then.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::install::{Definition, Profile};
use super::overlay::{self, Values};
use crate::cache::entry::{Entry, hexadecimal};
use crate::cache::lock::Lock;
use crate::cache::workplace::Workplace;
use crate::cache::{Cache, CacheError, failed};
use crate::go::run::{RunSpec, Runner};

/// Raised when the way manifests are kept changes.
const RECIPE: u32 = 1;
/// The directory of Argo's manifests in an entry of the cache.
const MANIFESTS: &str = "manifests/";
/// Custom resource definitions, as a `List`.
const DEFINITIONS: &str = "definitions.json";
/// All other objects, as a `List` with placeholders.
const OBJECTS: &str = "objects.json";
/// How much of the output of kustomize an error shows, in bytes from the end.
const SHOWN: usize = 2000;

/// Rendered manifests of one Argo version and one profile.
#[derive(Clone, Debug)]
pub struct Rendered {
    entry: Entry,
}

/// Why manifests could not be rendered or read.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The cache cannot be used.
    #[error("failed to keep rendered manifests")]
    Cache(#[from] CacheError),
    /// kustomize does not start.
    #[error("failed to run kustomize")]
    Run(#[source] std::io::Error),
    /// kustomize refuses the manifests.
    #[error("failed to render the manifests of Argo: kustomize: {0}")]
    Kustomize(String),
    /// The output of kustomize is not YAML.
    #[error("failed to read the output of kustomize: line {0}, column {1}: {2}")]
    Yaml(usize, usize, String),
    /// A definition lacks a field that the API server needs.
    #[error("failed to read the definitions of Argo")]
    Definition(#[source] serde_json::Error),
}

impl Rendered {
    /// Finds the manifests of an Argo version in the cache.
    pub fn find(cache: &Cache, argo: &Entry, profile: Profile, kustomize: &Path) -> Option<Self> {
        let key = key(&made_from(argo, profile, kustomize));
        Entry::find(cache, &key).map(|entry| Self { entry })
    }

    /// Renders the manifests of an Argo version, or finds them in the cache. `argo` is the entry
    /// with the directory `manifests`. Another process that renders the same is waited for.
    ///
    /// # Errors
    /// [`RenderError`]; nothing half made stays in the cache.
    pub fn get(
        cache: &Cache,
        argo: &Entry,
        profile: Profile,
        kustomize: &Path,
        runner: &dyn Runner,
    ) -> Result<Self, RenderError> {
        let made_from = made_from(argo, profile, kustomize);
        let key = key(&made_from);
        if let Some(entry) = Entry::find(cache, &key) {
            return Ok(Self { entry });
        }
        let what = format!("rendering the manifests of {}", argo.manifest().what);
        let _lock = Lock::take(cache, &key, &what, &mut |_| {}, &|| runner.cancelled())?;
        if let Some(entry) = Entry::find(cache, &key) {
            return Ok(Self { entry });
        }
        let work = Workplace::reserve(cache, &what)?;
        let laid_out = work.dir().join("overlay");
        overlay::lay_out(&argo.dir().join(MANIFESTS), profile, &laid_out)?;
        let text = render(kustomize, &laid_out, runner)?;
        let staged = work.dir().join("made");
        keep(&text, &staged)?;
        let what = format!("manifests of {}", argo.manifest().what);
        Ok(Self { entry: Entry::publish(cache, &key, &staged, &what, made_from)? })
    }

    /// Their name for people: `manifests of argo-workflows 4.0.5`.
    pub fn what(&self) -> &str {
        &self.entry.manifest().what
    }

    /// SHA-256 of all definitions, in hexadecimal.
    pub fn sha256_of_definitions(&self) -> &str {
        let mut files = self.entry.manifest().files.iter();
        files.find(|file| file.path == DEFINITIONS).map_or("", |file| &file.sha256)
    }

    /// The custom resource definitions, which are the same in each installation.
    ///
    /// # Errors
    /// [`RenderError::Cache`] if the file cannot be read, [`RenderError::Definition`] if it is not
    /// the one that [`Rendered::get`] wrote.
    pub fn definitions(&self) -> Result<Vec<Definition>, RenderError> {
        let list: List<Box<RawValue>> = self.read(DEFINITIONS, str::to_owned)?;
        let definitions = list.items.into_iter().map(Definition::read);
        definitions.collect::<Result<_, _>>().map_err(RenderError::Definition)
    }

    /// All other objects, with the values of one installation.
    ///
    /// # Errors
    /// As [`Rendered::definitions`].
    pub fn objects(&self, values: &Values) -> Result<Vec<Value>, RenderError> {
        let list: List<Value> = self.read(OBJECTS, |text| values.fill(text))?;
        Ok(list.items)
    }

    /// Writes the manifests of one installation to a directory, as `kubectl apply --server-side`
    /// takes them. The files are copies: an edit of one leaves the cache as it is.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, values: &Values, directory: &Path) -> Result<(), CacheError> {
        fs::create_dir_all(directory).map_err(failed("create", directory))?;
        let (from, to) = (self.entry.dir().join(DEFINITIONS), directory.join(DEFINITIONS));
        fs::copy(&from, &to).map_err(failed("write", &to))?;
        let (from, to) = (self.entry.dir().join(OBJECTS), directory.join(OBJECTS));
        let text = fs::read_to_string(&from).map_err(failed("read", &from))?;
        fs::write(&to, values.fill(&text)).map_err(failed("write", &to))
    }

    fn read<T: for<'de> Deserialize<'de>>(
        &self,
        file: &str,
        change: impl Fn(&str) -> String,
    ) -> Result<T, RenderError> {
        let path = self.entry.dir().join(file);
        let text = fs::read_to_string(&path).map_err(failed("read", &path))?;
        serde_json::from_str(&change(&text)).map_err(RenderError::Definition)
    }
}

/// A list of objects, as kubectl reads one.
#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

/// The name of an entry of the cache.
fn key(made_from: &Value) -> String {
    let hash = hexadecimal(&Sha256::digest(made_from.to_string().as_bytes()));
    format!("manifests-{}", &hash[..16])
}

/// The input of a rendering. Two renderings of the same input have the same output.
fn made_from(argo: &Entry, profile: Profile, kustomize: &Path) -> Value {
    let files = argo.manifest().files.iter();
    let files = files.filter(|file| file.path.starts_with(MANIFESTS));
    let manifests: BTreeMap<&str, &str> =
        files.map(|file| (file.path.as_str(), file.sha256.as_str())).collect();
    // Entries of the cache are never altered, and the name of one has the hash of its input.
    let kustomize = kustomize.ancestors().nth(2).and_then(Path::file_name);
    json!({
        "manifests": manifests,
        "overlay": overlay::files(profile).collect::<BTreeMap<_, _>>(),
        "kustomize": kustomize.unwrap_or_default().to_string_lossy(),
        "recipe": RECIPE,
    })
}

fn render(kustomize: &Path, directory: &Path, runner: &dyn Runner) -> Result<String, RenderError> {
    let spec = RunSpec {
        program: kustomize.to_owned(),
        args: vec!["build".into(), directory.into()],
        env: vec![("HOME".into(), "/nonexistent".into())],
        cwd: "/".into(),
    };
    let output = runner.run(spec, &mut |_| {}).map_err(RenderError::Run)?;
    if !output.status.success() {
        let text = output.stderr_tail.join("\n");
        let start = text.char_indices().rev().nth(SHOWN).map_or(0, |(at, _)| at);
        return Err(RenderError::Kustomize(text[start..].trim().to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Writes rendered objects as two lists: definitions, and the rest.
fn keep(text: &str, staged: &Path) -> Result<(), RenderError> {
    let objects = model::parse::trusted_manifest(text)
        .map_err(|(line, column, message)| RenderError::Yaml(line, column, message))?;
    let is_definition = |object: &Value| object["kind"] == "CustomResourceDefinition";
    let (definitions, objects): (Vec<Value>, Vec<Value>) =
        objects.into_iter().partition(is_definition);
    for definition in &definitions {
        Definition::check(definition).map_err(RenderError::Definition)?;
    }
    fs::create_dir_all(staged).map_err(failed("create", staged))?;
    for (file, items) in [(DEFINITIONS, definitions), (OBJECTS, objects)] {
        let list = json!({ "apiVersion": "v1", "kind": "List", "items": items });
        let path = staged.join(file);
        fs::write(&path, list.to_string()).map_err(failed("write", &path))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
