//! Argo's manifests with the overlay, rendered once per version and profile. The cache keeps the
//! result.
//!
//! The manifests of Argo 4 have full definitions, with 166,000 lines. Kustomize and a YAML parser
//! need about 10 s of one core for these manifests. The result is JSON, and the harness never
//! parses the schemas of a definition again. Tags and the address of the object store differ
//! between installations, so the rendered manifests have placeholders for them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use model::profile::Profile;

use super::install::Definition;
use super::overlay::{self, Values};
use crate::cache::entry::Entry;
use crate::cache::lock::Lock;
use crate::cache::workplace::Workplace;
use crate::cache::{Cache, CacheError, failed};
use crate::go::run::{RunSpec, Runner, ignored};

/// Version of the files of an entry. A change of these files raises the version.
const RECIPE: u32 = 1;
/// The directory of Argo's manifests in an entry of the cache.
const MANIFESTS: &str = "manifests/";
/// Custom resource definitions, as a `List`.
const DEFINITIONS: &str = "definitions.json";
/// All other objects, as a `List` with placeholders.
const OBJECTS: &str = "objects.json";
/// Largest part of the output of kustomize in an error, in characters from the end.
const SHOWN: usize = 2000;

/// Rendered manifests of one Argo version and one profile.
#[derive(Clone, Debug)]
pub struct RenderedManifests {
    entry: Entry,
}

/// Error of [`RenderedManifests`].
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// An operation on the cache failed.
    #[error("failed to keep rendered manifests")]
    Cache(#[from] CacheError),
    /// Kustomize fails to start.
    #[error("failed to run kustomize")]
    Run(#[source] std::io::Error),
    /// Kustomize refuses the manifests. The value is the end of the output.
    #[error("failed to render the manifests of Argo: kustomize: {0}")]
    Kustomize(String),
    /// The output of kustomize is not YAML: line, column and message.
    #[error("failed to read the output of kustomize: line {0}, column {1}: {2}")]
    Yaml(usize, usize, String),
    /// A file of definitions or objects is not valid, or a definition lacks a field.
    #[error("failed to read the definitions of Argo")]
    Definition(#[source] serde_json::Error),
}

impl RenderedManifests {
    /// Finds the rendered manifests of an Argo version in the cache.
    pub fn find(cache: &Cache, argo: &Entry, profile: Profile, kustomize: &Path) -> Option<Self> {
        let key = key(&made_from(argo, profile, kustomize));
        Entry::find(cache, &key).map(|entry| Self { entry })
    }

    /// Finds the rendered manifests of an Argo version in the cache, or renders them. `argo` is the
    /// entry with the directory `manifests`. The function waits for another process that renders
    /// the same manifests.
    ///
    /// # Errors
    /// [`RenderError`]. After an error the cache has no new entry.
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

    /// Name for a person: `manifests of argo-workflows 4.0.5`.
    pub fn what(&self) -> &str {
        &self.entry.manifest().what
    }

    /// SHA-256 of the file of definitions, in hexadecimal.
    pub fn sha256_of_definitions(&self) -> &str {
        let mut files = self.entry.manifest().files.iter();
        files.find(|file| file.path == DEFINITIONS).map_or("", |file| &file.sha256)
    }

    /// The custom resource definitions. Every installation has the same definitions.
    ///
    /// # Errors
    /// [`RenderError::Cache`] if the file cannot be read. [`RenderError::Definition`] if the file
    /// is not a file of [`RenderedManifests::get`].
    pub fn definitions(&self) -> Result<Vec<Definition>, RenderError> {
        let list: List<Box<RawValue>> = self.read(DEFINITIONS, str::to_owned)?;
        let definitions = list.items.into_iter().map(Definition::read);
        definitions.collect::<Result<_, _>>().map_err(RenderError::Definition)
    }

    /// All other objects, with the values of one installation.
    ///
    /// # Errors
    /// [`RenderError`], as for [`RenderedManifests::definitions`].
    pub fn objects(&self, values: &Values) -> Result<Vec<Value>, RenderError> {
        let list: List<Value> = self.read(OBJECTS, |text| values.fill(text))?;
        Ok(list.items)
    }

    /// Writes the manifests of one installation to a directory, for `kubectl apply --server-side`.
    /// The files are copies, so an edit does not alter the cache.
    ///
    /// # Errors
    /// A file cannot be read or written.
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

/// A list of objects, in the format of kubectl.
#[derive(Deserialize)]
struct List<T> {
    items: Vec<T>,
}

/// Name of the entry in the cache.
fn key(made_from: &Value) -> String {
    let hash = hex::encode(Sha256::digest(made_from.to_string().as_bytes()));
    format!("manifests-{}", &hash[..16])
}

/// Inputs of a rendering. Equal inputs give equal output.
fn made_from(argo: &Entry, profile: Profile, kustomize: &Path) -> Value {
    let files = argo.manifest().files.iter();
    let files = files.filter(|file| file.path.starts_with(MANIFESTS));
    let manifests: BTreeMap<&str, &str> =
        files.map(|file| (file.path.as_str(), file.sha256.as_str())).collect();
    // An entry of the cache never changes, and its name has a hash of its inputs.
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
    let output = runner.run(spec, &mut ignored).map_err(RenderError::Run)?;
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
