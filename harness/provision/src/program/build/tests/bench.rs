//! Environment of a test: a cache, and a proxy with small modules.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::proxy::Proxy;
use super::*;

const MAIN: &str = "package main\n\
    import \"example.com/leaf\"\n\
    var version, commit = \"unset\", \"unset\"\n\
    func main() { print(version, \" \", commit, \" \", leaf.Name, restored) }\n";

const GO_MOD: &str = "module example.com/tiny\n\
    go 1.24\n\
    require example.com/leaf v1.0.0\n\
    replace example.com/leaf => ./leaf\n";

/// A cache, a proxy with modules, and an environment in which Go knows only that proxy.
pub(super) struct Bench {
    pub(super) root: PathBuf,
    pub(super) cache: Cache,
    pub(super) environment: Environment,
}

impl Bench {
    pub(super) fn at(root: &Path) -> Self {
        let proxy = Proxy::new(&root.join("proxy"));
        let leaf = "package leaf\nconst Name = \"leaf\"\n";
        proxy.publish(
            "example.com/leaf",
            "v1.0.0",
            &[("go.mod", "module example.com/leaf\n"), ("leaf.go", leaf)],
        );
        let whole = [
            ("go.mod", GO_MOD),
            ("cmd/tiny/main.go", MAIN),
            ("cmd/tiny/restored_a.go", "package main\nconst restored = \"!\"\n"),
            ("manifests/base/install.yaml", "kind: Namespace\n"),
        ];
        // The module lacks a file, as if the archive had dropped a symbolic link.
        let mut linked = whole;
        linked[2].0 = "cmd/tiny/restored_windows.go";
        proxy.publish("example.com/tiny", "v1.0.0", &linked);
        proxy.publish("example.com/tiny", "v1.0.1", &linked);
        let mut broken = whole;
        broken[1].1 = "package main\nfunc main() { undefined() }\n";
        proxy.publish("example.com/tiny", "v1.1.0", &broken);
        let mut newer = whole;
        newer[0].1 = "module example.com/tiny\ngo 1.99\n";
        proxy.publish("example.com/tiny", "v1.2.0", &newer);
        let mut orphan = whole;
        orphan[0].1 = "module example.com/tiny\ngo 1.24\nrequire example.com/leaf v1.9.0\n";
        proxy.publish("example.com/tiny", "v1.3.0", &orphan);
        let environment = ["PATH", "HOME"]
            .into_iter()
            .filter_map(|name| Some((OsString::from(name), std::env::var_os(name)?)))
            .chain([("GOPROXY".into(), proxy.url().into()), ("GOSUMDB".into(), "off".into())])
            .collect();
        let cache = Cache::open(Some(&root.join("cache"))).expect("cache");
        Self { root: root.to_owned(), cache, environment }
    }

    pub(super) fn ensure(&self, items: &[Item]) -> Result<Vec<Entry>, BuildError> {
        ensure_with(&self.cache, items, &Unguarded, &Silent, &self.environment)
    }

    /// The error of a build as a user sees it, without values that differ by machine.
    pub(super) fn error(&self, item: &Item) -> String {
        let error = self.ensure(std::slice::from_ref(item)).expect_err("it cannot be built");
        assert_eq!(left(&self.cache), Vec::<PathBuf>::new(), "nothing of the build stays");
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        assert!(std::error::Error::source(&error).is_none(), "all is said");
        let mut text = format!("{error}{hint}");
        if let Ok(go) = Go::find(&Unguarded, &self.environment, &self.root) {
            text = text.replace(go.version_text(), "GO");
            text = text.replace(&item.key(go.toolchain()), "KEY");
        }
        folded(&text.replace(&self.root.display().to_string(), "ROOT"))
    }
}

/// Breaks long lines for the snapshots in this directory.
fn folded(text: &str) -> String {
    let mut folded = String::new();
    for line in text.lines() {
        let mut width = 0;
        for word in line.split_inclusive(' ') {
            width += word.len();
            if width > 84 {
                folded.truncate(folded.trim_end().len());
                folded.push_str("\n    ");
                width = 4 + word.len();
            }
            folded.push_str(word);
        }
        folded.truncate(folded.trim_end().len());
        folded.push('\n');
    }
    folded
}
