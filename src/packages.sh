# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# For src/quickstart.sh and tests/run: installs those of Debian's packages that are missing, and
# nothing else. No service is started by it: the programs run their own servers where they need one.
#
#   packages_install PACKAGE…     returns 1 having said why when it could not be done

packages_missing() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            echo "$package"
    done
}

packages_as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

packages_apt() {
    packages_as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y -o Dpkg::Use-Pty=0 "$@" >>"$packages_log" 2>&1 </dev/null
}

# The lists of packages are fetched only when they don't name what is needed, or are out of date.
packages_apt_install() {
    packages_apt install --no-install-recommends "$@" && return
    echo "Fetching the lists of packages" >&2
    packages_apt update && packages_apt install --no-install-recommends "$@"
}

# Debian's package makes a cluster of its own for a TCP port. Nobody asked for that here. The setting
# is put back afterwards, so that later installs do as usual.
packages_setting=/etc/postgresql-common/createcluster.conf
packages_apt_postgresql() {
    packages_apt_install postgresql-common || return
    if [ -e "$packages_setting" ] && ! grep -q '^ *create_main_cluster' "$packages_setting"; then
        packages_as_root sh -c "echo 'create_main_cluster = false # gymtui' >>$packages_setting" || return
    fi
    packages_apt_install postgresql
}

# policy-rc.d is how Debian lets a package's service be kept from starting.
packages_policy=/usr/sbin/policy-rc.d
packages_install_all() {
    local package with_postgresql=no
    local -a others=()
    for package in "$@"; do
        if [ "$package" = postgresql ]; then with_postgresql=yes; else others+=("$package"); fi
    done
    if ! [ -e $packages_policy ]; then
        packages_as_root sh -c "printf '#!/bin/sh\n# gymtui\nexit 101\n' >$packages_policy &&
            chmod 755 $packages_policy" || return
    fi
    if [ ${#others[@]} -gt 0 ]; then packages_apt_install "${others[@]}" || return; fi
    if [ $with_postgresql = yes ]; then packages_apt_postgresql; fi
}

# Also after ^C.
packages_put_back() {
    if grep -qs '^# gymtui$' $packages_policy; then packages_as_root rm -f $packages_policy; fi
    if grep -qs '# gymtui$' $packages_setting; then
        packages_as_root sed -i '/# gymtui$/d' $packages_setting
    fi
}

packages_install() {
    local -a missing
    mapfile -t missing < <(packages_missing "$@")
    if [ ${#missing[@]} = 0 ]; then return 0; fi
    if [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
        echo "These packages are missing, and there is no sudo. As root:" >&2
        echo "    apt-get install ${missing[*]}" >&2
        return 1
    fi
    echo "Installing ${missing[*]}" >&2
    packages_log=$(mktemp)
    if ! (
        trap packages_put_back EXIT
        packages_install_all "${missing[@]}"
    ); then
        echo "The packages could not be installed:" >&2
        grep -E '^(E|W|Err):' "$packages_log" | tail -n 5 >&2
        echo "All of it is in $packages_log" >&2
        return 1
    fi
    rm -f "$packages_log"
}
