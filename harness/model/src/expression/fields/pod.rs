//! The fields of a pod.

use super::super::kind::{Field, Object};
use super::{LABELS, METADATA};

pub(super) static POD: Object = Object {
    what: "a pod",
    fields: &[
        ("apiVersion", Field::Text),
        ("kind", Field::Text),
        ("metadata", Field::Object(&METADATA)),
        ("spec", Field::Object(&SPEC)),
        ("status", Field::Object(&STATUS)),
    ],
};

static SPEC: Object = Object {
    what: "the spec of a pod",
    fields: &[
        ("containers", Field::List(&Field::Object(&CONTAINER))),
        ("initContainers", Field::List(&Field::Object(&CONTAINER))),
        ("ephemeralContainers", Field::List(&Field::Object(&CONTAINER))),
        ("nodeName", Field::Text),
        ("nodeSelector", LABELS),
        ("restartPolicy", Field::Text),
        ("serviceAccountName", Field::Text),
        ("serviceAccount", Field::Text),
        ("activeDeadlineSeconds", Field::Number),
        ("terminationGracePeriodSeconds", Field::Number),
        ("priority", Field::Number),
        ("priorityClassName", Field::Text),
        ("preemptionPolicy", Field::Text),
        ("schedulerName", Field::Text),
        ("schedulingGates", Field::List(&Field::Any)),
        ("hostname", Field::Text),
        ("subdomain", Field::Text),
        ("setHostnameAsFQDN", Field::Bool),
        ("hostAliases", Field::List(&Field::Any)),
        ("hostIPC", Field::Bool),
        ("hostNetwork", Field::Bool),
        ("hostPID", Field::Bool),
        ("hostUsers", Field::Bool),
        ("shareProcessNamespace", Field::Bool),
        ("enableServiceLinks", Field::Bool),
        ("automountServiceAccountToken", Field::Bool),
        ("dnsPolicy", Field::Text),
        ("dnsConfig", Field::Any),
        ("imagePullSecrets", Field::List(&Field::Any)),
        ("affinity", Field::Any),
        ("tolerations", Field::List(&Field::Any)),
        ("topologySpreadConstraints", Field::List(&Field::Any)),
        ("securityContext", Field::Any),
        ("volumes", Field::List(&Field::Any)),
        ("overhead", Field::Any),
        ("os", Field::Any),
        ("readinessGates", Field::List(&Field::Any)),
        ("resourceClaims", Field::List(&Field::Any)),
        ("resources", Field::Any),
        ("runtimeClassName", Field::Text),
    ],
};

static CONTAINER: Object = Object {
    what: "a container",
    fields: &[
        ("name", Field::Text),
        ("image", Field::Text),
        ("imagePullPolicy", Field::Text),
        ("command", super::TEXTS),
        ("args", super::TEXTS),
        ("workingDir", Field::Text),
        ("env", Field::List(&Field::Any)),
        ("envFrom", Field::List(&Field::Any)),
        ("ports", Field::List(&Field::Any)),
        ("resources", Field::Any),
        ("resizePolicy", Field::List(&Field::Any)),
        ("restartPolicy", Field::Text),
        ("volumeMounts", Field::List(&Field::Any)),
        ("volumeDevices", Field::List(&Field::Any)),
        ("lifecycle", Field::Any),
        ("livenessProbe", Field::Any),
        ("readinessProbe", Field::Any),
        ("startupProbe", Field::Any),
        ("securityContext", Field::Any),
        ("stdin", Field::Bool),
        ("stdinOnce", Field::Bool),
        ("tty", Field::Bool),
        ("targetContainerName", Field::Text),
        ("terminationMessagePath", Field::Text),
        ("terminationMessagePolicy", Field::Text),
    ],
};

static STATUS: Object = Object {
    what: "the status of a pod",
    fields: &[
        ("phase", Field::Text),
        ("message", Field::Text),
        ("reason", Field::Text),
        ("startTime", Field::Text),
        ("conditions", Field::List(&Field::Object(&CONDITION))),
        ("containerStatuses", Field::List(&Field::Object(&CONTAINER_STATUS))),
        ("initContainerStatuses", Field::List(&Field::Object(&CONTAINER_STATUS))),
        ("ephemeralContainerStatuses", Field::List(&Field::Object(&CONTAINER_STATUS))),
        ("podIP", Field::Text),
        ("podIPs", Field::List(&Field::Any)),
        ("hostIP", Field::Text),
        ("hostIPs", Field::List(&Field::Any)),
        ("nominatedNodeName", Field::Text),
        ("observedGeneration", Field::Number),
        ("qosClass", Field::Text),
        ("resize", Field::Text),
        ("resourceClaimStatuses", Field::List(&Field::Any)),
    ],
};

static CONDITION: Object = Object {
    what: "a condition of a pod",
    fields: &[
        ("type", Field::Text),
        ("status", Field::Text),
        ("reason", Field::Text),
        ("message", Field::Text),
        ("lastProbeTime", Field::Text),
        ("lastTransitionTime", Field::Text),
        ("observedGeneration", Field::Number),
    ],
};

static CONTAINER_STATUS: Object = Object {
    what: "the status of a container",
    fields: &[
        ("name", Field::Text),
        ("state", Field::Object(&STATE)),
        ("lastState", Field::Object(&STATE)),
        ("ready", Field::Bool),
        ("started", Field::Bool),
        ("restartCount", Field::Number),
        ("image", Field::Text),
        ("imageID", Field::Text),
        ("containerID", Field::Text),
        ("allocatedResources", Field::Any),
        ("allocatedResourcesStatus", Field::Any),
        ("resources", Field::Any),
        ("stopSignal", Field::Text),
        ("user", Field::Any),
        ("volumeMounts", Field::List(&Field::Any)),
    ],
};

static STATE: Object = Object {
    what: "the state of a container",
    fields: &[
        ("waiting", Field::Object(&WAITING)),
        ("running", Field::Object(&RUNNING)),
        ("terminated", Field::Object(&TERMINATED)),
    ],
};

static WAITING: Object = Object {
    what: "a waiting container",
    fields: &[("reason", Field::Text), ("message", Field::Text)],
};

static RUNNING: Object =
    Object { what: "a running container", fields: &[("startedAt", Field::Text)] };

static TERMINATED: Object = Object {
    what: "a terminated container",
    fields: &[
        ("exitCode", Field::Number),
        ("signal", Field::Number),
        ("reason", Field::Text),
        ("message", Field::Text),
        ("startedAt", Field::Text),
        ("finishedAt", Field::Text),
        ("containerID", Field::Text),
    ],
};
