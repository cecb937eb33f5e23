//! DSSE: a text in an envelope that says who vouches for it.

use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use model::plain_file;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::history_file::LARGEST_TEXT;

/// Type of the text in it.
pub const PAYLOAD: &str = "application/vnd.in-toto+json";
/// Bytes before an Ed25519 key in its `SubjectPublicKeyInfo`.
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The envelope, as DSSE version 1 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Envelope {
    /// Media type of the payload.
    pub payload_type: String,
    /// Base64.
    pub payload: String,
    /// Signatures of the payload. Empty: nobody signed the statement.
    pub signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// SHA-256 of the public key's `SubjectPublicKeyInfo`; says which key, proves nothing.
    pub keyid: String,
    /// Base64.
    pub sig: String,
}

impl Envelope {
    /// An envelope around a text, signed if there is a key.
    pub fn seal(text: &str, key: Option<&Ed25519KeyPair>) -> Self {
        let signatures = key.iter().map(|key| Signature {
            keyid: key_id(key.public_key().as_ref()),
            sig: STANDARD.encode(key.sign(&encoded(PAYLOAD, text.as_bytes())).as_ref()),
        });
        Self {
            payload_type: PAYLOAD.to_owned(),
            payload: STANDARD.encode(text),
            signatures: signatures.collect(),
        }
    }

    /// The text in it.
    pub fn text(&self) -> anyhow::Result<String> {
        anyhow::ensure!(
            self.payload_type == PAYLOAD,
            "invalid payload type: `{}`",
            self.payload_type
        );
        let bytes = STANDARD.decode(&self.payload).context("invalid payload: not base64")?;
        String::from_utf8(bytes).context("invalid payload: not UTF-8 text")
    }

    /// Whether one of its signatures was made with this key.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let Ok(payload) = STANDARD.decode(&self.payload) else { return false };
        let signed = encoded(&self.payload_type, &payload);
        let signatures = self.signatures.iter().filter_map(|s| STANDARD.decode(&s.sig).ok());
        let key = UnparsedPublicKey::new(&ED25519, key.0);
        signatures.into_iter().any(|signature| key.verify(&signed, &signature).is_ok())
    }
}

/// DSSE's encoding of what is signed: the payload cannot be taken for one of another type.
fn encoded(kind: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

fn key_id(key: &[u8]) -> String {
    hex::encode(Sha256::digest([&PREFIX, key].concat()))
}

/// An Ed25519 key that others may know.
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads it from PEM, as `openssl pkey -pubout` writes it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let read = || {
            let text = plain_file::text(path, LARGEST_TEXT)?;
            let der = SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes())?;
            let key = der.strip_prefix(&PREFIX).context("invalid key: not an Ed25519 key")?;
            let key: [u8; 32] = key.try_into().context("invalid key: not an Ed25519 key")?;
            anyhow::ensure!(
                !is_of_small_order(key),
                "invalid key: the point has a small order, so one signature is valid for every \
                 text"
            );
            anyhow::Ok(Self(key))
        };
        read().with_context(|| format!("failed to read the public key {}", path.display()))
    }
}

/// Whether a key is a point whose order divides 8, in any encoding. With such a key a signature can
/// be made that holds for every text.
fn is_of_small_order(mut key: [u8; 32]) -> bool {
    const EIGHT: [[u8; 32]; 2] = [
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
    ];
    // The sign of x does not matter: the negative of a point has its order.
    key[31] &= 0x7f;
    let [first, middle @ .., last] = key;
    // Coordinates y: 0, 1, and the prime less 1, or plus 0 or 1, which are -1, 0 and 1.
    let small = last == 0 && middle == [0; 30] && first <= 1;
    let about_prime = last == 0x7f && middle == [0xff; 30] && (0xec..=0xee).contains(&first);
    small || about_prime || EIGHT.contains(&key)
}

/// Reads a private key from PEM, as `openssl genpkey -algorithm ed25519` writes it.
pub fn private_key(path: &Path) -> anyhow::Result<Ed25519KeyPair> {
    let read = || {
        let text = plain_file::text(path, LARGEST_TEXT)?;
        let der = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes())?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
        key.map_err(|error| anyhow::anyhow!("invalid key: {error}"))
    };
    read().with_context(|| format!("failed to read the private key {}", path.display()))
}
