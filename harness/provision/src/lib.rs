//! Puts up and takes down what the cases run on: a cluster, an object store, Argo.

pub mod progress;
