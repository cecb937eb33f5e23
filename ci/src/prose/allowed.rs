//! The file of the numbers of sentences that may break a rule today.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Found;
use crate::problem::Problem;

/// The file of the numbers, from the root of the repository.
pub const FILE: &str = "ci/prose.json";

/// Numbers by rule and file. A file without a number has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed(BTreeMap<String, BTreeMap<String, usize>>);

impl Allowed {
    /// Reads [`FILE`] of a repository.
    ///
    /// # Errors
    /// If the file is not there or is not of that form.
    pub fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(FILE));
        let text = text.with_context(|| format!("failed to read {FILE}"))?;
        Ok(Self(serde_json::from_str(&text).with_context(|| format!("invalid {FILE}"))?))
    }

    /// Numbers that admit exactly what was found.
    pub fn of(found: &Found) -> Self {
        let counts = |files: &BTreeMap<String, Vec<_>>| {
            files.iter().map(|(file, all)| (file.clone(), all.len())).collect()
        };
        Self(found.iter().map(|(rule, files)| (rule.name().to_owned(), counts(files))).collect())
    }

    /// These numbers, each at most as large as what was found. No number grows.
    #[must_use]
    pub fn shrunk(&self, found: &Found) -> Self {
        let mut shrunk = Self::default();
        for (rule, file, count) in Self::of(found).numbers() {
            let count = count.min(self.number(rule, file));
            if count > 0 {
                let of_rule = shrunk.0.entry(rule.to_owned()).or_default();
                of_rule.insert(file.to_owned(), count);
            }
        }
        shrunk
    }

    /// The text of [`FILE`].
    pub fn to_json(&self) -> String {
        let value: Value = self
            .0
            .iter()
            .map(|(rule, files)| {
                let files: Value =
                    files.iter().map(|(file, n)| (file.clone(), Value::from(*n))).collect();
                (rule.clone(), files)
            })
            .collect();
        format!("{value:#}\n")
    }

    pub(super) fn compare(&self, found: &Found) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (rule, files) in found {
            for (file, all) in files {
                let most = self.number(rule.name(), file);
                if all.len() > most {
                    problems.extend(all.iter().map(|(line, what)| {
                        let what = format!("{what} ({} here, at most {most})", all.len());
                        Problem::at(file, *line, what, rule.remedy())
                    }));
                }
            }
        }
        let exact = Self::of(found);
        for (rule, file, most) in self.numbers() {
            let now = exact.number(rule, file);
            if now < most {
                let what = format!("rule {rule} admits {most} in {file}, which has {now}");
                problems.push(Problem::of(FILE, what, "run `cargo ci prose --shrink`"));
            }
        }
        problems
    }

    fn number(&self, rule: &str, file: &str) -> usize {
        self.0.get(rule).and_then(|files| files.get(file)).copied().unwrap_or_default()
    }

    fn numbers(&self) -> impl Iterator<Item = (&str, &str, usize)> {
        self.0.iter().flat_map(|(rule, files)| {
            files.iter().map(move |(file, count)| (rule.as_str(), file.as_str(), *count))
        })
    }
}
