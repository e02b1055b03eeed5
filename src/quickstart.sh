#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# From a fresh clone on Debian 12 or 13 to the open program: installs the packages that are missing,
# builds into build/, and runs `gymtui demo`. As root, through sudo, or as a user who may sudo.
# Without a terminal it prints today's report and how to open the program. Safe to repeat.
#
#   src/quickstart.sh [OPTION of gymtui demo…]       src/quickstart.sh --profile small --seed 7
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(gcc libc6-dev make cmake pkgconf libncurses-dev libpq-dev libconfig-dev libgsl-dev
          postgresql)

say() { printf '%s\n' "$*" >&2; }
die() {
    say "quickstart: $1"
    shift
    for line in "$@"; do say "            $line"; done
    exit 1
}

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

apt_get() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Dpkg::Use-Pty=0 "$@"
}

# Lists of packages are fetched only when they don't name what is needed, or are out of date.
apt_install() {
    if apt_get install --no-install-recommends "$@" >"$log" 2>&1; then return; fi
    say "Fetching the lists of packages"
    apt_get update >>"$log" 2>&1 || die "apt-get update failed:" "$(tail -n 3 "$log")"
    apt_get install --no-install-recommends "$@" >>"$log" 2>&1 ||
        die "The packages could not be installed:" "$(tail -n 5 "$log")"
}

# Debian's package makes a server of its own and starts it on a TCP port. Nobody asked for that
# here: gymtui runs a private one. The setting is put back, so that later installs do as usual.
install_postgresql() {
    local setting=/etc/postgresql-common/createcluster.conf
    apt_install postgresql-common
    if [ -e "$setting" ] && ! grep -q '^ *create_main_cluster' "$setting"; then
        as_root sh -c "echo 'create_main_cluster = false' >>$setting"
        apt_install postgresql
        as_root sed -i '/^create_main_cluster = false$/d' "$setting"
    else
        apt_install postgresql
    fi
}

install_missing() {
    local -a missing
    mapfile -t missing < <(missing_packages)
    if [ ${#missing[@]} = 0 ]; then return; fi
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        die "These packages are missing, and there is no sudo:" "${missing[*]}" \
            "As root: apt-get install ${missing[*]}"
    say "Installing ${missing[*]}"
    log=$(mktemp)
    local -a others=()
    local package with_postgresql=no
    for package in "${missing[@]}"; do
        if [ "$package" = postgresql ]; then with_postgresql=yes; else others+=("$package"); fi
    done
    if [ ${#others[@]} -gt 0 ]; then apt_install "${others[@]}"; fi
    if [ $with_postgresql = yes ]; then install_postgresql; fi
    rm -f "$log"
}

build() {
    say "Building (build/quickstart.log tells more)"
    mkdir -p build
    if ! { cmake -S . -B build -DCMAKE_BUILD_TYPE=Release &&
           cmake --build build --target gymtui -j "$(nproc)"; } >build/quickstart.log 2>&1; then
        tail -n 20 build/quickstart.log >&2
        die "The build failed; the whole of it is in build/quickstart.log"
    fi
}

command -v dpkg-query >/dev/null ||
    die "This script installs Debian's packages, and this is another system." \
        "README.md says what to install and how to build by hand."
install_missing

# With sudo the clone is the user's, and so is what is built and run.
if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ] &&
    sudo -u "$SUDO_USER" test -w .; then
    exec sudo -u "$SUDO_USER" -H "$PWD/src/quickstart.sh" "$@"
fi

build
if [ -t 0 ] && [ -t 1 ]; then
    exec build/gymtui demo "$@"
fi
how_to_open=$(build/gymtui demo --no-ui "$@")
build/gymtui report today
printf '\n%s\n' "$how_to_open"
