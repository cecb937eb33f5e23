//! Tests of the operators, the scores and the repairs.

mod failovers;
mod kinds;
mod leaves;
mod operators;
mod repairs;
mod replacements;
mod words;
