//! Namespaces of an existing cluster: of the cases, and of the controller.

/// Namespaces of an existing cluster. Every name is a valid label, so manifests and paths can
/// contain it.
#[derive(Clone, Debug)]
pub struct TargetNamespaces {
    namespaces: Vec<String>,
    argo: String,
}

/// Error of [`TargetNamespaces::new`]: texts that are not names of namespaces.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid name of a namespace: {}", quoted(.0))]
pub struct NameError(Vec<String>);

/// The rule for names of namespaces.
const RULE: &str = "use at most 63 lower-case letters, digits and `-`; begin and end with a letter \
                    or digit";

impl NameError {
    /// The remedy.
    pub fn hint(&self) -> Option<String> {
        Some(RULE.to_owned())
    }
}

fn quoted(wrong: &[String]) -> String {
    wrong.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

impl TargetNamespaces {
    /// The prepared namespaces, and the namespace of the controller.
    ///
    /// # Errors
    /// [`NameError`] with every invalid name.
    pub fn new(namespaces: Vec<String>, argo: String) -> Result<Self, NameError> {
        let names = namespaces.iter().chain([&argo]);
        let wrong: Vec<String> = names.filter(|name| !is_label(name)).cloned().collect();
        if wrong.is_empty() { Ok(Self { namespaces, argo }) } else { Err(NameError(wrong)) }
    }

    /// The prepared namespaces.
    pub fn namespaces(&self) -> &[String] {
        &self.namespaces
    }

    /// Namespace of the controller.
    pub fn argo(&self) -> &str {
        &self.argo
    }
}

/// True if a name is a label by RFC 1123. Kubernetes requires a label as the name of a namespace.
fn is_label(name: &str) -> bool {
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=63).contains(&name.len())
        && name.starts_with(is_end)
        && name.ends_with(is_end)
        && name.chars().all(|c| is_end(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::TargetNamespaces;

    #[rstest]
    #[case::usual("prepared-1", true)]
    #[case::digits("1", true)]
    #[case::longest(&"a".repeat(63), true)]
    #[case::too_long(&"a".repeat(64), false)]
    #[case::nothing("", false)]
    #[case::capitals("Prepared", false)]
    #[case::underscore("prepared_1", false)]
    #[case::begins_with_a_dash("-prepared", false)]
    #[case::ends_with_a_dash("prepared-", false)]
    #[case::a_path("../prepared", false)]
    #[case::yaml("a: b", false)]
    fn what_a_namespace_can_be_called(#[case] name: &str, #[case] can: bool) {
        assert_eq!(TargetNamespaces::new(vec![name.to_owned()], "argo".to_owned()).is_ok(), can);
        assert_eq!(TargetNamespaces::new(Vec::new(), name.to_owned()).is_ok(), can);
    }
}
