//! Each rule on small inputs, and the two YAML parsers on every file.

mod book;
mod cases;
mod codegen;
mod dependencies;
mod false_greens;
mod imports;
mod msrv;
mod mutate;
mod prose;
mod reasons;
mod release;
mod rust_source;
mod tested;
mod tidy;
mod two_parsers;
