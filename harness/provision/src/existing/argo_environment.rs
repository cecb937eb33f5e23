//! The environment of the `argo` program on an existing cluster.

use std::ffi::{OsStr, OsString};

/// Prefix of the variables that change the meaning of `argo`'s arguments: the server, the token,
/// the namespace, the instance. The credentials of the harness's object store have it too.
const OF_ARGO: &str = "ARGO_";

/// The variables that `argo` gets: those of this process without `ARGO_*`.
///
/// An exec plugin needs the same variables below `argo` as below kubectl. Examples are `PATH`,
/// `HOME`, proxies, and `AWS_PROFILE`. No list of clouds is complete, so the harness leaves out the
/// variables of Argo alone. A kubeconfig with a token of the harness is no alternative. The token
/// of a plugin ends after minutes, and a plugin may answer with a certificate.
///
/// On a cluster of the harness `argo` has no exec plugin and gets an empty environment.
pub fn argo_environment(
    own: impl IntoIterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    own.into_iter().filter(|(name, _)| !is_of_argo(name)).collect()
}

fn is_of_argo(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(OF_ARGO.as_bytes())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::argo_environment;

    #[rstest]
    #[case::path("PATH", true)]
    #[case::home("HOME", true)]
    #[case::proxy("HTTPS_PROXY", true)]
    #[case::cloud("AWS_PROFILE", true)]
    #[case::server("ARGO_SERVER", false)]
    #[case::token("ARGO_TOKEN", false)]
    #[case::the_harness("ARGO_CONFORMANCE_STORE_PASSWORD", false)]
    #[case::another_argo("ARGOCD_SERVER", true)]
    fn which_variables_argo_gets(#[case] name: &str, #[case] expected: bool) {
        let given = argo_environment([(name.into(), "value".into())]);
        assert_eq!(given.len(), usize::from(expected));
    }
}
