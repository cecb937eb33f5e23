//! Tests of `drive` on fakes: a Kubernetes API in memory, an object store on the loopback, and a
//! fake `argo`. The guard of the fake `argo` needs root.

mod acts;
mod api;
mod argo;
mod bench;
mod cancel;
mod diagnosis;
mod exec_plugin;
mod failover;
mod found;
mod health;
mod listings;
mod marks;
mod nodes;
mod pods;
mod prepared;
mod proxied;
mod recorder;
mod replace;
mod repository;
mod requests;
mod restart;
mod rights;
mod steps;
mod store;
mod teardown;
mod unasked_controller;
mod watch;
mod whole;
