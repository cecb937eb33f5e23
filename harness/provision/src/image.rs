//! Container images made from programs, without a registry.
//!
//! The format is the archive of `docker save`, with one layer, a config and a manifest. Both `ctr
//! images import` and `docker load` read this format.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use sha2::{Digest, Sha256};

use crate::cache::entry::hash_all;

/// An image to write.
#[derive(Clone, Debug)]
pub struct Image {
    /// Full reference with tag: `quay.io/argoproj/argoexec:v3.7.18`.
    pub reference: String,
    /// Command of a container that has no command of its own.
    pub entrypoint: Vec<String>,
    /// Numeric user, for pods that must not run as root. Default: root.
    pub user: Option<String>,
    /// Working directory. Default: the default of the container runtime.
    pub directory: Option<String>,
    /// Files of the image.
    pub files: Vec<ImageFile>,
}

/// A file of an image.
#[derive(Clone, Debug)]
pub struct ImageFile {
    /// Absolute path in the image.
    pub path: String,
    /// Content of the file.
    pub content: Content,
}

/// Content of a file.
#[derive(Clone, Debug)]
pub enum Content {
    /// A copy of a program of this machine, with mode 0755.
    Program(PathBuf),
    /// A text, with mode 0644.
    Text(String),
    /// A symbolic link to this path.
    Link(String),
}

/// Error of [`Image::write`].
#[derive(Debug, thiserror::Error)]
#[error("failed to write the image {reference} to {}", path.display())]
pub struct ImageError {
    reference: String,
    path: PathBuf,
    #[source]
    cause: std::io::Error,
}

const PASSWD: &str = "root:x:0:0:root:/:/sbin/nologin\nargo:x:8737:8737:argo:/:/sbin/nologin\n";
const GROUP: &str = "root:x:0:\nargo:x:8737:\n";

/// References of the images in an archive of `docker save`.
///
/// # Errors
/// The archive cannot be read, or has no valid `manifest.json`.
pub fn references(archive: &Path) -> std::io::Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Saved {
        repo_tags: Option<Vec<String>>,
    }
    let mut archive = tar::Archive::new(std::fs::File::open(archive)?);
    for entry in archive.entries_with_seek()? {
        let entry = entry?;
        if entry.path()?.as_os_str() == "manifest.json" {
            let saved: Vec<Saved> = serde_json::from_reader(entry)?;
            return Ok(saved.into_iter().filter_map(|image| image.repo_tags).flatten().collect());
        }
    }
    Err(std::io::Error::other("it is no archive of images: it has no manifest.json"))
}

impl Image {
    /// An image with `/tmp`, `/etc/passwd`, `/etc/group` and nothing else.
    pub fn new(reference: &str) -> Self {
        let text = |path: &str, text: &str| ImageFile {
            path: path.to_owned(),
            content: Content::Text(text.to_owned()),
        };
        Self {
            reference: reference.to_owned(),
            entrypoint: Vec::new(),
            user: None,
            directory: None,
            files: vec![text("/etc/passwd", PASSWD), text("/etc/group", GROUP)],
        }
    }

    /// Adds a program of this machine.
    #[must_use]
    pub fn program(mut self, path: &str, from: &Path) -> Self {
        let content = Content::Program(from.to_owned());
        self.files.push(ImageFile { path: path.to_owned(), content });
        self
    }

    /// Adds a file of text.
    #[must_use]
    pub fn text(mut self, path: &str, text: &str) -> Self {
        let content = Content::Text(text.to_owned());
        self.files.push(ImageFile { path: path.to_owned(), content });
        self
    }

    /// Adds a symbolic link.
    #[must_use]
    pub fn link(mut self, path: &str, to: &str) -> Self {
        let content = Content::Link(to.to_owned());
        self.files.push(ImageFile { path: path.to_owned(), content });
        self
    }

    /// Sets the command of a container that has no command of its own.
    #[must_use]
    pub fn entrypoint(mut self, words: &[&str]) -> Self {
        self.entrypoint = words.iter().map(|&w| w.to_owned()).collect();
        self
    }

    /// Sets the numeric user.
    #[must_use]
    pub fn user(mut self, user: &str) -> Self {
        self.user = Some(user.to_owned());
        self
    }

    /// Writes the archive, and renames it to `path` at the end. Equal inputs give equal bytes.
    ///
    /// # Errors
    /// A program cannot be read, or the archive cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), ImageError> {
        self.write_archive(path).map_err(|cause| ImageError {
            reference: self.reference.clone(),
            path: path.to_owned(),
            cause,
        })
    }

    fn write_archive(&self, path: &Path) -> std::io::Result<()> {
        let directory = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(directory)?;
        let layer = tempfile::NamedTempFile::new_in(directory)?;
        self.write_layer(layer.as_file())?;
        let digest = sha256_of(layer.path())?;
        let config = self.config(&digest).to_string();
        let config_name = format!("{}.json", hex::encode(Sha256::digest(config.as_bytes())));
        let layer_name = format!("{digest}/layer.tar");
        let manifest = json!([{
            "Config": config_name,
            "RepoTags": [self.reference],
            "Layers": [layer_name],
        }]);
        let archive = tempfile::NamedTempFile::new_in(directory)?;
        let mut tar = tar::Builder::new(std::io::BufWriter::new(archive.as_file()));
        append_file(&mut tar, &layer_name, layer.path(), 0o644)?;
        append_text(&mut tar, &config_name, &config)?;
        append_text(&mut tar, "manifest.json", &manifest.to_string())?;
        tar.into_inner()?.flush()?;
        archive.persist(path)?;
        Ok(())
    }

    fn write_layer(&self, file: &std::fs::File) -> std::io::Result<()> {
        let mut tar = tar::Builder::new(std::io::BufWriter::new(file));
        for directory in self.directories() {
            let mode = if directory == "tmp/" { 0o1777 } else { 0o755 };
            let mut header = header(tar::EntryType::Directory, 0, mode);
            tar.append_data(&mut header, directory, std::io::empty())?;
        }
        for file in &self.files {
            let path = file.path.trim_start_matches('/');
            match &file.content {
                Content::Program(from) => append_file(&mut tar, path, from, 0o755)?,
                Content::Text(text) => append_text(&mut tar, path, text)?,
                Content::Link(to) => {
                    tar.append_link(&mut header(tar::EntryType::Symlink, 0, 0o777), path, to)?;
                }
            }
        }
        tar.into_inner()?.flush()
    }

    fn directories(&self) -> Vec<String> {
        let mut found = std::collections::BTreeSet::from(["tmp/".to_owned()]);
        for file in &self.files {
            let parents = Path::new(file.path.trim_start_matches('/')).ancestors().skip(1);
            found.extend(
                parents.filter(|p| *p != Path::new("")).map(|p| format!("{}/", p.display())),
            );
        }
        found.into_iter().collect()
    }

    fn config(&self, layer_digest: &str) -> serde_json::Value {
        let mut process = json!({ "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"] });
        if !self.entrypoint.is_empty() {
            process["Entrypoint"] = json!(self.entrypoint);
        }
        if let Some(user) = &self.user {
            process["User"] = json!(user);
        }
        if let Some(directory) = &self.directory {
            process["WorkingDir"] = json!(directory);
        }
        json!({
            "architecture": architecture(),
            "os": "linux",
            "config": process,
            "rootfs": { "type": "layers", "diff_ids": [format!("sha256:{layer_digest}")] },
            "history": [{ "created_by": "argo-conformance" }],
        })
    }
}

/// The architecture of this machine, in the terms of Go and of images.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn header(kind: tar::EntryType, size: u64, mode: u32) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(mode);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

fn append_file<W: Write>(
    tar: &mut tar::Builder<W>,
    name: &str,
    from: &Path,
    mode: u32,
) -> std::io::Result<()> {
    let file = std::fs::File::open(from)?;
    let mut header = header(tar::EntryType::Regular, file.metadata()?.len(), mode);
    tar.append_data(&mut header, name, file)
}

fn append_text<W: Write>(tar: &mut tar::Builder<W>, name: &str, text: &str) -> std::io::Result<()> {
    let mut header = header(tar::EntryType::Regular, text.len() as u64, 0o644);
    tar.append_data(&mut header, name, text.as_bytes())
}

fn sha256_of(path: &Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    hash_all(&mut hasher, std::fs::File::open(path)?)?;
    Ok(hex::encode(hasher.finalize()))
}
