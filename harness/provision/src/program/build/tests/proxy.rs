//! A Go module proxy of files, with small modules.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A directory that `GOPROXY=file://…` can name.
pub(super) struct Proxy {
    root: PathBuf,
}

impl Proxy {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    pub(super) fn url(&self) -> String {
        format!("file://{}", self.root.display())
    }

    /// Publishes a module version with these files. One of the files must be `go.mod`.
    pub(super) fn publish(&self, module: &str, version: &str, files: &[(&str, &str)]) {
        let dir = self.root.join(module).join("@v");
        fs::create_dir_all(&dir).expect("directory");
        let write = |ending: &str, content: &[u8]| {
            fs::write(dir.join(format!("{version}.{ending}")), content).expect("file");
        };
        let info = serde_json::json!({
            "Version": version,
            "Time": "2026-01-01T00:00:00Z",
            "Origin": {"VCS": "git", "Hash": "0123456789abcdef"},
        });
        write("info", info.to_string().as_bytes());
        let go_mod = files.iter().find(|(name, _)| *name == "go.mod").expect("a go.mod");
        write("mod", go_mod.1.as_bytes());
        let named = files.iter().map(|(name, text)| (format!("{module}@{version}/{name}"), *text));
        write("zip", &zip(&named.collect::<Vec<_>>()));
    }
}

/// An uncompressed zip archive of these files.
fn zip(files: &[(String, &str)]) -> Vec<u8> {
    let (mut archive, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = flate2::Crc::new();
        crc.update(text.as_bytes());
        let offset = u32::try_from(archive.len()).expect("small");
        let size = u32::try_from(text.len()).expect("small");
        let name_size = u16::try_from(name.len()).expect("short");
        // Both headers share the bytes from "version needed" to "length of extra field".
        let mut shared = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        shared.extend(crc.sum().to_le_bytes());
        shared.extend(size.to_le_bytes());
        shared.extend(size.to_le_bytes());
        shared.extend(name_size.to_le_bytes());
        shared.extend([0, 0]);
        archive.extend(b"PK\x03\x04");
        archive.extend(&shared);
        archive.write_all(name.as_bytes()).expect("memory");
        archive.write_all(text.as_bytes()).expect("memory");
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).expect("few").to_le_bytes();
    let offset = u32::try_from(archive.len()).expect("small").to_le_bytes();
    let size = u32::try_from(directory.len()).expect("small").to_le_bytes();
    archive.extend(directory);
    archive.extend(b"PK\x05\x06\0\0\0\0");
    for part in [&count[..], &count, &size, &offset, &[0, 0]] {
        archive.extend(part);
    }
    archive
}
