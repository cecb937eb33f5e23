//! The image for the steps of workflows.

use std::path::PathBuf;

use crate::image::Image;

/// What steps call besides the shell's own commands.
pub(crate) use model::image::PROGRAMS as SMALL_PROGRAMS;
/// Image with `sh` and a few small programs, for the steps of workflows.
pub use model::image::SHELL as SHELL_IMAGE;

/// That image, of programs that are found by name.
pub fn image(program: impl Fn(&str) -> PathBuf) -> Image {
    let shell = Image::new(SHELL_IMAGE).program("/bin/sh", &program("sh"));
    SMALL_PROGRAMS
        .iter()
        .fold(shell, |image, name| image.program(&format!("/bin/{name}"), &program(name)))
}
