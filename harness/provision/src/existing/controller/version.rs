//! The version in the tag of an image.

use semver::Version;

/// Suffix of the tags of the executor images without root.
const NON_ROOT: &str = "-nonroot";

/// The version in the tag of an image. `None`: the tag is missing or is not a version.
pub(super) fn version(image: &str) -> Option<String> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    let tag = tag.strip_suffix(NON_ROOT).unwrap_or(tag);
    let version = tag.strip_prefix('v').unwrap_or(tag);
    Version::parse(version).ok().map(|version| version.to_string())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::version;

    #[rstest]
    #[case::tag("quay.io/argoproj/workflow-controller:v3.5.12", Some("3.5.12"))]
    #[case::digest("quay.io/argoproj/workflow-controller:v3.5.12@sha256:12", Some("3.5.12"))]
    #[case::candidate("here:5000/controller:4.0.0-rc2", Some("4.0.0-rc2"))]
    #[case::non_root("quay.io/argoproj/argoexec:v3.5.12-nonroot", Some("3.5.12"))]
    #[case::port_without_tag("here:5000/controller", None)]
    #[case::latest("quay.io/argoproj/workflow-controller:latest", None)]
    #[case::nothing("", None)]
    fn the_version_of_an_image(#[case] image: &str, #[case] expected: Option<&str>) {
        assert_eq!(version(image).as_deref(), expected);
    }
}
