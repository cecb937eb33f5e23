//! The user or account that gets the rights of a run.

use serde_json::json;
use sha2::{Digest, Sha256};

/// Beginning of the user name of a service account.
const ACCOUNT: &str = "system:serviceaccount:";
/// Digits of the hash in the names of bindings.
const DIGITS: usize = 8;

/// The user or account that gets the rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Name of a user of the cluster.
    User(String),
    /// Namespace and name of a service account.
    ServiceAccount(String, String),
}

impl Subject {
    /// The subject with this user name, as the API server tells it.
    pub fn of_user_name(name: &str) -> Self {
        match name.strip_prefix(ACCOUNT).and_then(|account| account.split_once(':')) {
            Some((namespace, name)) => Self::ServiceAccount(namespace.to_owned(), name.to_owned()),
            None => Self::User(name.to_owned()),
        }
    }

    /// The argument of `prepare` that names the subject.
    pub fn argument(&self) -> String {
        match self {
            Self::User(name) => format!("--user {}", quoted(name)),
            Self::ServiceAccount(namespace, name) => format!("--account {namespace}:{name}"),
        }
    }

    /// The subject of a binding, as YAML on one line.
    pub(super) fn yaml(&self) -> String {
        match self {
            Self::User(name) => format!(
                "{{ apiGroup: rbac.authorization.k8s.io, kind: User, name: {} }}",
                json!(name)
            ),
            Self::ServiceAccount(namespace, name) => format!(
                "{{ kind: ServiceAccount, namespace: {}, name: {} }}",
                json!(namespace),
                json!(name)
            ),
        }
    }

    /// A hash for the names of bindings. The binding of one subject replaces none of another.
    pub(super) fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.yaml())).chars().take(DIGITS).collect()
    }
}

/// A word of a command line for a shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::Subject;

    #[rstest]
    #[case::user("you@example.com", "--user you@example.com")]
    #[case::with_a_prefix("oidc:you", "--user oidc:you")]
    #[case::account("system:serviceaccount:ci:tester", "--account ci:tester")]
    #[case::node("system:node:one", "--user system:node:one")]
    #[case::words("CN=Some One", "--user 'CN=Some One'")]
    #[case::quote("it's me", r"--user 'it'\''s me'")]
    fn the_argument_of_prepare_for_a_user_name(#[case] name: &str, #[case] expected: &str) {
        assert_eq!(Subject::of_user_name(name).argument(), expected);
    }
}
