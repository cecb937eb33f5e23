//! Packages of a compilation.

/// A package, as [`PACKAGE`] prints it.
pub(super) type Package = String;

/// Template of `go list` for a package: its import path and the version of its module.
pub(super) const PACKAGE: &str = "{{.ImportPath}}{{with .Module}} {{.Version}}{{end}}";
