//! `init`: writes a first case.

use std::path::Path;

use anyhow::Context;

use crate::args::InitArgs;
use crate::terminal::out;
use rundir::error::Error;

/// The files of a first case: they say what can stand in them.
const FILES: [(&str, &str); 2] = [
    ("case.yaml", include_str!("../first_case/case.yaml")),
    ("workflow.yaml", include_str!("../first_case/workflow.yaml")),
];

/// The schema of case files, in the directory of cases.
const SCHEMA: &str = "schema.json";

/// Writes a first case, and beside the cases the schema by which editors check them.
pub(crate) fn init(args: &InitArgs) -> anyhow::Result<u8> {
    if !model::discover::is_id(&args.id) {
        let what = format!("invalid id: `{}`", args.id);
        return Err(refused(
            &what,
            "Use lower-case words joined by `-`, for example `area/what-goes-wrong`.",
        ));
    }
    let directory = args.cases.join(&args.id);
    for (name, text) in FILES {
        let head = if name == "case.yaml" { modeline(&args.id) } else { String::new() };
        write(&directory, name, &(head + text))?;
    }
    let (id, cases) = (&args.id, args.cases.display());
    let schema = if args.cases.join(SCHEMA).exists() {
        String::new()
    } else {
        write(&args.cases, SCHEMA, &model::schema::text())?;
        format!("wrote {cases}/{SCHEMA}, with which editors complete and check case files\n")
    };
    out::result(&format!(
        "wrote {directory}/case.yaml and workflow.yaml\n{schema}\
         check       argo-conformance lint {cases}\n\
         describe    argo-conformance explain --cases {cases} --case {id}\n\
         run         argo-conformance run --cases {cases} --case {id} --out /tmp/{name}\n\
         mutate      argo-conformance mutate /tmp/{name} --cases {cases}",
        directory = directory.display(),
        name = id.replace('/', "-"),
    ));
    Ok(report::exit::PASS)
}

/// Says to an editor where the schema is.
fn modeline(id: &str) -> String {
    let up = "../".repeat(id.split('/').count());
    format!("# yaml-language-server: $schema={up}{SCHEMA}\n")
}

/// Never over a file that is there.
fn write(directory: &Path, name: &str, text: &str) -> anyhow::Result<()> {
    let path = directory.join(name);
    let shown = path.display();
    std::fs::create_dir_all(directory)
        .with_context(|| format!("failed to create {}", directory.display()))?;
    match std::fs::File::create_new(&path) {
        Ok(mut file) => {
            use std::io::Write;
            file.write_all(text.as_bytes()).with_context(|| format!("failed to write {shown}"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(refused(&format!("failed to write {shown}: the file exists"), "Choose another id."))
        }
        Err(error) => Err(error).with_context(|| format!("failed to write {shown}")),
    }
}

fn refused(what: &str, hint: &str) -> anyhow::Error {
    Error::usage(what).with_hint(hint).into()
}
