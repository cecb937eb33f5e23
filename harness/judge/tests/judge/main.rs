//! One test for each row of the tables in the crate's documentation.

mod always;
mod evaluated;
mod eventually;
mod failover;
mod guards;
mod modalities;
mod never;
mod online;
mod outages;
mod pairs;
mod replacement;
mod requests;
mod requirement;
mod rules;
mod store;
mod story;
mod symptoms;
mod unobserved;
mod verdict;
mod window;
