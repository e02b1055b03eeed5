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
. src/packages.sh

packages=(gcc libc6-dev make cmake pkgconf libncurses-dev libpq-dev libconfig-dev libgsl-dev
          postgresql)

say() { printf '%s\n' "$*" >&2; }
die() {
    say "quickstart: $1"
    shift
    for line in "$@"; do say "            $line"; done
    exit 1
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
packages_install "${packages[@]}" || exit 1

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
