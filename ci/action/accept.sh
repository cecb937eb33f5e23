#!/usr/bin/env bash
# Ends with an exit code of the program. Code 2 passes if accepted known issues are the only reason.
#
# usage: accept.sh CODE RUN-DIRECTORY
set -euo pipefail
if [[ $1 != 2 ]]; then
    exit "$1"
fi
accepted='["pass", "known-issue", "not-applicable"]'
only=".untested == [] and ([.verdicts[].verdict.verdict] - $accepted == [])"
jq --exit-status "$only" "$2/run.json" >/dev/null || exit 2
