use super::*;

#[rstest::rstest]
#[case("go1.26.8", Some((1, 26, 8)))]
#[case("1.26", Some((1, 26, 0)))]
#[case("go1.27rc1", Some((1, 27, 0)))]
#[case("go1.26.8-X:nodwarf5", Some((1, 26, 8)))]
#[case("devel go1.28-abcdef", None)]
#[case("", None)]
fn versions(#[case] text: &str, #[case] numbers: Option<(u32, u32, u32)>) {
    let expected = numbers.map(|(major, minor, patch)| Version { major, minor, patch });
    assert_eq!(Version::parse(text), expected);
}

#[rstest::rstest]
#[case("https://proxy.golang.org,direct", "https://proxy.golang.org")]
#[case("https://a.example|direct", "https://a.example")]
#[case("https://a.example|https://b.example,direct", "https://a.example|https://b.example")]
#[case("direct,https://a.example", "https://a.example")]
#[case("off", "off")]
#[case("direct", "off")]
#[case("", "off")]
fn direct_is_cut(#[case] proxies: &str, #[case] kept: &str) {
    assert_eq!(without_direct(proxies), kept);
}

fn environment(variables: &[(&str, &str)]) -> Environment {
    variables.iter().map(|(name, value)| (name.into(), value.into())).collect()
}

#[test]
fn the_environment_of_a_build_is_whole_and_its_own() {
    let go = Go {
        toolchain: Toolchain {
            target: [("GOVERSION", "go1.26.8"), ("GOOS", "linux"), ("GOAMD64", "v1")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            cc: "gcc".to_owned(),
        },
        settings: [("GOPROXY".to_owned(), "https://proxy.example".to_owned())].into(),
        inherited: environment(&[("PATH", "/nowhere"), ("HTTPS_PROXY", "http://p.example")]),
    };
    let at = Places { build: "/build".into(), caches: "/caches".into() };
    let spec = go.command(&["build", "."], Path::new("/source"), &at, false);
    let line = |(name, value): &(OsString, OsString)| {
        format!("{}={}", name.to_string_lossy(), value.to_string_lossy())
    };
    insta::assert_snapshot!(spec.env.iter().map(line).collect::<Vec<_>>().join("\n"), @r"
    CC=gcc
    CGO_ENABLED=0
    GOAMD64=v1
    GOCACHE=/caches/compiled
    GOENV=off
    GOFLAGS=-buildvcs=false -modcacherw
    GOMODCACHE=/caches/modules
    GOOS=linux
    GOPROXY=https://proxy.example
    GOTMPDIR=/build/temporary
    GOTOOLCHAIN=local
    GOWORK=off
    HTTPS_PROXY=http://p.example
    PATH=/nowhere
    XDG_CONFIG_HOME=/build/settings
    ");
}
