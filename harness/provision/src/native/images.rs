//! Images of a native cluster. The harness imports archives into containerd, without a registry.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sandbox::Sandbox;

use super::error::{Failure, NativeError};
use super::files::{INSIDE, PAUSE_IMAGE};
use crate::budgets;
use crate::image::Image;
use crate::poll::until_ready;
use crate::shell;

/// Writes the images and imports them into containerd. Archives of the user are copied first.
pub(super) async fn import(
    sandbox: &Arc<Sandbox>,
    directory: &Path,
    wanted: &[Image],
    archives: &[PathBuf],
) -> Result<(), Failure> {
    let bin = directory.join("bin");
    let own = [
        Image::new(PAUSE_IMAGE)
            .program("/bin/sleep", &bin.join("sleep"))
            .entrypoint(&["/bin/sleep", "87600h"]),
        shell::image(|name| bin.join(name)),
    ];
    let ask = || async { ctr(sandbox, &["version"]).await };
    until_ready("containerd", budgets::NATIVE_PART_READY.time, ask)
        .await
        .map_err(Failure::NotReady)?;
    for (index, image) in own.iter().chain(wanted).enumerate() {
        let name = format!("images/{index}.tar");
        let (image, path) = (image.clone(), directory.join(&name));
        let reference = image.reference.clone();
        let written = tokio::task::spawn_blocking(move || image.write(&path)).await;
        written.map_err(|e| Failure::Other(e.into()))?.map_err(|e| Failure::Other(e.into()))?;
        import_archive(sandbox, directory, &name, reference).await?;
    }
    for (index, archive) in archives.iter().enumerate() {
        let name = format!("images/given-{index}.tar");
        let failed = |cause| NativeError::File { path: archive.clone(), cause };
        let copied = tokio::fs::copy(archive, directory.join(&name)).await;
        copied.map_err(|cause| Failure::Other(failed(cause)))?;
        import_archive(sandbox, directory, &name, archive.display().to_string()).await?;
    }
    Ok(())
}

/// Imports an archive of the cluster's directory into containerd, and removes the archive. The
/// removal comes before the kernel writes the archive to the disk. The archives of a cluster have
/// 250 MB. Pods of another cluster waited for 8 s during such writes.
async fn import_archive(
    sandbox: &Arc<Sandbox>,
    directory: &Path,
    name: &str,
    reference: String,
) -> Result<(), Failure> {
    let path = format!("{INSIDE}/{name}");
    let import = ["-n", "k8s.io", "images", "import", "--no-unpack", "--local", &path];
    let imported = ctr(sandbox, &import).await;
    imported.map_err(|output| Failure::Other(NativeError::Import { reference, output }))?;
    let archive = directory.join(name);
    let removed = tokio::fs::remove_file(&archive).await;
    removed.map_err(|cause| Failure::Other(NativeError::File { path: archive, cause }))
}

/// Runs `ctr` in the sandbox. The error is the output of `ctr`.
async fn ctr(sandbox: &Arc<Sandbox>, args: &[&str]) -> Result<(), String> {
    let program = format!("{INSIDE}/bin/ctr");
    let address = format!("{INSIDE}/containerd.sock");
    let mut words = vec![program, "-a".to_owned(), address];
    words.extend(args.iter().map(|&a| a.to_owned()));
    let sandbox = Arc::clone(sandbox);
    let run = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        sandbox.exec(&words)
    });
    match run.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())? {
        output if output.success => Ok(()),
        output => Err(output.output),
    }
}
