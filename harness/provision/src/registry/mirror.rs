//! A registry in place of the registry of each image.

use std::net::IpAddr;
use std::str::FromStr;

/// A registry that has the images of others: `REGISTRY/argoproj/argoexec:v4.0.5` is the image
/// `quay.io/argoproj/argoexec:v4.0.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageMirror {
    /// Host, port and path, without a slash at the end.
    registry: String,
}

/// Error of [`ImageMirror::from_str`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no registry like HOST:PORT or HOST/PATH")]
pub struct ImageMirrorError(String);

impl FromStr for ImageMirror {
    type Err = ImageMirrorError;

    fn from_str(text: &str) -> Result<Self, ImageMirrorError> {
        let registry = text.trim_end_matches('/');
        let host = registry.split('/').next().unwrap_or_default();
        let is_host = host.contains(['.', ':']) || host == "localhost";
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/[]".contains(c);
        if text.contains("://") || !is_host || !registry.chars().all(is_plain) {
            return Err(ImageMirrorError(text.to_owned()));
        }
        Ok(Self { registry: registry.to_owned() })
    }
}

impl ImageMirror {
    /// The place of an image.
    pub(super) fn place(&self, image: &str) -> String {
        let first = image.split('/').next().unwrap_or_default();
        let has_host = image.contains('/') && (first.contains(['.', ':']) || first == "localhost");
        let rest = if has_host { &image[first.len() + 1..] } else { image };
        format!("{}/{rest}", self.registry)
    }

    /// The host of a registry without TLS: a host on the loopback interface.
    pub(super) fn plain(&self) -> Option<String> {
        let host = self.registry.split('/').next()?;
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
        let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        (is_loopback || name == "localhost").then(|| host.to_owned())
    }
}

impl std::fmt::Display for ImageMirror {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.registry)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::ImageMirror;

    #[rstest]
    #[case::of_a_registry("localhost:5000", "quay.io/a/b:v1", "localhost:5000/a/b:v1")]
    #[case::with_a_path("mirror.example/quay/", "quay.io/a/b:v1", "mirror.example/quay/a/b:v1")]
    #[case::of_no_registry("[::1]:5000", "a/b:v1", "[::1]:5000/a/b:v1")]
    fn a_mirror_replaces_the_registry(
        #[case] mirror: &str,
        #[case] image: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(mirror.parse::<ImageMirror>().expect("a mirror").place(image), expected);
    }

    #[rstest]
    #[case::loopback("127.0.0.1:5000", Some("127.0.0.1:5000"))]
    #[case::loopback_of_ipv6("[::1]:5000/a", Some("[::1]:5000"))]
    #[case::name("localhost:5000", Some("localhost:5000"))]
    #[case::elsewhere("mirror.example:5000", None)]
    fn a_registry_on_the_loopback_interface_has_no_tls(
        #[case] mirror: &str,
        #[case] expected: Option<&str>,
    ) {
        let mirror: ImageMirror = mirror.parse().expect("a mirror");
        assert_eq!(mirror.plain().as_deref(), expected);
    }

    #[rstest]
    #[case::url("https://mirror.example")]
    #[case::no_host("mirror")]
    #[case::blank("mirror.example/a b")]
    fn a_text_that_is_no_registry(#[case] text: &str) {
        assert!(text.parse::<ImageMirror>().is_err());
    }
}
