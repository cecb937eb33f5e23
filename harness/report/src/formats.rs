//! The formats of `report`: one row of [`FORMATS`] and one file each.

pub mod conformance;
pub mod ctrf;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod text;

use std::fmt;

use conformance::Implementation;

use crate::evidence::Evidence;
use crate::style::Style;

/// A format of `report`.
pub struct Format {
    /// The value of `--format`.
    pub name: &'static str,
    /// The description in the help, without a full stop.
    pub about: &'static str,
    /// The work of the program before it calls `write`.
    pub needs: Needs,
    /// The destination of the text without `--output`.
    pub shown: OutputForm,
    /// The text of the report.
    pub write: fn(&Evidence, &Options) -> Result<String, FormatError>,
    /// A summary in Markdown of at most so many bytes, for the summary of a CI step. `None`: the
    /// format has no summary.
    pub summary: Option<fn(&Evidence, usize) -> String>,
}

/// The work of the program for a format. Each costs time: all histories are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The result of the mutation tests: [`Evidence::detection`].
    pub detection: bool,
    /// The timelines: [`Evidence::timelines`].
    pub timelines: bool,
    /// Verdicts that the judge gives now, and every case of the case directory.
    pub judged_again: bool,
}

/// A way to print a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputForm {
    /// In lines for a person at a terminal.
    Lines,
    /// Byte for byte, for a program.
    Document,
}

/// The settings of a report beside the run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Colours, for text at a terminal.
    pub style: Style,
    /// The implementation, for a report of conformance.
    pub implementation: Implementation,
    /// Version of this program.
    pub program: &'static str,
}

/// The error of a format.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// A text has no form in YAML.
    #[error("failed to write the report as YAML")]
    Yaml(#[from] serde_saphyr::SerializeError),
}

/// The formats, in the order of the help.
pub static FORMATS: &[Format] = &[
    Format {
        name: "text",
        about: "For a terminal",
        needs: Needs { detection: true, timelines: true, judged_again: false },
        shown: OutputForm::Lines,
        write: |evidence, options| Ok(text::text(evidence, options.style)),
        summary: None,
    },
    Format {
        name: "json",
        about: "One JSON object a line for each case and version",
        write: |evidence, _| Ok(json::lines(evidence)),
        ..DOCUMENT
    },
    Format {
        name: "junit",
        about: "`JUnit` XML, for CI systems",
        write: |evidence, _| Ok(junit::junit(evidence)),
        ..DOCUMENT
    },
    Format {
        name: "ctrf",
        about: "Common Test Report Format, for dashboards",
        write: |evidence, _| Ok(ctrf::ctrf(evidence)),
        ..DOCUMENT
    },
    Format {
        name: "github",
        about: "Annotations of GitHub Actions; the summary goes to the step's summary",
        write: |evidence, _| Ok(github::annotations(evidence)),
        summary: Some(github::summary),
        ..DOCUMENT
    },
    Format {
        name: "markdown",
        about: "Markdown",
        needs: Needs { detection: true, timelines: false, judged_again: false },
        write: |evidence, _| Ok(markdown::markdown(evidence)),
        ..DOCUMENT
    },
    Format {
        name: "html",
        about: "One self-contained page with a timeline of each case",
        needs: Needs { detection: true, timelines: true, judged_again: false },
        write: |evidence, _| Ok(html::html(evidence)),
        ..DOCUMENT
    },
    Format {
        name: "conformance",
        about: "YAML for lists of implementations; the program judges every history again",
        needs: Needs { detection: false, timelines: false, judged_again: true },
        write: |evidence, options| {
            Ok(conformance::conformance(evidence, &options.implementation, options.program)?)
        },
        ..DOCUMENT
    },
];

/// The fields of a format for programs that needs the report of the run alone.
const DOCUMENT: Format = Format {
    name: "",
    about: "",
    needs: Needs { detection: false, timelines: false, judged_again: false },
    shown: OutputForm::Document,
    write: |_, _| Ok(String::new()),
    summary: None,
};

/// The format with this name.
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}
