//! Image for the steps of workflows.

use std::path::PathBuf;

use crate::image::Image;

/// Names of the programs in the image besides the shell.
pub(crate) use model::image::PROGRAMS as SMALL_PROGRAMS;
/// Reference of the image, with `sh` and a few small programs.
pub use model::image::SHELL as SHELL_IMAGE;

/// The image [`SHELL_IMAGE`]. `program` gives the path of a program by its name.
pub fn image(program: impl Fn(&str) -> PathBuf) -> Image {
    let shell = Image::new(SHELL_IMAGE).program("/bin/sh", &program("sh"));
    SMALL_PROGRAMS
        .iter()
        .fold(shell, |image, name| image.program(&format!("/bin/{name}"), &program(name)))
}
