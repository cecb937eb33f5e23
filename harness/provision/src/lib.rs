//! Provider of clusters, object stores and installations. Cases run on the installations.

pub mod access;
pub mod api_error;
pub mod argo;
pub mod argo_source;
pub mod budgets;
pub mod cache;
pub mod certificates;
pub mod client;
pub mod cluster;
pub mod existing;
pub mod fetch;
pub mod git;
pub mod go;
pub mod hints;
pub mod image;
pub mod installation;
pub mod kind;
mod kubelet;
pub mod native;
pub mod objects;
pub mod poll;
pub mod program;
pub mod progress;
pub mod registry;
pub mod requests;
pub mod shell;
pub mod store;
