#!/usr/bin/env bash
# Runs the cases. Exit code 2 passes if accepted known issues are the only reason.
#
# Needs PROGRAM, PROVIDER and RUN, the new run directory. Each other variable is an option of `run`.
set -euo pipefail
arguments=(--provider "$PROVIDER" --out "$RUN")

# Adds an option, unless its value is empty.
option() {
    if [[ -n $2 ]]; then
        arguments+=("$1" "$2")
    fi
}

option --argo "${ARGO-}"
option --cases "${CASES-}"
option --level "${LEVEL-}"
option --known-issues "${KNOWN_ISSUES-}"
option --profile "${PROFILE-}"
option --kubernetes "${KUBERNETES-}"
option --shard "${SHARD-}"
IFS=, read -r -a patterns <<<"${CASE-}"
for pattern in "${patterns[@]}"; do
    option --case "$pattern"
done

# Namespaces, mounts and cgroups of a native cluster need root.
as_root=()
if [[ $PROVIDER = native && $(id -u) != 0 ]]; then
    as_root=(sudo "--preserve-env=PATH,ARGO_CONFORMANCE_CACHE")
fi
code=0
"${as_root[@]}" "$PROGRAM" run "${arguments[@]}" || code=$?
if [[ -n ${as_root[*]} ]]; then
    sudo chown -R "$(id -u)" "$RUN" "$ARGO_CONFORMANCE_CACHE"
fi
bash "$(dirname "$0")/accept.sh" "$code" "$RUN"
