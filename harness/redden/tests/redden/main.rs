//! What the operators make of histories.

mod kinds;
mod leaves;
mod operators;
mod repairs;
mod words;
