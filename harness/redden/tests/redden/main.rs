//! What the operators make of histories.

mod kinds;
mod operators;
mod repairs;
mod words;
