//! Certificates of one cluster. An authority of the cluster signs the certificate of every server
//! and client.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};

/// Certificate authority of one cluster.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate and its private key, both as PEM.
#[derive(Clone)]
pub struct Credential {
    /// Certificate as PEM.
    pub certificate: String,
    /// Private key as PEM.
    pub key: String,
}

/// Error of the creation of a certificate or a key.
#[derive(Debug, thiserror::Error)]
#[error("failed to make a certificate for {subject}")]
pub struct CertificateError {
    subject: String,
    #[source]
    cause: rcgen::Error,
}

impl Authority {
    /// Makes a new authority with a new key.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn new() -> Result<Self, CertificateError> {
        let name = "argo-conformance";
        Self::make(name).map_err(|cause| CertificateError { subject: name.to_owned(), cause })
    }

    fn make(name: &str) -> Result<Self, rcgen::Error> {
        let key = new_key()?;
        let mut params = CertificateParams::new(Vec::new())?;
        params.distinguished_name = subject(name, None);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let certificate = params.self_signed(&key)?.pem();
        Ok(Self { certificate, issuer: Issuer::new(params, key) })
    }

    /// Certificate of the authority, as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// Makes a certificate of a server for these names and addresses. A client can also use the
    /// certificate.
    ///
    /// # Errors
    /// A name is not a DNS name, or the system gives no random bytes.
    pub fn server(&self, name: &str, reached_by: &[&str]) -> Result<Credential, CertificateError> {
        self.issue(name, None, reached_by)
    }

    /// Makes a certificate of a client: user `name`, member of `group`.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn client(&self, name: &str, group: Option<&str>) -> Result<Credential, CertificateError> {
        self.issue(name, group, &[])
    }

    fn issue(
        &self,
        name: &str,
        group: Option<&str>,
        reached_by: &[&str],
    ) -> Result<Credential, CertificateError> {
        let make = || {
            let key = new_key()?;
            let names: Vec<String> = reached_by.iter().map(|&n| n.to_owned()).collect();
            let mut params = CertificateParams::new(names)?;
            params.distinguished_name = subject(name, group);
            params.extended_key_usages =
                vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
            let certificate = params.signed_by(&key, &self.issuer)?.pem();
            Ok(Credential { certificate, key: key.serialize_pem() })
        };
        make().map_err(|cause| CertificateError { subject: name.to_owned(), cause })
    }
}

/// Makes a key pair that signs tokens of service accounts. Returns private and public key, as PEM.
///
/// # Errors
/// The system gives no random bytes.
pub fn signing_keys() -> Result<(String, String), CertificateError> {
    let key = new_key()
        .map_err(|cause| CertificateError { subject: "service accounts".to_owned(), cause })?;
    Ok((key.serialize_pem(), key.public_key_pem()))
}

fn new_key() -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
}

fn subject(name: &str, group: Option<&str>) -> DistinguishedName {
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    if let Some(group) = group {
        subject.push(DnType::OrganizationName, group);
    }
    subject
}
