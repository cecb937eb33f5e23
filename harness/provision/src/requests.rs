//! Counts of the requests to the API server.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;

/// Requests by verb and resource. Clones share one count.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    counts: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Requests {
    /// Number of requests so far, by name: `watch pods`, `create workflows`, `get /readyz`.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Number of requests since an earlier count, by name. Names with the number 0 are left out.
    pub fn since(&self, earlier: &BTreeMap<String, u64>) -> BTreeMap<String, u64> {
        let mut counts = self.counts();
        for (name, count) in &mut counts {
            *count -= earlier.get(name).copied().unwrap_or_default().min(*count);
        }
        counts.retain(|_, count| *count > 0);
        counts
    }

    pub(crate) fn count(&self, method: &Method, uri: &http::Uri) {
        let name = name(method, uri.path(), uri.query().unwrap_or_default());
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default() += 1;
    }
}

/// Verb and resource of a request, in the terms of Kubernetes' access rules.
fn name(method: &Method, path: &str, query: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let resources = match parts.first() {
        Some(&"api") => parts.split_off(parts.len().min(2)),
        Some(&"apis") => parts.split_off(parts.len().min(3)),
        _ => return format!("{} {path}", method.as_str().to_lowercase()),
    };
    // The prefix `namespaces/NAME/` is removed, unless the resource is the namespace itself.
    let resources = match resources.as_slice() {
        ["namespaces", _, rest @ ..] if !matches!(rest, [] | ["status" | "finalize"]) => rest,
        all => all,
    };
    let (resource, named) = match resources {
        [] => return format!("{} {path}", method.as_str().to_lowercase()),
        [resource] => ((*resource).to_owned(), false),
        [resource, _] => ((*resource).to_owned(), true),
        [resource, _, sub @ ..] => (format!("{resource}/{}", sub.join("/")), true),
    };
    let watched = query.split('&').any(|pair| pair == "watch=true" || pair == "watch=1");
    let verb = match *method {
        Method::GET if watched => "watch",
        Method::GET if named => "get",
        Method::GET => "list",
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE if named => "delete",
        Method::DELETE => "deletecollection",
        _ => method.as_str(),
    };
    format!("{verb} {resource}")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("GET", "/readyz", "", "get /readyz")]
    #[case("GET", "/apis", "", "get /apis")]
    #[case("GET", "/api/v1/pods", "watch=true&resourceVersion=7", "watch pods")]
    #[case("GET", "/api/v1/namespaces/a/pods", "", "list pods")]
    #[case("GET", "/api/v1/namespaces/a/pods/b/log", "", "get pods/log")]
    #[case("GET", "/api/v1/namespaces/a", "", "get namespaces")]
    #[case("PATCH", "/api/v1/namespaces/a", "", "patch namespaces")]
    #[case("PUT", "/api/v1/namespaces/a/finalize", "", "update namespaces/finalize")]
    #[case("POST", "/apis/argoproj.io/v1alpha1/namespaces/a/workflows", "", "create workflows")]
    #[case("DELETE", "/apis/argoproj.io/v1alpha1/namespaces/a/workflows/b", "", "delete workflows")]
    #[case("DELETE", "/api/v1/namespaces/a/pods", "", "deletecollection pods")]
    fn requests_are_named_as_access_rules_name_them(
        #[case] method: &str,
        #[case] path: &str,
        #[case] query: &str,
        #[case] expected: &str,
    ) {
        let method = method.parse().expect("a method");
        assert_eq!(name(&method, path, query), expected);
    }

    #[test]
    fn clones_count_together_and_a_later_look_can_leave_out_what_was() {
        let requests = Requests::default();
        let ask = |path: &str| requests.clone().count(&Method::GET, &path.parse().expect("a path"));
        ask("/readyz");
        ask("/api/v1/pods");
        let before = requests.counts();
        ask("/readyz");
        assert_eq!(requests.counts()["get /readyz"], 2);
        assert_eq!(requests.since(&before), [("get /readyz".to_owned(), 1)].into());
    }
}
