//! A checkout of Argo, as far as it is looked at before a build.

use std::path::Path;

/// Makes one.
pub(crate) fn checkout(dir: &Path) {
    for part in ["cmd/workflow-controller", "cmd/argoexec", "cmd/argo", "manifests/cluster-install"]
    {
        std::fs::create_dir_all(dir.join(part)).expect("a directory");
    }
    let module = "module github.com/argoproj/argo-workflows/v3\n";
    std::fs::write(dir.join("go.mod"), module).expect("write");
}
