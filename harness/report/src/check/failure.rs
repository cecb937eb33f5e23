//! The kinds of failures of a check, each with its remedy.

use serde::{Deserialize, Serialize};

/// Makes the enum and its table of names and remedies from one list.
macro_rules! failures {
    ($($(#[$doc:meta])* $failure:ident = $name:literal, $remedy:literal;)*) => {
        /// The kind of a failure. The list is closed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Failure {
            $($(#[$doc])* #[serde(rename = $name)] $failure,)*
        }

        impl Failure {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$failure,)*];

            /// The name in JSON.
            pub fn name(self) -> &'static str {
                match self { $(Self::$failure => $name,)* }
            }

            /// The remedy, an imperative sentence.
            pub fn remedy(self) -> &'static str {
                match self { $(Self::$failure => $remedy,)* }
            }
        }
    };
}

failures! {
    /// The kubeconfig is unusable, or the API server gives no answer.
    Connection = "connection",
        "Check the context, the kubeconfig and the API server.";
    /// No controller runs in the namespace, or its version is unknown.
    Controller = "controller",
        "Start the controller, or name its namespace by --argo-namespace.";
    /// The controller does not watch a prepared namespace.
    Scope = "scope",
        "Let the controller watch the namespace, or name a namespace that it watches by --namespaces.";
    /// A namespace is missing or has no label of `prepare`.
    NotPrepared = "not-prepared",
        "Give `kubectl apply -f -` the output of `argo-conformance prepare`.";
    /// Another run uses a namespace.
    InUse = "in-use",
        "Wait for the end of the other run, or prepare more namespaces.";
    /// A namespace has objects of somebody else, or objects that cannot be removed.
    NotEmpty = "not-empty",
        "Remove the objects from the namespace, with their finalizers.";
    /// A required right is missing.
    Rights = "rights",
        "Give `kubectl apply -f -` the output of `argo-conformance prepare`.";
    /// The run cannot list the bucket, or the artifact repository is missing.
    Store = "store",
        "Correct --store, --bucket and the keys, or name a repository by --artifact-repository.";
    /// The object store knows no bucket of that name.
    StoreBucket = "store-bucket",
        "Make the bucket, or name another one by --bucket or in the artifact repository.";
    /// The object store refuses the keys of the pods.
    StoreKeys = "store-keys",
        "Correct the keys of the store, or the secret that the artifact repository names.";
    /// The keys of the pods do not allow a request to the object store.
    StoreAccess = "store-access",
        "Give the keys the rights s3:PutObject, s3:GetObject, s3:ListBucket and s3:DeleteObject on the bucket.";
    /// The pods do not trust the certificate of the object store.
    StoreCertificate = "store-certificate",
        "Name the certificate of the store's authority by --store-ca, or in the artifact repository.";
    /// The pods do not reach the object store.
    StoreUnreachable = "store-unreachable",
        "Name the address at which pods reach the store by --store-in-cluster, and allow them the connection.";
    /// An object that every case needs cannot be made.
    SetUp = "set-up",
        "Let the user make the objects that the message names.";
    /// Pod Security refuses the pod.
    PodSecurity = "pod-security",
        "Add --pod-security restricted, or lower the namespace's label pod-security.kubernetes.io/enforce.";
    /// A quota demands a field that the pod lacks.
    QuotaField = "quota-field",
        "Add --pod-requests or --pod-limits with each resource that the message names.";
    /// A quota is used up.
    QuotaUsed = "quota-used",
        "Raise the quota of the namespace, or lower --pod-requests and --pod-limits.";
    /// A `LimitRange` refuses the pod.
    LimitRange = "limit-range",
        "Set --pod-requests and --pod-limits within the LimitRange of the namespace.";
    /// A webhook or policy refuses an object, or gives no answer.
    Admission = "admission",
        "Exempt the namespace from the webhook or policy that the message names.";
    /// The API server forbids the controller or a pod an action.
    ArgoRights = "argo-rights",
        "Give the account that the message names the rights of Argo's manifests.";
    /// A node cannot get an image.
    ImagePull = "image-pull",
        "Name an image that the nodes can pull by --shell-image, or a secret by --image-pull-secret.";
    /// No node takes the pod.
    Scheduling = "scheduling",
        "Free or add a node for pods of the namespace, or lower --pod-requests.";
    /// A node gave the pod up.
    Eviction = "eviction",
        "Free or replace the node that the message names.";
    /// The API server or the controller holds requests back.
    Throttling = "throttling",
        "Lower the load on the API server, or raise its limits.";
    /// A limit of parallel workflows holds the canary workflow back.
    Parallelism = "parallelism",
        "Raise parallelism or namespaceParallelism of the controller, or wait until workflows end.";
    /// The controller did not see the canary workflow.
    NotTakenUp = "not-taken-up",
        "Check that the controller runs, leads, and watches the namespace with its instance ID.";
    /// The canary workflow failed.
    CanaryFailed = "canary-failed",
        "Correct the cause that the message names, and read the log of the controller.";
    /// The canary workflow did not end in time.
    CanarySlow = "canary-slow",
        "Look for a slow image pull, a busy node, or a sidecar that does not end.";
    /// The artifact did not reach the bucket.
    Artifact = "artifact",
        "Let the artifact repository of the namespace lead to the bucket of --bucket.";
    /// The canary workflow did not go.
    NotDeleted = "not-deleted",
        "Find the controller or webhook that keeps the finalizers of the workflow.";
    /// The watch did not tell a change.
    WatchSilent = "watch-silent",
        "Let each proxy and load balancer before the API server pass streams on without a buffer.";
}
