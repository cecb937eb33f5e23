//! The limit of open files, which the servers of a sandbox inherit.

use rustix::process::{Resource, Rlimit, getrlimit};

use super::Missing;

/// Open files that a server of an idle cluster may need. The API server and etcd have about 100
/// open. Linux gives 1024 by default.
const OPEN_FILES: u64 = 1024;

pub(super) fn missing() -> Option<Missing> {
    too_few(getrlimit(Resource::Nofile))
}

/// A Go program raises its soft limit to the hard limit. The harness needs the soft limit.
fn too_few(limit: Rlimit) -> Option<Missing> {
    let soft = limit.current.filter(|soft| *soft < OPEN_FILES)?;
    let what = format!("open files: this process may have {soft}, {OPEN_FILES} are needed");
    let remedy = match limit.maximum.filter(|hard| *hard < OPEN_FILES) {
        None => format!("raise the limit with `ulimit -n {OPEN_FILES}`"),
        Some(hard) => format!(
            "raise the hard limit of {hard} as root (`ulimit -Hn`, LimitNOFILE of the service, \
             or `--ulimit nofile` of the container)"
        ),
    };
    Some(Missing { what, remedy })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::default(Some(1024), Some(4096), None)]
    #[case::unlimited(None, None, None)]
    #[case::soft(Some(256), Some(4096), Some("`ulimit -n 1024`"))]
    #[case::soft_below_none(Some(256), None, Some("`ulimit -n 1024`"))]
    #[case::hard(Some(256), Some(512), Some("hard limit of 512"))]
    fn the_remedy_names_the_limit_to_raise(
        #[case] current: Option<u64>,
        #[case] maximum: Option<u64>,
        #[case] expected: Option<&str>,
    ) {
        let missing = too_few(Rlimit { current, maximum });
        match (missing, expected) {
            (None, None) => {}
            (Some(missing), Some(text)) => assert!(missing.remedy.contains(text), "{missing:?}"),
            (missing, expected) => panic!("{missing:?} instead of {expected:?}"),
        }
    }
}
