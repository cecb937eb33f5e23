//! Secrets that the environment of a command has.

/// Variables of the environment with a secret.
const VARIABLES: [&str; 4] = [
    "ARGO_CONFORMANCE_STORE_PASSWORD",
    "ARGO_CONFORMANCE_STORE_SESSION_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
];

/// The values of the variables that are set. No run directory may have one of them.
pub(crate) fn known_secrets() -> Vec<String> {
    VARIABLES.iter().filter_map(|name| std::env::var(name).ok()).collect()
}
