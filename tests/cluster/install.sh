#!/usr/bin/env bash
# Install what tests/cluster needs, as root on Debian or Ubuntu; starts nothing.
#   install.sh                      SLURM and munge, half a minute
#   install.sh htcondor [FOLDER]    HTCondor in a Debian 13 of its own, 3 minutes and 320 MB:
#                                   Debian 12 and PyPI have no daemons of HTCondor
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d

install() {
    local missing=()
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    # Packages would start their daemons; the tests start their own.
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

case "${1:-slurm}" in
slurm)
    install slurm-wlm munge
    ;;
htcondor)
    folder=${2:-${FOOTPRINT_HTCONDOR:-/srv/footprint-htcondor}}
    mkdir -p "$(dirname "$folder")"
    # Who comes second waits, and finds what the first has made.
    exec 9>"$folder.lock"
    flock 9
    [ ! -x "$folder/usr/sbin/condor_master" ] || exit 0
    install mmdebstrap debian-archive-keyring
    rm -rf --one-file-system "$folder.partial"
    # A mirror that answers nothing is given up; a folder that is lost is made anew, so none of
    # its files has to reach the disk at once.
    timeout 900 mmdebstrap --quiet --mode=root --variant=apt --include=minicondor \
        --aptopt='Acquire::http::Timeout "30"' --aptopt='Acquire::Languages "none"' \
        --dpkgopt=force-unsafe-io trixie "$folder.partial"
    # HTCondor runs nothing as root.
    chroot "$folder.partial" useradd --create-home physics
    mv --no-target-directory "$folder.partial" "$folder"
    ;;
*)
    echo "install.sh knows slurm and htcondor, not '$1'" >&2
    exit 2
    ;;
esac
