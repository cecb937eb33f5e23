//! The origin of programs: a table of downloads and a mirror that are wrong.

use crate::harness::Harness;

#[test]
fn a_mirror_that_is_none() {
    insta::assert_snapshot!(Harness::new().says(&["up", "--mirror", "ftp://mirror"]), @r"
    error: invalid value 'ftp://mirror' for '--mirror <URL-OR-DIR>': `ftp://mirror` is neither a URL with HTTP or HTTPS nor a directory

    For more information, try '--help'.
    exit 64
    ");
}

/// Messages name URLs, so a URL never has a user name or a password. The message has neither.
#[test]
fn a_mirror_with_credentials() {
    let mirror = "https://jane:sesame@mirror.example/upstream";
    insta::assert_snapshot!(Harness::new().says(&["up", "--mirror", mirror]), @r"
    error: invalid mirror mirror.example: its URL has a user name or a password
    hint: name a URL without them: a server that needs none, or that HTTPS_PROXY authorizes
    exit 64
    ");
}

#[test]
fn releases_with_credentials() {
    let releases = "https://jane:sesame@mirror.example/releases";
    let run = ["run", "--argo", "release:4.0.5", "--releases", releases];
    insta::assert_snapshot!(Harness::new().says(&run), @r"
    error: invalid URL of releases of mirror.example: it has a user name or a password
    hint: name a URL without them: a server that needs none, or that HTTPS_PROXY authorizes
    exit 64
    ");
}

#[test]
fn a_table_that_is_none() {
    let harness = Harness::new();
    let file = harness.path("table.yaml").display().to_string();
    let up = ["up", "--download-table", &file];
    insta::assert_snapshot!(harness.says(&up), @r"
    error: failed to read DIR/table.yaml
      caused by: No such file or directory (os error 2)
    hint: name a file that can be read
    exit 64
    ");
    std::fs::write(&file, "- program: etcd\n  versoin: 1\n").expect("write");
    insta::assert_snapshot!(harness.says(&up), @r"
    error: invalid table of downloads DIR/table.yaml:2:3: unknown field `versoin`, expected one of program, version, source, files
    hint: give each row program, version, source and files. Give each file url and sha256 or sha512. Leave credentials out of the url
    exit 64
    ");
    let row = "- {program: etcd, version: 3.6.7, source: mine, files: {amd64: {url: etcd}, \
               arm64: {url: 'https://jane:sesame@mirror.example/etcd'}}}\n";
    std::fs::write(&file, row).expect("write");
    insta::assert_snapshot!(harness.says(&up), @r"
    error: invalid table of downloads DIR/table.yaml:
      etcd 3.6.7: invalid URL `etcd` of amd64
      etcd 3.6.7: amd64 needs sha256 or sha512
      etcd 3.6.7: the URL of arm64 has a user name or a password
      etcd 3.6.7: arm64 needs sha256 or sha512
    hint: give each row program, version, source and files. Give each file url and sha256 or sha512. Leave credentials out of the url
    exit 64
    ");
}
