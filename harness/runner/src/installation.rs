//! Installations: from a spec by programs and a provider to one running Argo.

pub(crate) mod artifact_place;
mod cluster;
pub mod daemon;
pub mod existing;
pub(crate) mod existing_request;
mod images;
mod obtain;
mod preflight;
pub mod programs;
pub mod provider;
pub(crate) mod reached_cluster;
pub mod released;
pub mod shared;
pub mod spec;
pub mod start;
