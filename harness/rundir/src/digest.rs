//! SHA-256 digests in hexadecimal.

use std::io::Read;

use model::Case;
use sha2::{Digest, Sha256};

/// SHA-256 of everything that is read, in hexadecimal.
pub fn sha256(mut from: impl Read) -> std::io::Result<String> {
    let (mut digest, mut chunk) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        let read = from.read(&mut chunk)?;
        match chunk.get(..read) {
            Some([]) | None => return Ok(hex::encode(digest.finalize())),
            Some(part) => digest.update(part),
        }
    }
}

/// SHA-256 in hexadecimal of all files of a case, with their names and lengths.
pub fn case_sha256(case: &Case) -> String {
    let mut digest = Sha256::new();
    for (name, text) in &case.source.files {
        digest.update(format!("{name}\n{}\n{text}\n", text.len()));
    }
    hex::encode(digest.finalize())
}
