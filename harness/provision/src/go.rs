//! The Go toolchain: which one there is, and the environment that builds run in.

pub mod answer;
pub mod run;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use run::{RunSpec, Runner};

/// The oldest Go that all programs of the table are known to build with.
pub const OLDEST_GO: Version = Version { major: 1, minor: 26, patch: 0 };

/// Settings of the user's Go that builds keep: where modules come from and whom to trust.
const KEPT_SETTINGS: [&str; 7] =
    ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE", "GOAUTH"];

/// What decides what a compiler makes of a source.
const TARGET: [&str; 6] = ["GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT"];

/// Variables that builds inherit: where programs are found, and how the network is reached.
pub(crate) const INHERITED: [&str; 13] = [
    "PATH",
    "HOME",
    "NETRC",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
    "NO_PROXY",
    "no_proxy",
];

/// Variables of a process.
pub type Environment = BTreeMap<OsString, OsString>;

/// A version of Go, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The 1 of 1.26.8.
    pub major: u32,
    /// The 26 of 1.26.8.
    pub minor: u32,
    /// The 8 of 1.26.8; 0 where none is named.
    pub patch: u32,
}

impl Version {
    /// Reads `1.26`, `1.26.8`, `go1.26.8`, `go1.27rc1`; other text is no version.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("go").unwrap_or(text);
        let mut numbers = text.split('.').map(|part| {
            let digits = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part[..digits].parse::<u32>()
        });
        let major = numbers.next()?.ok()?;
        let minor = numbers.next()?.ok()?;
        let patch = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(Self { major, minor, patch })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// What, besides the source, decides what a build gives. Part of the key of every entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// `GOVERSION`, `GOOS`, `GOARCH`, `GOAMD64`, `GOARM64`, `GOEXPERIMENT`.
    pub target: BTreeMap<String, String>,
    /// The C compiler, for what needs one.
    pub cc: String,
}

/// The Go toolchain of this machine.
#[derive(Clone, Debug)]
pub struct Go {
    toolchain: Toolchain,
    settings: BTreeMap<String, String>,
    inherited: Environment,
}

/// Go could not be asked about itself.
#[derive(Debug, thiserror::Error)]
pub enum GoError {
    /// There is no `go` in `PATH`.
    #[error("no go command in PATH")]
    Missing,
    /// Running it failed.
    #[error("run go env")]
    Run(#[source] io::Error),
    /// It failed, or gave something else than was asked for.
    #[error("go env gave no settings: {0}")]
    Answer(String),
}

impl Go {
    /// Asks the `go` in the `PATH` of `environment` about itself.
    ///
    /// # Errors
    /// That there is none, or that it does not answer.
    pub fn find(
        runner: &dyn Runner,
        environment: &Environment,
        cwd: &Path,
    ) -> Result<Self, GoError> {
        let program = in_path(environment, "go").ok_or(GoError::Missing)?;
        let names = TARGET.iter().chain(&KEPT_SETTINGS).chain(&["CC"]);
        let mut args: Vec<OsString> = vec!["env".into(), "-json".into()];
        args.extend(names.map(OsString::from));
        let mut env = environment.clone();
        env.insert("GOWORK".into(), "off".into());
        env.insert("GOTOOLCHAIN".into(), "local".into());
        let spec = RunSpec { program, args, env: env.into_iter().collect(), cwd: cwd.to_owned() };
        let output = runner.run(spec, &mut |_| {}).map_err(GoError::Run)?;
        if !output.status.success() {
            return Err(GoError::Answer(output.stderr_tail.join("\n")));
        }
        let mut settings: BTreeMap<String, String> = serde_json::from_slice(&output.stdout)
            .map_err(|error| GoError::Answer(error.to_string()))?;
        let mut take = |name: &str| settings.remove(name).unwrap_or_default();
        let target = TARGET.iter().map(|name| ((*name).to_owned(), take(name))).collect();
        let toolchain = Toolchain { target, cc: take("CC") };
        if let Some(proxy) = settings.get_mut("GOPROXY") {
            *proxy = without_direct(proxy);
        }
        let inherited = environment
            .iter()
            .filter(|(name, _)| INHERITED.iter().any(|kept| *name == *kept))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Ok(Self { toolchain, settings, inherited })
    }

    /// What decides what a build gives.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// Its version; None for a development version, which has no number.
    pub fn version(&self) -> Option<Version> {
        self.toolchain.target.get("GOVERSION").and_then(|text| Version::parse(text))
    }

    /// Its version in its own words: `go1.26.8`.
    pub fn version_text(&self) -> &str {
        self.toolchain.target.get("GOVERSION").map_or("", String::as_str)
    }

    /// The module proxies that it asks, in order.
    pub fn proxy(&self) -> &str {
        self.settings.get("GOPROXY").map_or("", String::as_str)
    }

    /// Path of the C compiler, if there is one.
    pub fn c_compiler(&self) -> Option<PathBuf> {
        find_compiler(&self.inherited, &self.toolchain.cc)
    }

    /// How to run `go` with these arguments in `cwd`, with these directories.
    pub(crate) fn command(&self, args: &[&str], cwd: &Path, at: &Places, cgo: bool) -> RunSpec {
        let mut env = self.inherited.clone();
        let mut set = |name: &str, value: OsString| env.insert(name.into(), value);
        for (name, value) in &self.settings {
            set(name, value.into());
        }
        for (name, value) in &self.toolchain.target {
            if name != "GOVERSION" {
                set(name, value.into());
            }
        }
        let fixed = [
            ("GOENV", "off"),
            ("GOWORK", "off"),
            ("GOFLAGS", "-buildvcs=false -modcacherw"),
            ("GOTOOLCHAIN", "local"),
            ("CGO_ENABLED", if cgo { "1" } else { "0" }),
            ("CC", &self.toolchain.cc),
        ];
        for (name, value) in fixed {
            set(name, value.into());
        }
        for (name, directory) in at.directories() {
            set(name, directory.into());
        }
        RunSpec {
            program: in_path(&env, "go").unwrap_or_else(|| "go".into()),
            args: args.iter().map(OsString::from).collect(),
            env: env.into_iter().collect(),
            cwd: cwd.to_owned(),
        }
    }
}

/// Where Go keeps its files.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Temporary files and settings: of one build.
    pub(crate) build: PathBuf,
    /// Downloaded modules and compiled packages.
    pub(crate) caches: PathBuf,
}

/// Name of the directory of downloaded modules, in the caches.
pub(crate) const MODULES: &str = "modules";
/// Name of the directory of compiled packages, in the caches.
pub(crate) const COMPILED: &str = "compiled";

impl Places {
    /// The directories, each with the variable by which Go is told of it.
    pub(crate) fn directories(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("GOMODCACHE", self.caches.join(MODULES)),
            ("GOCACHE", self.caches.join(COMPILED)),
            ("GOTMPDIR", self.build.join("temporary")),
            // Go counts there what it does, unless it is told not to.
            ("XDG_CONFIG_HOME", self.build.join("settings")),
        ]
    }
}

/// Where in the directory of a build Go is told not to count: the directory, and the file that says
/// `off`. Otherwise its first command leaves a process behind that writes there while the directory
/// is removed.
pub(crate) const TELEMETRY: (&str, &str) = ("settings/go/telemetry", "mode");

/// Proxies without `direct`, which would turn a refusal by the proxy into a git clone.
fn without_direct(proxies: &str) -> String {
    let mut kept = String::new();
    let mut rest = proxies;
    loop {
        let end = rest.find([',', '|']).unwrap_or(rest.len());
        let (proxy, after) = rest.split_at(end);
        if proxy.trim() != "direct" && !proxy.trim().is_empty() {
            kept.push_str(proxy.trim());
            kept.push(if after.starts_with('|') { '|' } else { ',' });
        }
        match after.get(1..) {
            Some(more) => rest = more,
            None => break,
        }
    }
    kept.pop();
    if kept.is_empty() { "off".to_owned() } else { kept }
}

/// The C compiler that this setting names, with options perhaps.
pub(crate) fn find_compiler(environment: &Environment, cc: &str) -> Option<PathBuf> {
    in_path(environment, cc.split_whitespace().next()?)
}

/// The program of this name, looked for as a shell does.
pub(crate) fn in_path(environment: &Environment, program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let path = environment.get(std::ffi::OsStr::new("PATH"))?;
    std::env::split_paths(path).map(|dir| dir.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests;
