//! Tests of the operators, the scores and the repairs.

mod kinds;
mod leaves;
mod operators;
mod repairs;
mod replacements;
mod words;
