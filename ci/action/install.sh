#!/usr/bin/env bash
# Puts the program into PATH: a release with its checksum, or a build of the action's commit.
#
# Needs ACTION, REPOSITORY, RUNNER_TEMP, GITHUB_OUTPUT and GITHUB_PATH. VERSION names a release, and
# the default is that of the tag in ACTION_REF. RELEASES is the address of the releases.
set -euo pipefail
version=${VERSION-}
version=${version#v}
if [[ -z $version && ${ACTION_REF-} =~ ^v[0-9]+\.[0-9]+\.[0-9]+ ]]; then
    version=${ACTION_REF#v}
fi
releases=${RELEASES:-${GITHUB_SERVER_URL:-https://github.com}/$REPOSITORY/releases/download}
place=$RUNNER_TEMP/argo-conformance
mkdir -p "$place/bin" "$place/cache" "$place/results"

# Downloads a file of the release.
download() {
    curl --fail --silent --show-error --location --retry 3 --output "$place/$1" "$releases/v$version/$1"
}

if [[ -n $version ]]; then
    name=argo-conformance-$version-$(uname -m)-unknown-linux-gnu
    download SHA256SUMS
    download "$name.tar.gz"
    (cd "$place" && grep " $name.tar.gz\$" SHA256SUMS | sha256sum --check --strict -)
    tar --extract --gzip --file "$place/$name.tar.gz" --directory "$place/bin" --strip-components 1 \
        "$name/argo-conformance"
else
    # The toolchain is that of the action, not that of the current directory.
    (cd "$ACTION" && cargo install --locked --quiet --path harness/cli --root "$place")
fi
program=$place/bin/argo-conformance
version=$("$program" --version)
echo "$place/bin" >>"$GITHUB_PATH"
{
    echo "program=$program"
    echo "version=${version#argo-conformance }"
    echo "cache=$place/cache"
    echo "results=$place/results"
    echo "run=$place/results/run"
} >>"$GITHUB_OUTPUT"
