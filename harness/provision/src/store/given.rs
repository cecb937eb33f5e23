//! An object store that the user of an existing cluster names.

use std::fmt;

use serde_json::{Map, Value, json};

/// Name of the secret with the credentials of the object store, in the namespace of each case.
pub const SECRET: &str = "artifact-store";

/// Keys of the secret.
const USER: &str = "user";
const PASSWORD: &str = "password";
const SESSION_TOKEN: &str = "session-token";
const CA: &str = "ca";

/// Start of the key of every artifact of a case.
pub(super) const OWN_KEYS: &str = "{{workflow.namespace}}/";

/// An S3 endpoint, a bucket in it, and the credentials for both the harness and Argo.
#[derive(Clone, PartialEq, Eq)]
pub struct GivenStore {
    /// `HOST` or `HOST:PORT` from this machine.
    pub reached: String,
    /// `HOST` or `HOST:PORT` from pods.
    pub endpoint: String,
    /// The protocol below S3.
    pub transport: Transport,
    /// Region of the bucket. `None`: Argo asks the object store, and the harness signs for
    /// `us-east-1`.
    pub region: Option<String>,
    /// Place of the bucket's name in a URL. `None`: Argo decides, and the harness uses the path.
    pub style: Option<StoreStyle>,
    /// Name of the bucket.
    pub bucket: String,
    /// Source of the credentials.
    pub credentials: StoreCredentials,
}

/// The protocol below S3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// HTTP.
    Plain,
    /// HTTPS.
    Tls {
        /// Certificates of the only authorities that count, as PEM. `None`: the authorities of the
        /// machine, and of Argo's image.
        ca: Option<String>,
    },
}

/// Place of the bucket's name in a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreStyle {
    /// `https://HOST/BUCKET/KEY`
    Path,
    /// `https://BUCKET.HOST/KEY`
    VirtualHost,
}

impl StoreStyle {
    /// The word of Argo's field `addressingStyle`.
    fn argo(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::VirtualHost => "virtual-hosted",
        }
    }
}

/// Source of the credentials.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreCredentials {
    /// Keys that the harness gives to Argo as a secret.
    Keys {
        /// Access key.
        user: String,
        /// Secret key.
        password: String,
        /// Token of short-lived keys.
        session_token: Option<String>,
    },
    /// The default chain of AWS: environment, profile, web identity, role. Argo asks the chain in
    /// the pods, and the harness asks the chain on this machine.
    Environment,
}

impl GivenStore {
    /// The artifact repository of a case's namespace, as Argo reads it.
    pub fn repository(&self) -> Value {
        let secret = |key: &str| json!({ "name": SECRET, "key": key });
        let mut s3 = json!({
            "bucket": self.bucket,
            "endpoint": self.endpoint,
            "insecure": self.transport == Transport::Plain,
            "keyFormat": format!("{OWN_KEYS}{{{{workflow.name}}}}/{{{{pod.name}}}}"),
        });
        match &self.credentials {
            StoreCredentials::Keys { session_token, .. } => {
                s3["accessKeySecret"] = secret(USER);
                s3["secretKeySecret"] = secret(PASSWORD);
                if session_token.is_some() {
                    s3["sessionTokenSecret"] = secret(SESSION_TOKEN);
                }
            }
            StoreCredentials::Environment => s3["useSDKCreds"] = json!(true),
        }
        if let Transport::Tls { ca: Some(_) } = &self.transport {
            s3["caSecret"] = secret(CA);
        }
        if let Some(region) = &self.region {
            s3["region"] = json!(region);
        }
        if let Some(style) = self.style {
            s3["addressingStyle"] = json!(style.argo());
        }
        json!({ "archiveLogs": false, "s3": s3 })
    }

    /// Data of the secret that the repository names. Empty: the repository names none.
    pub fn secret(&self) -> Map<String, Value> {
        let mut data = Map::new();
        let mut put = |key: &str, value: &String| data.insert(key.to_owned(), json!(value));
        if let StoreCredentials::Keys { user, password, session_token } = &self.credentials {
            put(USER, user);
            put(PASSWORD, password);
            session_token.as_ref().map(|token| put(SESSION_TOKEN, token));
        }
        if let Transport::Tls { ca: Some(ca) } = &self.transport {
            put(CA, ca);
        }
        data
    }

    /// The texts that no output may have.
    pub(super) fn secrets(&self) -> Vec<String> {
        match &self.credentials {
            StoreCredentials::Keys { user, password, session_token } => {
                let keys = [Some(user), Some(password), session_token.as_ref()];
                keys.into_iter().flatten().filter(|text| !text.is_empty()).cloned().collect()
            }
            StoreCredentials::Environment => Vec::new(),
        }
    }
}

impl fmt::Debug for GivenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GivenStore({} bucket {})", self.reached, self.bucket)
    }
}

impl fmt::Debug for StoreCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keys { .. } => "Keys",
            Self::Environment => "Environment",
        })
    }
}

#[cfg(test)]
mod tests;
