//! What the operators make of histories.

mod operators;
