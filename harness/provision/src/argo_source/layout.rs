//! Parts that every build and installation from Argo's source needs.

/// Directories that every source of Argo must have.
pub(super) const NEEDED: [&str; 4] =
    ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"];

/// Module path in a `go.mod`. The error tells the difference from Argo's.
pub(super) fn module(go_mod: &str) -> Result<String, String> {
    let line = go_mod.lines().find_map(|line| line.trim().strip_prefix("module "));
    let module = line.unwrap_or_default().trim().trim_matches('"').to_owned();
    if module.contains("/argo-workflows/v") {
        Ok(module)
    } else {
        Err(format!("its module is `{module}`"))
    }
}

/// Checks that a source has every directory. The error names the missing directories.
pub(super) fn lacks(has: impl Fn(&str) -> bool) -> Result<(), String> {
    let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("it lacks {}", missing.join(", "))) }
}

/// True if a module has this major version.
pub(super) fn is_of(module: &str, major: u64) -> bool {
    module.ends_with(&format!("/argo-workflows/v{major}"))
}
