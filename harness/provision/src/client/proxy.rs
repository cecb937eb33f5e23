//! The proxy of a connection, by the environment variables that Go programs use.
//!
//! The `argo` program is a Go program. The harness and `argo` must take the same way to a cluster.
//!
//! kube compares `NO_PROXY` with the address of the proxy. The harness compares the address of the
//! server instead.

use std::net::IpAddr;

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;

/// Values of the environment variables of proxies.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProxyVariables {
    https: Option<Named>,
    http: Option<Named>,
    no: String,
}

/// A value with the name of its variable.
#[derive(Clone, Debug)]
struct Named {
    name: &'static str,
    value: String,
}

/// Error of a proxy that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid {name}: {reason}")]
pub struct ProxyError {
    /// Name of the variable, or `proxy-url` of the kubeconfig.
    name: &'static str,
    reason: &'static str,
}

impl ProxyVariables {
    /// The variables of this process.
    pub(crate) fn of_process() -> Self {
        Self::of(|name| std::env::var(name).ok())
    }

    /// A name in capital letters comes before the same name in small letters.
    pub(crate) fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: [&'static str; 2]| {
            let values = names.map(|name| Some(Named { name, value: variable(name)? }));
            values.into_iter().flatten().find(|named| !named.value.is_empty())
        };
        // A CGI server sets `HTTP_PROXY` from a header of the client.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        Self {
            https: first(["HTTPS_PROXY", "https_proxy"]),
            http: first(["HTTP_PROXY", "http_proxy"]).filter(|_| !is_cgi),
            no: first(["NO_PROXY", "no_proxy"]).map(|named| named.value).unwrap_or_default(),
        }
    }

    /// The proxy to a server. `None`: the connection is direct. A server on the loopback interface
    /// has no proxy.
    ///
    /// # Errors
    /// The value of the variable is no proxy.
    pub(crate) fn proxy(&self, server: &Uri) -> Result<Option<Uri>, ProxyError> {
        let named = if server.scheme_str() == Some("http") { &self.http } else { &self.https };
        match named {
            Some(named) if !self.excepts(server) => parse(named.name, &named.value).map(Some),
            Some(_) | None => Ok(None),
        }
    }

    /// Whether a server is in `NO_PROXY`, or on the loopback interface.
    fn excepts(&self, server: &Uri) -> bool {
        let host = server.host().unwrap_or_default().trim_matches(['[', ']']);
        let address = host.parse::<IpAddr>();
        if host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|ip| ip.is_loopback()) {
            return true;
        }
        let entries = self.no.split(',').filter_map(|entry| of_port(entry.trim(), port(server)));
        let no = entries.collect::<Vec<_>>().join(",");
        let matcher = Matcher::builder().http("http://proxy").https("http://proxy").no(no).build();
        matcher.intercept(server).is_none()
    }
}

/// The proxy of the key `proxy-url` in a kubeconfig.
///
/// # Errors
/// The value is no proxy.
pub(crate) fn of_kubeconfig(value: &str) -> Result<Uri, ProxyError> {
    parse("proxy-url", value)
}

/// An address of a proxy without its user and password, for messages.
pub(crate) fn without_password(proxy: &Uri) -> String {
    let authority = proxy.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{}://{host}", proxy.scheme_str().unwrap_or("http"))
}

/// The server with the port that its scheme implies. A tunnel would take port 443.
pub(crate) fn with_port(server: Uri) -> Uri {
    let host = server.authority().map(|authority| authority.as_str().to_owned());
    let (Some("http"), None, Some(host)) = (server.scheme_str(), server.port(), host) else {
        return server;
    };
    let mut parts = server.clone().into_parts();
    parts.authority = format!("{host}:80").parse().ok();
    Uri::from_parts(parts).unwrap_or(server)
}

/// An entry of `NO_PROXY` without its port. `None`: the entry is for another port.
fn of_port(entry: &str, port: u16) -> Option<String> {
    // `*.example.com` is another form of `.example.com`.
    let entry = entry.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(entry);
    match entry.rsplit_once(':') {
        // An address of IPv6 without brackets has no port.
        Some((host, digits)) if !host.contains(':') || host.ends_with(']') => {
            let host = host.trim_matches(['[', ']']);
            digits.parse().is_ok_and(|named: u16| named == port).then(|| host.to_owned())
        }
        Some(_) | None => Some(entry.trim_matches(['[', ']']).to_owned()),
    }
}

fn port(server: &Uri) -> u16 {
    let implied = if server.scheme_str() == Some("http") { 80 } else { 443 };
    server.port_u16().unwrap_or(implied)
}

fn parse(name: &'static str, value: &str) -> Result<Uri, ProxyError> {
    let value = value.trim();
    let with_scheme =
        if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
    // kube knows `socks5` alone, and lets the proxy resolve names, as `socks5h` asks.
    let with_scheme = with_scheme.replacen("socks5h://", "socks5://", 1);
    let error = |reason| ProxyError { name, reason };
    let proxy: Uri = with_scheme.parse().map_err(|_| error("it is not like http://HOST:PORT"))?;
    match proxy.scheme_str() {
        Some("socks5") if proxy.authority().is_some_and(|host| host.as_str().contains('@')) => {
            Err(error("a user and a password of a SOCKS proxy are not supported"))
        }
        Some("http" | "https" | "socks5") => Ok(proxy),
        Some(_) | None => Err(error("the scheme must be http, https or socks5")),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use super::{ProxyVariables, of_kubeconfig, with_port, without_password};

    const PROXY: &str = "http://proxy.example.com:3128";

    fn asked(variables: &[(&str, &str)], server: &str) -> Result<Option<String>, String> {
        let values: BTreeMap<&str, &str> = variables.iter().copied().collect();
        let variables = ProxyVariables::of(|name| values.get(name).map(ToString::to_string));
        let proxy = variables.proxy(&server.parse().expect("a URL"));
        proxy.map(|proxy| proxy.map(|uri| without_password(&uri))).map_err(|e| e.to_string())
    }

    #[rstest]
    #[case::https(&[("HTTPS_PROXY", PROXY)], "https://api:6443", true)]
    #[case::small_letters(&[("https_proxy", PROXY)], "https://api:6443", true)]
    #[case::empty(&[("HTTPS_PROXY", "")], "https://api:6443", false)]
    #[case::empty_then_small(&[("HTTPS_PROXY", ""), ("https_proxy", PROXY)], "https://api", true)]
    #[case::of_http_alone(&[("HTTP_PROXY", PROXY)], "https://api:6443", false)]
    #[case::http(&[("HTTP_PROXY", PROXY)], "http://api:8080", true)]
    #[case::http_in_cgi(&[("HTTP_PROXY", PROXY), ("REQUEST_METHOD", "GET")], "http://api", false)]
    #[case::loopback_name(&[("HTTPS_PROXY", PROXY)], "https://localhost:6443", false)]
    #[case::loopback_address(&[("HTTPS_PROXY", PROXY)], "https://127.0.0.1:6443", false)]
    #[case::loopback_of_ipv6(&[("HTTPS_PROXY", PROXY)], "https://[::1]:6443", false)]
    fn which_variable_counts(
        #[case] variables: &[(&str, &str)],
        #[case] server: &str,
        #[case] expected: bool,
    ) {
        assert_eq!(asked(variables, server), Ok(expected.then(|| PROXY.to_owned())));
    }

    #[rstest]
    #[case::nothing("", "https://api.example.com", true)]
    #[case::everything("*", "https://api.example.com", false)]
    #[case::the_name("api.example.com", "https://api.example.com", false)]
    #[case::a_domain("example.com", "https://api.example.com", false)]
    #[case::a_domain_with_a_dot(".example.com", "https://api.example.com", false)]
    #[case::a_domain_with_a_star("*.example.com", "https://api.example.com", false)]
    #[case::part_of_a_name("ample.com", "https://api.example.com", true)]
    #[case::another("other.com", "https://api.example.com", true)]
    #[case::an_empty_entry_at_the_end("other.com,", "https://api.example.com", true)]
    #[case::the_second("other.com, api.example.com", "https://api.example.com", false)]
    #[case::its_port("api.example.com:6443", "https://api.example.com:6443", false)]
    #[case::its_implied_port("api.example.com:443", "https://api.example.com", false)]
    #[case::another_port("api.example.com:8443", "https://api.example.com:6443", true)]
    #[case::address("10.0.0.1", "https://10.0.0.1:6443", false)]
    #[case::address_with_port("10.0.0.1:6443", "https://10.0.0.1:6443", false)]
    #[case::network("10.0.0.0/8", "https://10.0.0.1:6443", false)]
    #[case::another_network("10.1.0.0/16", "https://10.0.0.1:6443", true)]
    #[case::ipv6("fd00::1", "https://[fd00::1]:6443", false)]
    #[case::ipv6_with_port("[fd00::1]:6443", "https://[fd00::1]:6443", false)]
    #[case::address_of_the_proxy("proxy.example.com", "https://10.0.0.1:6443", true)]
    fn which_servers_have_no_proxy(#[case] no: &str, #[case] server: &str, #[case] expected: bool) {
        let variables = [("HTTPS_PROXY", PROXY), ("NO_PROXY", no)];
        assert_eq!(asked(&variables, server), Ok(expected.then(|| PROXY.to_owned())));
    }

    #[rstest]
    #[case::http("http://proxy:1", Ok("http://proxy:1"))]
    #[case::tls("https://proxy:1", Ok("https://proxy:1"))]
    #[case::socks("socks5://proxy:1", Ok("socks5://proxy:1"))]
    #[case::socks_that_resolves("socks5h://proxy:1", Ok("socks5://proxy:1"))]
    #[case::no_scheme("proxy:1", Ok("http://proxy:1"))]
    #[case::a_password("http://me:secret@proxy:1", Ok("http://proxy:1"))]
    #[case::a_password_of_socks("socks5://me:secret@proxy:1", Err("a SOCKS proxy are not"))]
    #[case::another_scheme("socks4://me:secret@proxy:1", Err("the scheme must be"))]
    #[case::no_url("me:secret@pro xy", Err("invalid proxy-url: it is not like http://HOST:PORT"))]
    fn what_a_proxy_can_be(#[case] value: &str, #[case] expected: Result<&str, &str>) {
        match (of_kubeconfig(value), expected) {
            (Ok(proxy), Ok(expected)) => assert_eq!(without_password(&proxy), expected),
            (Err(error), Err(expected)) => {
                let error = error.to_string();
                assert!(error.contains(expected) && !error.contains("secret"), "{error}");
            }
            (found, expected) => panic!("{found:?} instead of {expected:?}"),
        }
    }

    #[rstest]
    #[case::http("http://mirror/file", "http://mirror:80/file")]
    #[case::http_with_port("http://mirror:8080/file", "http://mirror:8080/file")]
    #[case::https("https://mirror/file", "https://mirror/file")]
    fn a_tunnel_leads_to_the_port_of_the_scheme(#[case] server: &str, #[case] expected: &str) {
        assert_eq!(with_port(server.parse().expect("a URL")).to_string(), expected);
    }
}
