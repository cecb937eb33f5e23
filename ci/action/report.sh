#!/usr/bin/env bash
# Marks failures, adds a summary to the job, and writes the reports beside the run directory.
#
# Needs PROGRAM, RUN and GITHUB_STEP_SUMMARY. CASES is the directory of the cases.
set -euo pipefail
if [[ ! -f $RUN/run.json ]]; then
    echo "there is no run to report"
    exit 0
fi
cases=()
if [[ -n ${CASES-} ]]; then
    cases=(--cases "$CASES")
fi
results=$(dirname "$RUN")
"$PROGRAM" report "$RUN" "${cases[@]}" --format github
"$PROGRAM" report "$RUN" "${cases[@]}" --format junit --output "$results/junit.xml"
"$PROGRAM" report "$RUN" "${cases[@]}" --format html --output "$results/report.html"
