//! Components of another version, where that cannot be.

use std::net::TcpListener;

use crate::harness::Harness;

#[test]
fn everything_that_is_no_version() {
    let components = ["--controller", "main", "--executor", "3.5.1O", "--cli", "4.0.0"];
    let args = ["run", "--argo", "3.5.12,latest,3.5.12+cli.3.5"];
    insta::assert_snapshot!(Harness::new().says(&[&args[..], &components[..]].concat()), @r"
    error: --controller: invalid version `main`: it is not a version of Argo
    hint: write it like 4.0.5
    error: --executor: invalid version `3.5.1O`: it is not a version of Argo
    hint: did you mean 3.5.10? write it like 4.0.5
    error: --cli: failed to find the Go module of argo-workflows v4.0.0: it has the module path of version 3
    hint: take 4.0.2 or later, or another source of Argo
    error: invalid version `latest`: it is not a version of Argo
    hint: write it like 4.0.5
    error: invalid version `3.5`: it is not a version of Argo
    hint: did you mean 3.5.2? write it like 4.0.5
    exit 64
    ");
}

#[test]
fn a_name_of_an_installation_that_says_no_versions() {
    let args = ["run", "--argo", "3.5.12+server.3.5.10,3.5.12+cli.3.5"];
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: invalid version `3.5.12+server.3.5.10`: it is not a version of Argo
    hint: write it like 4.0.5
    error: invalid version `3.5`: it is not a version of Argo
    hint: did you mean 3.5.2? write it like 4.0.5
    exit 64
    ");
}

#[test]
fn where_nothing_is_installed() {
    let existing = ["run", "--provider", "existing", "--cli", "3.5.10"];
    insta::assert_snapshot!(Harness::new().says(&existing), @r"
    error: invalid arguments: --provider existing installs no component of another version
    hint: Name the argo program to test with by --argo-cli.
    exit 64
    ");
    let existing = ["run", "--provider", "existing", "--kubernetes", "1.33.7"];
    insta::assert_snapshot!(Harness::new().says(&existing), @r"
    error: invalid --kubernetes: --provider existing installs no Kubernetes
    hint: Leave --kubernetes out, or name another cluster by --context.
    exit 64
    ");
    let kept = ["run", "--on", "0", "--executor", "3.5.10"];
    insta::assert_snapshot!(Harness::new().says(&kept), @"
error: the argument '--on <NUMBER>' cannot be used with '--executor <VERSION>'

Usage: argo-conformance run --on <NUMBER> --cases <DIR> --cache <DIR> --programs <PROGRAMS>

For more information, try '--help'.
exit 64
");
    let resumed = ["run", "--resume", "run", "--controller", "3.5.10"];
    insta::assert_snapshot!(Harness::new().says(&resumed), @"
error: the argument '--resume <DIR>' cannot be used with '--controller <VERSION>'

Usage: argo-conformance run --resume <DIR> --cases <DIR> --cache <DIR> --programs <PROGRAMS>

For more information, try '--help'.
exit 64
");
}

#[test]
fn releases_that_cannot_be_told_apart_or_are_none() {
    let args = ["run", "--argo", "release:3.7.18,3.7.18,3.5.12", "--cli", "release:3.5.12"];
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: invalid arguments: 3.5.12 has two sources, which a report cannot distinguish
    hint: Run the sources one after the other.
    error: invalid arguments: 3.7.18 has two sources, which a report cannot distinguish
    hint: Run the sources one after the other.
    exit 64
    ");
    let args = ["run", "--argo", "release:latest", "--cli", "release:3.7.18@sha256:12ab"];
    insta::assert_snapshot!(Harness::new().says(&args), @r"
    error: --cli: invalid release `release:3.7.18@sha256:12ab`: it is not a version of Argo
    hint: write it like release:3.7.18, or release:3.7.18@sha256:… with the checksum of install.yaml
    error: invalid release `release:latest`: it is not a version of Argo
    hint: write it like release:3.7.18, or release:3.7.18@sha256:… with the checksum of install.yaml
    exit 64
    ");
}

/// A native cluster pulls nothing, so the harness pulls each image that is in no archive.
#[test]
fn images_of_a_release_that_nobody_has() {
    let harness = Harness::new();
    let archive = harness.path("images.tar");
    let saved = r#"[{ "RepoTags": ["quay.io/argoproj/argoexec:v3.7.18", "other:1"] }]"#;
    std::fs::write(harness.path("manifest.json"), saved).expect("write");
    let mut tar = std::process::Command::new("tar");
    tar.arg("-C").arg(harness.path("")).arg("-cf").arg(&archive).arg("manifest.json");
    assert!(tar.status().expect("tar").success());
    let archive = archive.display().to_string();
    let closed = TcpListener::bind("127.0.0.1:0").expect("a port");
    let mirror = closed.local_addr().expect("an address").to_string();
    drop(closed);
    let says = |rest: &[&str]| {
        let args = [rest, &["--argo", "release:3.7.18", "--image-mirror", &mirror]].concat();
        harness.says(&args).replace(&mirror, "MIRROR")
    };
    let run = ["run", "--provider", "native", "--load-image", &archive];
    insta::assert_snapshot!(says(&run), @r"
    error: failed to pull MIRROR/argoproj/workflow-controller:v3.7.18
      caused by: error sending request for url (http://MIRROR/v2/argoproj/workflow-controller/manifests/v3.7.18)
      caused by: client error (Connect)
      caused by: tcp connect error
      caused by: Connection refused (os error 111)
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    exit 69
    ");
    insta::assert_snapshot!(says(&["up"]), @r"
    error: failed to pull MIRROR/argoproj/argoexec:v3.7.18
      caused by: error sending request for url (http://MIRROR/v2/argoproj/argoexec/manifests/v3.7.18)
      caused by: client error (Connect)
      caused by: tcp connect error
      caused by: Connection refused (os error 111)
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    error: failed to pull MIRROR/argoproj/workflow-controller:v3.7.18
      caused by: error sending request for url (http://MIRROR/v2/argoproj/workflow-controller/manifests/v3.7.18)
      caused by: client error (Connect)
      caused by: tcp connect error
      caused by: Connection refused (os error 111)
    hint: log in with `docker login` if the registry wants credentials, name another with --image-mirror, or an archive of `docker save` with --load-image
    exit 69
    ");
    insta::assert_snapshot!(harness.says(&["up", "--image-mirror", "https://mirror"]), @r"
    error: invalid value 'https://mirror' for '--image-mirror <REGISTRY>': `https://mirror` is no registry like HOST:PORT or HOST/PATH

    For more information, try '--help'.
    exit 64
    ");
    let args = ["run", "--provider", "native", "--argo", "release:3.7.18", "--load-image"];
    std::fs::write(&archive, "no archive").expect("write");
    let args = [&args[..], &[&archive]].concat();
    let said = harness.says(&args);
    assert!(said.starts_with("error: failed to read DIR/images.tar\n  caused by: "), "{said}");
    assert!(said.ends_with("exit 69"), "{said}");
}

#[test]
fn checkouts_that_cannot_be_used() {
    let harness = Harness::new();
    std::fs::create_dir(harness.path("other")).expect("make");
    std::fs::write(harness.path("other/go.mod"), "module example.com/other\n").expect("write");
    let other = format!("{}=3.5.13", harness.path("other").display());
    let args = ["run", "--argo", "./argo", "--cli", &other, "--executor", "3.5.13+tree.1b4f"];
    insta::assert_snapshot!(harness.says(&args), @r"
    error: --executor: invalid version `3.5.13+tree.1b4f`: it is the name of a checkout in a report
    hint: name the checkout, as in ./argo-workflows=3.5.13
    error: --cli: invalid checkout DIR/other: it is not Argo Workflows: its module is `example.com/other`
    hint: name the directory of Argo's go.mod
    error: invalid checkout ./argo: it has no target release
    hint: append the target release, for example ./argo=3.5.13; that release's expectations apply
    exit 64
    ");
}
