//! Puts up and takes down what the cases run on: a cluster, an object store, Argo.

pub mod argo_source;
pub mod cache;
pub mod go;
pub mod program;
pub mod progress;
