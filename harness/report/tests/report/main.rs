//! What people and programs are told.

mod case;
mod exit;
mod line;
mod matrix;
mod run;
mod samples;
mod summary;
