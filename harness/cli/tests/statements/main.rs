//! What is done with the directory of a run: statements, of which a true one holds and every
//! forgery is refused by name; and the commands of the documents.

mod checkout;
mod commands;
mod components;
mod documents;
mod forgeries;
mod merged;
mod resumed;
mod run;
