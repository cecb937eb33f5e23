//! A file as a module: the paths that it names, and the names that it passes on.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{File, ItemMod, ItemUse, Macro, UseTree, Visibility};

use crate::syntax;

/// A path of modules from the root of the crate.
pub(super) type Modules = Vec<String>;

/// A file of a crate.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// The module of the file. The root of the crate has none.
    pub(super) path: Modules,
    /// Every path of the crate that the file names, from the root.
    pub(super) named: Vec<Modules>,
    /// Names that the module passes on from elsewhere in the crate, and their paths.
    pub(super) passed_on: BTreeMap<String, Modules>,
    /// Modules of tests that the file declares.
    pub(super) tests: Vec<Modules>,
}

impl Module {
    /// Reads a file, by its path below `src`. `None`: the file is no Rust.
    pub(super) fn read(file: &str, text: &str) -> Option<Self> {
        let path = match file.strip_suffix(".rs")? {
            "lib" | "main" => Modules::new(),
            nested => nested.split('/').map(str::to_owned).collect(),
        };
        let (file, tests) = syntax::split(text)?;
        let below = |name: String| [path.as_slice(), &[name]].concat();
        let tests = tests.into_iter().map(below).collect();
        let (named, passed_on) = (Vec::new(), BTreeMap::new());
        let module = Self { path: path.clone(), named, passed_on, tests };
        let mut reader = Reader { module, at: path, children: children(&file) };
        reader.visit_file(&file);
        Some(reader.module)
    }
}

/// The modules that a file declares in files of their own.
fn children(syntax: &File) -> Vec<String> {
    let declared = syntax.items.iter().filter_map(|item| match item {
        syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
        _ => None,
    });
    declared.collect()
}

struct Reader {
    module: Module,
    /// The module of the code that is read, inside of the file too.
    at: Modules,
    children: Vec<String>,
}

impl Reader {
    /// Notes a path, as code at the current place writes it.
    fn name(&mut self, written: &[String]) {
        if let Some(path) = self.absolute(written) {
            self.module.named.push(path);
        }
    }

    /// The path from the root. `None`: the path leaves the crate, or begins with a local name.
    fn absolute(&self, written: &[String]) -> Option<Modules> {
        let mut rest = written;
        let mut path = match rest.first()?.as_str() {
            "crate" => Modules::new(),
            "self" | "super" => self.at.clone(),
            child if self.children.iter().any(|name| name == child) => {
                return Some([&self.module.path, written].concat());
            }
            _ => return None,
        };
        while let Some(first) = rest.first() {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => drop(path.pop()),
                _ => break,
            }
            rest = &rest[1..];
        }
        path.extend_from_slice(rest);
        Some(path)
    }

    fn take_use(&mut self, before: &mut Vec<String>, tree: &UseTree, passes_on: bool) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.take_use(before, &path.tree, passes_on);
                before.pop();
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.take_use(before, tree, passes_on);
                }
            }
            UseTree::Name(name) => self.take_name(before, &name.ident, &name.ident, passes_on),
            UseTree::Rename(name) => self.take_name(before, &name.ident, &name.rename, passes_on),
            UseTree::Glob(_) => self.name(before),
        }
    }

    fn take_name(
        &mut self,
        before: &[String],
        name: &proc_macro2::Ident,
        as_: &proc_macro2::Ident,
        passes_on: bool,
    ) {
        let mut written = before.to_vec();
        if name != "self" {
            written.push(name.to_string());
        }
        let Some(path) = self.absolute(&written) else { return };
        if passes_on && self.at == self.module.path {
            self.module.passed_on.insert(as_.to_string(), path);
        } else {
            self.module.named.push(path);
        }
    }

    /// Notes the paths in the tokens of a macro, which no parser knows.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut written: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ':' => colons += 1,
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.name(&std::mem::take(&mut written));
                    }
                    written.push(name.to_string());
                    colons = 0;
                }
                other => {
                    self.name(&std::mem::take(&mut written));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.name(&written);
    }
}

impl<'a> Visit<'a> for Reader {
    fn visit_item_mod(&mut self, module: &'a ItemMod) {
        let mut path = self.at.clone();
        path.push(module.ident.to_string());
        let before = std::mem::replace(&mut self.at, path);
        visit::visit_item_mod(self, module);
        self.at = before;
    }

    fn visit_item_use(&mut self, item: &'a ItemUse) {
        let passes_on = !matches!(item.vis, Visibility::Inherited);
        self.take_use(&mut Vec::new(), &item.tree, passes_on);
    }

    fn visit_path(&mut self, path: &'a syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
        self.name(&written);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'a Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}
