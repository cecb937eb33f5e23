//! The Go toolchain of this machine, and the environment of builds.

pub mod answer;
pub mod run;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use run::{RunSpec, Runner, ignored};

/// Oldest version of Go that builds every item.
pub const OLDEST_GO: Version = Version { major: 1, minor: 26, patch: 0 };

/// Settings of the user's Go that a build keeps: sources of modules, and trust in them.
const KEPT_SETTINGS: [&str; 7] =
    ["GOPROXY", "GOSUMDB", "GONOSUMDB", "GOPRIVATE", "GONOPROXY", "GOINSECURE", "GOAUTH"];

/// Settings that alter the output of the compiler.
const TARGET: [&str; 6] = ["GOVERSION", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT"];

/// Variables that a build inherits, for programs and for the network.
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

/// Environment variables of a process.
pub type Environment = BTreeMap<OsString, OsString>;

/// A version of Go without its suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The 1 of 1.26.8.
    pub major: u32,
    /// The 26 of 1.26.8.
    pub minor: u32,
    /// The 8 of 1.26.8. Default: 0.
    pub patch: u32,
}

impl Version {
    /// Reads `1.26`, `1.26.8`, `go1.26.8` or `go1.27rc1`. `None` for other texts.
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

/// Inputs of a build besides the source. The key of every entry has a hash of these inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    /// `GOVERSION`, `GOOS`, `GOARCH`, `GOAMD64`, `GOARM64`, `GOEXPERIMENT`.
    pub target: BTreeMap<String, String>,
    /// Command of the C compiler, by the setting `CC` of Go.
    pub cc: String,
}

/// The Go toolchain of this machine.
#[derive(Clone, Debug)]
pub struct Go {
    toolchain: Toolchain,
    settings: BTreeMap<String, String>,
    inherited: Environment,
}

/// Error of [`Go::find`].
#[derive(Debug, thiserror::Error)]
pub enum GoError {
    /// `PATH` has no program `go`.
    #[error("no go command in PATH")]
    Missing,
    /// The command `go env` failed to start.
    #[error("failed to run go env")]
    Run(#[source] io::Error),
    /// The command `go env` failed, or its output is not the JSON of settings.
    #[error("failed to read the settings of go env: {0}")]
    Answer(String),
}

impl Go {
    /// Finds `go` in the `PATH` of `environment`, and reads its settings.
    ///
    /// # Errors
    /// [`GoError`].
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
        let output = runner.run(spec, &mut ignored).map_err(GoError::Run)?;
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

    /// Inputs of a build besides the source.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// The version. `None` for a development version, which has no number.
    pub fn version(&self) -> Option<Version> {
        self.toolchain.target.get("GOVERSION").and_then(|text| Version::parse(text))
    }

    /// The version as Go reports it: `go1.26.8`.
    pub fn version_text(&self) -> &str {
        self.toolchain.target.get("GOVERSION").map_or("", String::as_str)
    }

    /// The module proxies, in order, as `GOPROXY` has them. The value has no `direct`.
    pub fn proxy(&self) -> &str {
        self.settings.get("GOPROXY").map_or("", String::as_str)
    }

    /// Path of the C compiler. `None`: `PATH` has no such program.
    pub fn c_compiler(&self) -> Option<PathBuf> {
        find_compiler(&self.inherited, &self.toolchain.cc)
    }

    /// Specification of a run of `go` with these arguments, working directory and cache
    /// directories.
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

/// Directories in which Go writes files.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Temporary files and settings of one build.
    pub(crate) build: PathBuf,
    /// Downloaded modules and compiled packages.
    pub(crate) caches: PathBuf,
}

/// Name of the directory of downloaded modules, in the caches.
pub(crate) const MODULES: &str = "modules";
/// Name of the directory of compiled packages, in the caches.
pub(crate) const COMPILED: &str = "compiled";

impl Places {
    /// The directories, each with its variable.
    pub(crate) fn directories(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("GOMODCACHE", self.caches.join(MODULES)),
            ("GOCACHE", self.caches.join(COMPILED)),
            ("GOTMPDIR", self.build.join("temporary")),
            // Go writes its telemetry there, unless the file of [`TELEMETRY`] disables telemetry.
            ("XDG_CONFIG_HOME", self.build.join("settings")),
        ]
    }
}

/// Directory and name of the file that disables Go's telemetry, in the directory of a build. With
/// telemetry, the first command of Go starts a process that outlives it. The process writes to the
/// directory during the removal of the directory.
pub(crate) const TELEMETRY: (&str, &str) = ("settings/go/telemetry", "mode");

/// The proxies without `direct`. With `direct`, a refusal of the proxy makes Go clone with git.
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

/// Path of the C compiler of this setting. The setting may have options after the program.
pub(crate) fn find_compiler(environment: &Environment, cc: &str) -> Option<PathBuf> {
    in_path(environment, cc.split_whitespace().next()?)
}

/// Path of a program, by the rules of a shell. A name with a slash is a path.
pub(crate) fn in_path(environment: &Environment, program: &str) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program)).filter(|path| path.is_file());
    }
    let path = environment.get(std::ffi::OsStr::new("PATH"))?;
    std::env::split_paths(path).map(|dir| dir.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests;
