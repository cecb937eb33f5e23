//! DSSE: a text in an envelope that says who vouches for it.

use std::path::Path;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivatePkcs8KeyDer, SubjectPublicKeyInfoDer};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Type of the text in it.
pub(crate) const PAYLOAD: &str = "application/vnd.in-toto+json";
/// What stands before an Ed25519 key in its `SubjectPublicKeyInfo`.
const PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// The envelope, as DSSE version 1 has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Envelope {
    pub(crate) payload_type: String,
    /// Base64.
    pub(crate) payload: String,
    pub(crate) signatures: Vec<Signature>,
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Signature {
    /// SHA-256 of the public key's `SubjectPublicKeyInfo`; says which key, proves nothing.
    pub(crate) keyid: String,
    /// Base64.
    pub(crate) sig: String,
}

impl Envelope {
    /// An envelope around a text, signed if there is a key.
    pub(crate) fn seal(text: &str, key: Option<&Ed25519KeyPair>) -> Self {
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
    pub(crate) fn text(&self) -> anyhow::Result<String> {
        anyhow::ensure!(self.payload_type == PAYLOAD, "its payload is `{}`", self.payload_type);
        let bytes = STANDARD.decode(&self.payload).context("its payload is not base64")?;
        String::from_utf8(bytes).context("its payload is no text")
    }

    /// Whether one of its signatures was made with this key.
    pub(crate) fn is_signed_by(&self, key: &PublicKey) -> bool {
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
    hex(&Sha256::digest([&PREFIX, key].concat()))
}

/// In hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}

/// An Ed25519 key that others may know.
pub(crate) struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads it from PEM, as `openssl pkey -pubout` writes it.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let read = || {
            let der = SubjectPublicKeyInfoDer::from_pem_file(path)?;
            let key = der.strip_prefix(&PREFIX).context("it is no Ed25519 key")?;
            anyhow::Ok(Self(key.try_into().context("it is no Ed25519 key")?))
        };
        read().with_context(|| format!("read the public key {}", path.display()))
    }
}

/// Reads a private key from PEM, as `openssl genpkey -algorithm ed25519` writes it.
pub(crate) fn private_key(path: &Path) -> anyhow::Result<Ed25519KeyPair> {
    let read = || {
        let der = PrivatePkcs8KeyDer::from_pem_file(path)?;
        let key = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der.secret_pkcs8_der());
        key.map_err(|error| anyhow::anyhow!("it is no Ed25519 key: {error}"))
    };
    read().with_context(|| format!("read the private key {}", path.display()))
}
