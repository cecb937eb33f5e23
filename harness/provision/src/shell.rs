//! The image for the steps of workflows.

use std::path::PathBuf;

use crate::image::Image;

/// Image with `sh` and a few small programs, for the steps of workflows.
pub const SHELL_IMAGE: &str = "argo-conformance/shell:1";
/// What steps call besides the shell's own commands.
pub(crate) const SMALL_PROGRAMS: [&str; 6] = ["cat", "kill", "ls", "mkdir", "rm", "sleep"];

/// That image, of programs that are found by name.
pub fn image(program: impl Fn(&str) -> PathBuf) -> Image {
    let shell = Image::new(SHELL_IMAGE).program("/bin/sh", &program("sh"));
    SMALL_PROGRAMS
        .iter()
        .fold(shell, |image, name| image.program(&format!("/bin/{name}"), &program(name)))
}
