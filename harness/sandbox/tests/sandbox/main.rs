//! The sandbox and the guard, for real: namespaces, cgroups, mounts and kills. Needs root.

mod guard;
mod kill;
mod machine;
mod run;
mod slot;
