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
        let what = format!("`{}` is not an id", args.id);
        return Err(refused(&what, "lower-case words joined by `-`, as in `area/what-goes-wrong`"));
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
        format!("wrote {cases}/{SCHEMA}, by which editors complete and check case files\n")
    };
    out::result(&format!(
        "wrote {directory}/case.yaml and workflow.yaml\n{schema}\
         check it    argo-conformance lint {cases}\n\
         in words    argo-conformance explain --cases {cases} --case {id}\n\
         run it      argo-conformance run --cases {cases} --case {id} --out /tmp/{name}\n\
         can it fail argo-conformance mutate /tmp/{name} --cases {cases}",
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
    std::fs::create_dir_all(directory).with_context(|| format!("make {}", directory.display()))?;
    match std::fs::File::create_new(&path) {
        Ok(mut file) => {
            use std::io::Write;
            file.write_all(text.as_bytes()).with_context(|| format!("write {shown}"))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(refused(&format!("{shown} is there already"), "choose another id"))
        }
        Err(error) => Err(error).with_context(|| format!("write {shown}")),
    }
}

fn refused(what: &str, hint: &str) -> anyhow::Error {
    Error::usage(what).with_hint(hint).into()
}
