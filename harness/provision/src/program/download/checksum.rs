//! Checksum of a published file.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};

/// A checksum in hexadecimal, with its algorithm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Checksum {
    /// SHA-256.
    Sha256(String),
    /// SHA-512.
    Sha512(String),
}

impl Checksum {
    /// The checksum in hexadecimal.
    pub fn digits(&self) -> &str {
        match self {
            Self::Sha256(digits) | Self::Sha512(digits) => digits,
        }
    }

    /// Whether the value has the length of its algorithm, in small hexadecimal digits.
    pub(super) fn is_valid(&self) -> bool {
        let length = match self {
            Self::Sha256(_) => 64,
            Self::Sha512(_) => 128,
        };
        let mut bytes = self.digits().bytes();
        self.digits().len() == length
            && bytes.all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    }

    /// A sum of the same algorithm, over no byte yet.
    pub(super) fn begin(&self) -> Sum {
        match self {
            Self::Sha256(_) => Sum::Sha256(Sha256::new()),
            Self::Sha512(_) => Sum::Sha512(Box::new(Sha512::new())),
        }
    }
}

impl std::fmt::Display for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sha256(digits) => write!(f, "sha256:{digits}"),
            Self::Sha512(digits) => write!(f, "sha512:{digits}"),
        }
    }
}

/// A checksum under computation.
pub(super) enum Sum {
    Sha256(Sha256),
    Sha512(Box<Sha512>),
}

impl Sum {
    pub(super) fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(sum) => sum.update(bytes),
            Self::Sha512(sum) => sum.update(bytes),
        }
    }

    pub(super) fn end(self) -> Checksum {
        match self {
            Self::Sha256(sum) => Checksum::Sha256(hex::encode(sum.finalize())),
            Self::Sha512(sum) => Checksum::Sha512(hex::encode(sum.finalize())),
        }
    }
}
