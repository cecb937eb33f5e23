//! The kinds of failures of a connection: each has its own remedy.

use std::error::Error;
use std::io::ErrorKind;

use http::Uri;
use kube::client::{AuthError, RustlsTlsError};
use rustls::CertificateError;

use super::causes::{links, text};

/// The exec plugin of a user in a kubeconfig.
#[derive(Clone, Debug)]
pub(super) struct Plugin {
    /// Name or path of the program.
    pub(super) command: String,
    /// The text of the kubeconfig for a missing program.
    pub(super) install_hint: Option<String>,
}

/// A failure of a connection.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// The causes, one line for each program that said something.
    pub(super) text: String,
}

/// The kinds of failures.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// The name of the server has no address.
    NoAddress,
    /// The machine answers that nothing listens at the port.
    ClosedPort,
    /// Nothing answers, or there is no way to the machine.
    Silent,
    /// The proxy is not there, or refuses.
    Proxy,
    /// An unknown authority signed the certificate of the server.
    UnknownAuthority,
    /// The certificate of the server is for other names.
    OtherName,
    /// The certificate of the server is invalid for another reason.
    ServerCertificate,
    /// The server speaks no HTTP. It speaks TLS if the URL is of HTTP.
    NoHttp,
    /// The server speaks no TLS, and the URL is of HTTPS.
    ServerHasNoTls,
    /// The client certificate is of version 1.
    CertificateVersion,
    /// The client certificate or its key is invalid for another reason.
    ClientCertificate,
    /// The program of the exec plugin is missing.
    NoPlugin(Option<String>),
    /// The exec plugin failed.
    PluginFailed,
    /// The API server does not know the user.
    Credentials,
    /// A failure without a remedy.
    Other,
}

impl Failure {
    /// The failure of an error of the client. `plugin` is the one of the user, `proxied` says
    /// whether the connection has a proxy.
    pub(super) fn of(
        error: &(dyn Error + 'static),
        plugin: Option<&Plugin>,
        proxied: bool,
    ) -> Self {
        let links = links(error);
        let auth = links.iter().find_map(|link| link.downcast_ref::<AuthError>());
        if let (Some(auth), Some(plugin)) = (auth, plugin) {
            return of_plugin(auth, plugin);
        }
        let own = links.iter().find_map(|link| link.downcast_ref::<RustlsTlsError>());
        if let Some(failure) = own.and_then(of_client_certificate) {
            return failure;
        }
        let kind = links.iter().rev().find_map(|link| kind(*link)).unwrap_or(Kind::Other);
        let kind = match kind {
            Kind::NoAddress | Kind::ClosedPort | Kind::Silent if proxied => Kind::Proxy,
            kind => kind,
        };
        Self { kind, text: readable(&text(error)) }
    }

    /// The failure of an answer with status 401.
    pub(super) fn unauthorized() -> Self {
        let text = "the API server does not accept the credentials of the user (401)";
        Self { kind: Kind::Credentials, text: text.to_owned() }
    }

    /// The failure of a server with TLS that says so in the answer to a request without TLS.
    pub(super) fn without_tls() -> Self {
        Self { kind: Kind::NoHttp, text: "the server speaks TLS alone".to_owned() }
    }

    /// The remedy.
    pub(super) fn hint(&self, server: &Uri) -> Option<String> {
        let host = server.authority().map_or("", |authority| authority.as_str());
        let text = match &self.kind {
            Kind::NoAddress => "Check the key `server` of the cluster, the DNS and the VPN.",
            Kind::ClosedPort => "Check that the API server runs, and its port in the key `server`.",
            Kind::Silent => "Check the VPN, the firewall and the proxy variables.",
            Kind::Proxy => "Check `proxy-url` of the cluster, HTTPS_PROXY and NO_PROXY.",
            Kind::UnknownAuthority => {
                "Check the key `certificate-authority-data` of the cluster: it needs the authority \
                 of this server. A proxy that opens TLS has an authority of its own."
            }
            Kind::OtherName => {
                "Name a host of the certificate with the key `server` or `tls-server-name`."
            }
            Kind::ServerCertificate => "Check the certificate of the server and the clock.",
            Kind::NoHttp if server.scheme_str() == Some("http") => {
                return Some(format!("Write https://{host} as the key `server` of the cluster."));
            }
            Kind::NoHttp => "Check the port in the key `server`: no HTTP server listens there.",
            Kind::ServerHasNoTls => {
                "Check the port in the key `server`: no TLS server listens there."
            }
            Kind::CertificateVersion => {
                "Make a client certificate of version 3: sign it with an extension, for example \
                 `keyUsage=digitalSignature`. A token works too."
            }
            Kind::ClientCertificate => "Check the client certificate and the key of the user.",
            Kind::NoPlugin(Some(hint)) => return Some(hint.clone()),
            Kind::NoPlugin(None) => {
                "Install the plugin, and see that PATH has its directory. `sudo` may reset PATH."
            }
            Kind::PluginFailed => "Run the plugin in this shell; it may need a login.",
            Kind::Credentials => "Log in again, or check the user of the context.",
            Kind::Other => return None,
        };
        Some(text.to_owned())
    }
}

/// The failure of an exec plugin. The text has neither its environment nor its standard output,
/// which may have credentials.
fn of_plugin(error: &AuthError, plugin: &Plugin) -> Failure {
    let name = &plugin.command;
    match error {
        AuthError::AuthExecStart(cause) => {
            let is_missing = cause.kind() == ErrorKind::NotFound;
            let kind = if is_missing {
                Kind::NoPlugin(plugin.install_hint.clone())
            } else {
                Kind::PluginFailed
            };
            Failure { kind, text: format!("failed to run the exec plugin `{name}`: {cause}") }
        }
        AuthError::AuthExecRun { out, .. } => {
            let said = String::from_utf8_lossy(&out.stderr);
            let said = said.trim();
            let colon = if said.is_empty() { "" } else { ": " };
            let text = format!("the exec plugin `{name}` failed ({}){colon}{said}", out.status);
            Failure { kind: Kind::PluginFailed, text }
        }
        AuthError::AuthExecParse(_) => {
            let text = format!("the exec plugin `{name}` printed no ExecCredential");
            Failure { kind: Kind::PluginFailed, text }
        }
        error => {
            let text = format!("the exec plugin `{name}` failed: {}", text(error));
            Failure { kind: Kind::PluginFailed, text }
        }
    }
}

/// The failure of a client certificate. rustls gives the version as a text alone.
fn of_client_certificate(error: &RustlsTlsError) -> Option<Failure> {
    let RustlsTlsError::InvalidPrivateKey(cause) = error else { return None };
    let cause = cause.to_string();
    if cause.contains("UnsupportedCertVersion") {
        let text = "the client certificate is of X.509 version 1, which this program cannot use";
        return Some(Failure { kind: Kind::CertificateVersion, text: text.to_owned() });
    }
    let reason = cause.strip_prefix("invalid peer certificate: ").unwrap_or(&cause);
    let text = format!("invalid client certificate or key: {reason}");
    Some(Failure { kind: Kind::ClientCertificate, text })
}

fn kind(link: &(dyn Error + 'static)) -> Option<Kind> {
    if let Some(error) = link.downcast_ref::<rustls::Error>() {
        return of_tls(error);
    }
    if let Some(error) = link.downcast_ref::<std::io::Error>() {
        return match error.kind() {
            ErrorKind::ConnectionRefused => Some(Kind::ClosedPort),
            ErrorKind::TimedOut | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                Some(Kind::Silent)
            }
            _ => None,
        };
    }
    let http = link.downcast_ref::<hyper::Error>();
    if http.is_some_and(|error| error.is_parse() || error.is_incomplete_message()) {
        return Some(Kind::NoHttp);
    }
    // Types that hyper-util does not export.
    let text = link.to_string();
    if text.starts_with("tunnel error") || text.starts_with("SOCKS error") {
        return Some(Kind::Proxy);
    }
    (text == "dns error").then_some(Kind::NoAddress)
}

fn of_tls(error: &rustls::Error) -> Option<Kind> {
    match error {
        rustls::Error::InvalidCertificate(reason) => Some(match reason {
            // The authorities of two clusters often have the same name.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => {
                Kind::UnknownAuthority
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                Kind::OtherName
            }
            _ => Kind::ServerCertificate,
        }),
        rustls::Error::InvalidMessage(_) => Some(Kind::ServerHasNoTls),
        _ => None,
    }
}

/// A text with words in the place of the names that rustls gives to reasons.
fn readable(text: &str) -> String {
    const WORDS: [(&str, &str); 6] = [
        ("UnknownIssuer", "no known authority signed it"),
        ("BadSignature", "the known authority of that name did not sign it"),
        ("Other(OtherError(CaUsedAsEndEntity))", "it is the certificate of an authority"),
        ("Other(OtherError(UnsupportedCertVersion))", "it is of X.509 version 1"),
        ("received corrupt message of type InvalidContentType", "the server speaks no TLS"),
        ("invalid peer certificate", "invalid certificate of the server"),
    ];
    WORDS.iter().fold(text.to_owned(), |text, (name, words)| text.replace(name, words))
}
