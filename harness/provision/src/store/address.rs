//! An object store of the harness: its address, its keys and its bucket.

/// Address, keys and bucket of an object store that the harness started.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreAddress {
    /// `host:port` for pods, with plain HTTP.
    pub endpoint: String,
    /// Access key.
    pub user: String,
    /// Secret key.
    pub password: String,
    /// Bucket of Argo's default artifact repository.
    pub bucket: String,
}

/// Bucket of the default artifact repository, in an object store of the harness.
const BUCKET: &str = "argo-artifacts";

impl StoreAddress {
    /// An object store at this address, `host:port`, with new random keys.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn with_new_keys(endpoint: String) -> std::io::Result<Self> {
        let bucket = BUCKET.to_owned();
        Ok(Self { endpoint, user: random_word()?, password: random_word()?, bucket })
    }
}

/// 32 random hexadecimal digits.
fn random_word() -> std::io::Result<String> {
    use std::io::Read;
    let mut bytes = [0; 16];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(hex::encode(bytes))
}

impl std::fmt::Debug for StoreAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StoreAddress({} bucket {})", self.endpoint, self.bucket)
    }
}
