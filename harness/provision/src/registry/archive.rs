//! The archive of an image: an OCI image layout, with the index that `docker save` writes.

use std::fs::File;
use std::io;
use std::path::Path;

use oci_client::manifest::OciImageManifest;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The digits of a digest `sha256:…`. `None`: another algorithm, or no digest.
pub(super) fn digits(digest: &str) -> Option<&str> {
    let digits = digest.strip_prefix("sha256:")?;
    let is_hexadecimal = digits.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    (digits.len() == 64 && is_hexadecimal).then_some(digits)
}

/// Writes the archive of an image from its parts. Each part is a file with the digits of its
/// digest.
pub(super) fn write(
    to: &Path,
    image: &str,
    manifest: &OciImageManifest,
    blobs: &Path,
) -> io::Result<()> {
    let mut archive = tar::Builder::new(File::create(to)?);
    let mut add = |path: &str, content: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, path, content)
    };
    let text = serde_json::to_vec(manifest)?;
    let sum = hex::encode(Sha256::digest(&text));
    add("oci-layout", br#"{"imageLayoutVersion":"1.0.0"}"#)?;
    add(&blob(&sum), &text)?;
    let name = |digest: &str| digits(digest).map(blob);
    let layers: Option<Vec<String>> = manifest.layers.iter().map(|l| name(&l.digest)).collect();
    let (Some(config), Some(layers)) = (name(&manifest.config.digest), layers) else {
        return Err(io::Error::other("a digest is no SHA-256"));
    };
    add("index.json", &bytes(&index(image, manifest, &sum, text.len()))?)?;
    let saved = json!([{ "Config": config, "RepoTags": [image], "Layers": layers }]);
    add("manifest.json", &bytes(&saved)?)?;
    let mut parts: Vec<String> = layers.into_iter().chain([config]).collect();
    parts.sort();
    parts.dedup();
    for part in parts {
        let file = part.rsplit('/').next().unwrap_or_default();
        archive.append_path_with_name(blobs.join(file), &part)?;
    }
    archive.into_inner()?.sync_all()
}

fn index(image: &str, manifest: &OciImageManifest, sum: &str, size: usize) -> Value {
    let media = manifest
        .media_type
        .clone()
        .unwrap_or_else(|| "application/vnd.oci.image.manifest.v1+json".to_owned());
    json!({
        "schemaVersion": 2,
        "manifests": [{
            "mediaType": media,
            "digest": format!("sha256:{sum}"),
            "size": size,
            "annotations": { "io.containerd.image.name": image },
        }],
    })
}

fn blob(digits: &str) -> String {
    format!("blobs/sha256/{digits}")
}

fn bytes(value: &Value) -> io::Result<Vec<u8>> {
    Ok(serde_json::to_vec(value)?)
}
