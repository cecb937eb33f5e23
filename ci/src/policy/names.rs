//! Names that a crate's own code must not have.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{ImplItemFn, ItemFn, ItemMod, ItemUse, Macro};

use crate::problem::Problem;
use crate::syntax::is_for_tests;
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

/// The rules.
pub const NAMES: [Names; 2] = [
    Names {
        directory: "harness/drive",
        names: &["Case", "Claim", "Claims", "Modality"],
        reason: "the driver gets a `Plan` and never decides",
    },
    Names {
        directory: "harness/rundir",
        names: &["print", "println", "eprint", "eprintln", "stdout", "stderr"],
        reason: "a run directory is data, and its callers print",
    },
];

/// Every place of a name that its rule forbids.
pub(super) fn check(files: &[File], rules: &[Names]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for rule in rules {
        for file in files.iter().filter(|file| is_code_of(rule.directory, &file.path)) {
            let syntax = file.rust().and_then(|text| syn::parse_file(text).ok());
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
    inside.is_some_and(|path| path.split(['/', '.']).all(|part| part != "tests"))
}

struct Reader<'a> {
    rule: &'a Names,
    file: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(name) => self.visit_ident(&name),
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
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
        self.tokens(call.tokens.clone());
    }

    fn visit_item_mod(&mut self, item: &'a ItemMod) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_use(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'a ItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'a ImplItemFn) {
        if !is_for_tests(&item.attrs) {
            visit::visit_impl_item_fn(self, item);
        }
    }
}
