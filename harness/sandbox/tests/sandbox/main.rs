//! Tests of the sandbox and the guard with real namespaces, cgroups, mounts and kills. The tests
//! need root.

mod guard;
mod kill;
mod machine;
mod run;
mod slot;
