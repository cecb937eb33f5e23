//! Statements: a true one holds, and every forgery is refused by name.

mod forgeries;
mod merged;
mod resumed;
mod run;
