#!/usr/bin/env bash
# Installs the missing Debian packages of setup/packages.txt: system.sh SECTION...
# Root: installs them. Anybody else: prints the command. Fails only when a package of [run] or [venv] stays missing.
set -euo pipefail
list="$(dirname "$0")/packages.txt"

packages_of() {
  awk -v wanted="[$1]" '{ sub(/#.*/, "") } /^\[/ { inside = ($1 == wanted); next } inside && NF { print $1 }' "$list"
}

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

missing_of() {
  local package
  for package in $(packages_of "$1"); do
    is_installed "$package" || printf '%s ' "$package"
  done
}

install() {
  # A list of packages from an old image may be out of date or empty: refresh it once, only because something is missing.
  [ -n "${refreshed:-}" ] || apt-get update -q && refreshed=yes
  DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "This is not Debian or a relative of it. Please see to the counterparts of these packages yourself:"
  for section in "$@"; do packages_of "$section" | sed 's/^/  /'; done
  exit 0
fi

status=0
for section in "$@"; do
  missing=$(missing_of "$section")
  [ -n "$missing" ] || continue
  if [ "$(id -u)" = 0 ]; then
    # shellcheck disable=SC2086  # one word for each package
    install $missing || true
    missing=$(missing_of "$section")
    [ -n "$missing" ] || continue
    echo "Could not install: $missing" >&2
  fi
  echo "System packages are missing. Please run:" >&2
  echo "  sudo apt-get install --no-install-recommends ${missing% }" >&2
  case $section in
    test) echo "Going on without them: the tests that need them will say so." >&2 ;;
    *) status=1 ;;
  esac
done
exit "$status"
