//! Commands on the directory of a run. A true statement holds, and every forgery is refused by
//! name. The commands of the documents work.

mod action;
mod attempts;
mod challenge;
mod checkout;
mod checks;
mod commands;
mod components;
mod documents;
mod evidence;
mod forgeries;
mod help;
mod hostile;
mod key_material;
mod merged;
mod own_cases;
mod pods;
mod recorder;
mod rerun;
mod results;
mod resumed;
mod run;
mod site;
mod subjects;
mod unobserved;
