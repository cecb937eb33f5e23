//! What is done with the directory of a run: statements, of which a true one holds and every
//! forgery is refused by name; and the commands of the documents.

mod attempts;
mod challenge;
mod checkout;
mod commands;
mod components;
mod documents;
mod evidence;
mod forgeries;
mod hostile;
mod merged;
mod recorder;
mod rerun;
mod results;
mod resumed;
mod run;
