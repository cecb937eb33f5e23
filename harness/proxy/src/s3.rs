//! The S3 operation of a request, from its method, path, query and headers.

use http::{HeaderMap, Method, Uri};
use model::history::Operation;
use percent_encoding::percent_decode_str;

/// The operation, the bucket and the key of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    pub(crate) bucket: String,
    /// The key, or the prefix of a listing. Empty for another request on the bucket.
    pub(crate) key: String,
}

impl Asked {
    /// Reads the method, the URI and the headers of a request in path style: `/BUCKET/KEY?…`.
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path().trim_start_matches('/');
        let (bucket, key) = path.split_once('/').unwrap_or((path, ""));
        let query = Query::of(uri);
        let has = |name| query.value(name).is_some();
        let operation = match (method, key.is_empty()) {
            (&Method::GET, true) if query.value("list-type").as_deref() == Some("2") => {
                Operation::ListObjectsV2
            }
            (&Method::GET, true) if has("prefix") || query.is_empty() => Operation::ListObjects,
            (&Method::POST, true) if has("delete") => Operation::DeleteObjects,
            (_, true) => Operation::Other,
            (&Method::GET, _) if query.is_of_object() => Operation::GetObject,
            (&Method::HEAD, _) => Operation::HeadObject,
            (&Method::PUT, _) if has("uploadId") => Operation::UploadPart,
            (&Method::PUT, _) if headers.contains_key("x-amz-copy-source") => Operation::CopyObject,
            (&Method::PUT, _) if query.is_of_object() => Operation::PutObject,
            (&Method::POST, _) if has("uploads") => Operation::CreateMultipartUpload,
            (&Method::POST, _) if has("uploadId") => Operation::CompleteMultipartUpload,
            (&Method::DELETE, _) if has("uploadId") => Operation::AbortMultipartUpload,
            (&Method::DELETE, _) if query.is_of_object() => Operation::DeleteObject,
            _ => Operation::Other,
        };
        let key = match operation {
            Operation::ListObjectsV2 | Operation::ListObjects => {
                query.value("prefix").unwrap_or_default()
            }
            _ => decoded(key),
        };
        Self { operation, bucket: decoded(bucket), key }
    }
}

/// The query of a request: names, and values with their percent-encoding.
struct Query<'u>(Vec<(&'u str, &'u str)>);

impl<'u> Query<'u> {
    fn of(uri: &'u Uri) -> Self {
        let parts = uri.query().unwrap_or_default().split('&').filter(|part| !part.is_empty());
        Self(parts.map(|part| part.split_once('=').unwrap_or((part, ""))).collect())
    }

    fn value(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(other, _)| *other == name);
        found.map(|(_, value)| decoded(&value.replace('+', " ")))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if the request means the object itself, and not its tags, its lock or the like.
    fn is_of_object(&self) -> bool {
        const OTHERS: [&str; 8] = [
            "acl",
            "attributes",
            "legal-hold",
            "retention",
            "tagging",
            "torrent",
            "uploadId",
            "uploads",
        ];
        self.0.iter().all(|(name, _)| !OTHERS.contains(name))
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The keys that the body of a `DeleteObjects` names.
pub(crate) fn keys_to_delete(body: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(body);
    let named = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
    named.map(|(key, _)| unescaped(key)).collect()
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, c)| text.replace(entity, c));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use rstest::rstest;

    use super::{Asked, keys_to_delete};

    #[rstest]
    #[case::read("GET", "/b/ns/a.tgz", "GetObject ns/a.tgz")]
    #[case::a_version_of_it("GET", "/b/ns/a.tgz?versionId=1", "GetObject ns/a.tgz")]
    #[case::its_tags("GET", "/b/ns/a.tgz?tagging", "Other ns/a.tgz")]
    #[case::escaped("GET", "/b/ns/a%20b%2Bc.tgz", "GetObject ns/a b+c.tgz")]
    #[case::head("HEAD", "/b/ns/a.tgz", "HeadObject ns/a.tgz")]
    #[case::write("PUT", "/b/ns/a.tgz", "PutObject ns/a.tgz")]
    #[case::part("PUT", "/b/ns/a?partNumber=1&uploadId=x", "UploadPart ns/a")]
    #[case::parts_begin("POST", "/b/ns/a?uploads=", "CreateMultipartUpload ns/a")]
    #[case::parts_end("POST", "/b/ns/a?uploadId=x", "CompleteMultipartUpload ns/a")]
    #[case::parts_given_up("DELETE", "/b/ns/a?uploadId=x", "AbortMultipartUpload ns/a")]
    #[case::delete("DELETE", "/b/ns/a", "DeleteObject ns/a")]
    #[case::list("GET", "/b/?list-type=2&prefix=ns%2Fdir%2F", "ListObjectsV2 ns/dir/")]
    #[case::list_of_old("GET", "/b?prefix=ns", "ListObjects ns")]
    #[case::delete_several("POST", "/b/?delete=", "DeleteObjects ")]
    #[case::location("GET", "/b/?location=", "Other ")]
    #[case::bucket("HEAD", "/b/", "Other ")]
    fn operations(#[case] method: &str, #[case] uri: &str, #[case] expected: &str) {
        let method = method.parse().expect("a method");
        let asked = Asked::of(&method, &uri.parse().expect("a path"), &HeaderMap::new());
        assert_eq!(format!("{} {}", asked.operation.name(), asked.key), expected);
        assert_eq!(asked.bucket, "b");
    }

    #[test]
    fn keys_of_a_deletion() {
        let body = b"<Delete><Object><Key>a&amp;lt;b</Key></Object><Object><Key>c</Key></Object>";
        assert_eq!(keys_to_delete(body), ["a&lt;b", "c"]);
        assert_eq!(keys_to_delete(b"<Delete/>"), Vec::<String>::new());
    }
}
