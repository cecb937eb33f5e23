//! Names that a crate's own code must not have.

use proc_macro2::{Ident, TokenTree};
use syn::Macro;
use syn::visit::{self, Visit};

use crate::problem::Problem;
use crate::syntax;
use crate::tree::File;

/// Names that the code of a crate must not have. Its tests may have them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names {
    /// The directory of the crate.
    pub directory: &'static str,
    /// The names.
    pub names: &'static [&'static str],
    /// The reason of the rule.
    pub reason: &'static str,
}

/// Names of code that prints.
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln", "stdout", "stderr"];

/// The rules.
pub const NAMES: [Names; 3] = [
    Names {
        directory: "harness/drive",
        names: &["Case", "Claim", "Claims", "Modality"],
        reason: "the driver gets a `Plan` and never decides",
    },
    Names {
        directory: "harness/key_material",
        names: PRINTING,
        reason: "a finding is data, and its callers print",
    },
    Names {
        directory: "harness/rundir",
        names: PRINTING,
        reason: "a run directory is data, and its callers print",
    },
];

/// Every place of a name that its rule forbids.
pub(super) fn check(files: &[File], rules: &[Names]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in rules {
        for file in files.iter().filter(|file| is_code_of(rule.directory, &file.path)) {
            let syntax = file.rust().and_then(syntax::without_tests);
            let mut reader = Reader { rule, file: &file.path, problems: &mut problems };
            if let Some(syntax) = &syntax {
                reader.visit_file(syntax);
            }
        }
    }
    problems
}

/// Whether a file has code of a crate, and no tests alone.
fn is_code_of(directory: &str, path: &str) -> bool {
    let inside = path.strip_prefix(directory).and_then(|path| path.strip_prefix("/src/"));
    inside.is_some_and(|path| !syntax::is_file_of_tests(path))
}

struct Reader<'a> {
    rule: &'a Names,
    file: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl<'a> Visit<'a> for Reader<'_> {
    fn visit_ident(&mut self, name: &Ident) {
        if self.rule.names.iter().any(|banned| name == banned) {
            let what = format!("`{name}` is not used here ({})", self.rule.reason);
            let remedy = "move the code to a crate that may have it";
            self.problems.push(Problem::at(self.file, name.span().start().line, what, remedy));
        }
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        visit::visit_macro(self, call);
        syntax::each_token(call.tokens.clone(), &mut |token| {
            if let TokenTree::Ident(name) = token {
                self.visit_ident(&name);
            }
        });
    }
}
