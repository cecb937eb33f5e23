//! The graph of the imports of a crate, and its circles.

use std::collections::{BTreeMap, BTreeSet};

use super::modules::{Module, Modules};

/// The circles of a crate: of each, the sorted names of its modules, with `/`.
pub(super) fn circles(files: Vec<Module>) -> Vec<Vec<String>> {
    let graph = Graph::of(files);
    let reached: BTreeMap<&Modules, BTreeSet<&Modules>> =
        graph.edges.keys().map(|module| (module, graph.reached_from(module))).collect();
    let mut circles = BTreeSet::new();
    for (module, targets) in &reached {
        let circle: Vec<String> = targets
            .iter()
            .filter(|target| reached.get(*target).is_some_and(|back| back.contains(module)))
            .map(|target| target.join("/"))
            .collect();
        if circle.len() > 1 {
            circles.insert(circle);
        }
    }
    circles.into_iter().collect()
}

/// The modules that each module imports.
struct Graph {
    edges: BTreeMap<Modules, BTreeSet<Modules>>,
}

impl Graph {
    fn of(files: Vec<Module>) -> Self {
        let tests: Vec<Modules> = files.iter().flat_map(|file| file.tests.clone()).collect();
        let is_test = |path: &Modules| tests.iter().any(|test| path.starts_with(test));
        let mut modules: BTreeMap<Modules, Module> = BTreeMap::new();
        // A library and a program of one crate share their modules' names.
        for file in files.into_iter().filter(|file| !is_test(&file.path)) {
            match modules.get_mut(&file.path) {
                Some(root) => root.passed_on.extend(file.passed_on),
                None => drop(modules.insert(file.path.clone(), file)),
            }
        }
        let edges = modules.iter().filter(|(path, _)| !path.is_empty()).map(|(path, module)| {
            let targets = module.named.iter().filter_map(|named| target(&modules, named));
            let others = targets.filter(|target| !path.starts_with(target));
            (path.clone(), others.collect())
        });
        Self { edges: edges.collect() }
    }

    fn reached_from(&self, module: &Modules) -> BTreeSet<&Modules> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<&Modules> = self.edges.get(module).into_iter().flatten().collect();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                open.extend(self.edges.get(next).into_iter().flatten());
            }
        }
        reached
    }
}

/// The module whose file has the thing of that path. A name that a module passes on leads on.
fn target(modules: &BTreeMap<Modules, Module>, named: &Modules) -> Option<Modules> {
    let mut path = named.clone();
    // More names than modules that pass one on would be a circle of them.
    for _ in 0..=modules.len() {
        let length =
            (0..=path.len()).rev().find(|length| modules.contains_key(&path[..*length]))?;
        let module = &modules[&path[..length]];
        let passed_on = path.get(length).and_then(|name| module.passed_on.get(name));
        let Some(elsewhere) = passed_on else {
            path.truncate(length);
            return Some(path);
        };
        path = [elsewhere, &path[length + 1..]].concat();
    }
    None
}
