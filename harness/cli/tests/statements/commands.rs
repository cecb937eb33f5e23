//! A machine on which no cluster can be put up, for commands as somebody pastes them.
//!
//! The only programs are `argo-conformance`, `cargo`, `git` and `openssl`. Any other program is not
//! found, which is a failure. A command that needs a cluster is really started. It must fail for
//! the lack of Go or of a cluster. Its run directory is then made from kept histories, for the
//! commands after it.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::checkout::repository;
use crate::run::Run;
use crate::{merged, resumed};

/// Cases that the documents name. `upgrade` has the shipped cases.
const CASES: [&str; 3] =
    ["artifact-gc/optional-artifact", "artifact-gc/retried-attempt", "exit-handler/manual-retry"];

/// Ours: what needs a cluster is refused for the right reason.
const OURS: &str = r#"#!/bin/sh
case "$*" in
    *" --help" | *" --resume "*) exec "$BINARY" "$@" ;;
    run\ * | matrix\ * | up | up\ * | bisect\ * | upgrade\ * | image\ * | check\ *) ;;
    *) exec "$BINARY" "$@" ;;
esac
case "$*" in
    upgrade\ * | *" failover/"*) set -- "$@" --cases "$ROOT/cases" ;;
esac
said=$("$BINARY" "$@" 2>&1)
case "$? $said" in
    "69 "*"no go command in PATH"*) ;;
    "69 error: failed to find installation 0: it is not up"*) ;;
    "69 error: failed to find the context"* | "69 error: failed to find a kubeconfig"*) ;;
    "69 "*"failed to find a kubeconfig: "*) ;;
    *) printf 'argo-conformance %s: %s\n' "$*" "$said" >&2; exit 1 ;;
esac
while [ $# -gt 0 ]; do
    if [ "$1" = --out ]; then
        "$CP" -R "$KEPT/." "$2"
    fi
    shift
done
"#;

/// Cargo: what it would run of ours is run, and of the others CI runs each.
const CARGO: &str = r#"#!/bin/sh
named() {
    "$GREP" -q -e "$1" "$ROOT/$2" || { echo "cargo $words: $2 knows nothing of it" >&2; exit 1; }
}
words="$*"
case "$words" in
    "run -- "* | "run -q -- "*) while [ "$1" != -- ]; do shift; done; shift; exec argo-conformance "$@" ;;
    "ci "*) named "\[\"$2\"" ci/src/main.rs ;;
    test) named '^cargo test$' .ci/run ;;
    "test -p "*) named "^name = \"$3\"$" "harness/${3#argo-conformance-}/Cargo.toml" ;;
    "test --test "*) named "^name = \"$3\"$" harness/cli/Cargo.toml ;;
    "bench -p "*" --bench "*) named "^name = \"$5\"$" "harness/${3#argo-conformance-}/Cargo.toml" ;;
    "nextest run") named '^\[profile.default\]$' .config/nextest.toml ;;
    "install --path "*) named "^name = " "$3/Cargo.toml" ;;
    "install --locked --path "*) named "^name = " "$4/Cargo.toml" ;;
    build) named 'run: cargo build$' .github/workflows/conformance.yml ;;
    *) echo "nobody knows how to try: cargo $words" >&2; exit 1 ;;
esac
"#;

/// Alone with its mounts, the machine's installations are out of sight.
const ALONE: &str = r#""$MOUNT" -t tmpfs none /run && exec "$SHELL" -eu -c "$SCRIPT""#;

/// The machine, with a directory to work in.
pub(crate) struct Machine {
    run: Run,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let machine = Self { run: Run::of(&CASES) };
        merged::cut(&machine.run, &CASES, &["ONE", "TWO", "THREE"]);
        machine.run.report(|_| {});
        resumed::begun(&machine.run);
        machine.run.report(|_| {});
        let programs = machine.run.path("bin");
        std::fs::create_dir(&programs).expect("a directory");
        for (name, text) in [("argo-conformance", OURS), ("cargo", CARGO)] {
            let path = programs.join(name);
            std::fs::write(&path, text).expect("write");
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, executable).expect("make it executable");
        }
        let tags = ["v3.5.10", "v3.5.11", "v3.7.17"];
        repository(&machine.run.path("argo-workflows"), &tags);
        for name in ["git", "openssl"] {
            symlink(found(name), programs.join(name)).expect("link");
        }
        for (from, to) in [("key.pem", "private.pem"), ("key.pub", "public.pem")] {
            std::fs::copy(machine.run.path(from), machine.run.path(to)).expect("copy");
        }
        std::fs::write(machine.run.path("programs.yaml"), "[]\n").expect("write");
        symlink(machine.run.path("run"), machine.run.path("RUN-DIRECTORY")).expect("link");
        machine
    }

    /// Runs commands to the end; none of them may fail.
    pub(crate) fn run(&self, script: &str) {
        let mut command = Command::new(found("unshare"));
        command.arg("--mount").arg(found("sh")).args(["-c", ALONE]);
        command.current_dir(self.run.path("")).env_clear();
        command.env("PATH", self.run.path("bin"));
        command.env("HOME", self.run.path("home")).env("NO_COLOR", "1");
        command.env("ARGO_CONFORMANCE_CACHE", self.run.path("cache"));
        command.env("BINARY", env!("CARGO_BIN_EXE_argo-conformance"));
        command.env("KEPT", self.run.path("run")).env("SCRIPT", script);
        command.env("ROOT", Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."));
        for (name, program) in [("MOUNT", "mount"), ("SHELL", "sh"), ("CP", "cp"), ("GREP", "grep")]
        {
            command.env(name, found(program));
        }
        let output = command.output().expect("it runs");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        assert!(output.status.success(), "{}:\n{script}\n{said}", output.status);
    }
}

/// The path of an installed program.
fn found(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").expect("a PATH");
    let mut places = std::env::split_paths(&path).map(|directory| directory.join(program));
    places.find(|place| place.is_file()).unwrap_or_else(|| panic!("{program} is installed"))
}
