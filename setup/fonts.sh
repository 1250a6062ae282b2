#!/usr/bin/env bash
# The four printed faces of official documents (仿宋 楷体 黑体 宋体): Fandol, GPL with the font exception, taken out of
# Debian's texlive-lang-chinese archive without installing TeX. They land in .fonts/fandol, which is either complete or
# not there; .fonts/fonts.conf makes them known to whoever sets FONTCONFIG_FILE to it. Needs no root.
set -euo pipefail
cd "$(dirname "$0")/.."
archive=texlive-lang-chinese
faces="FandolFang-Regular FandolKai-Regular FandolHei-Regular FandolHei-Bold FandolSong-Regular FandolSong-Bold"

write_settings() {
  mkdir -p .fonts/office
  cat >.fonts/.fonts.conf.new <<'XML'
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">.</dir>
</fontconfig>
XML
  mv .fonts/.fonts.conf.new .fonts/fonts.conf
}

explain() {
  echo "$1" >&2
  echo "Slips will be printed with Noto CJK. To print them with your office's own faces (仿宋_GB2312, 楷体_GB2312," >&2
  echo "方正小标宋), copy the font files to .fonts/office/ ; to have Fandol, run this again where apt-get works." >&2
}

apt_private() {
  # A package list of our own: the machine's may be empty (containers), and refreshing that one needs root.
  apt-get -q -o Dir::State="$work/state" -o Dir::State::status=/var/lib/dpkg/status -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 "$@"
}

download() {
  (cd "$work" && apt-get -q -o APT::Sandbox::User="$(id -un)" -o Acquire::Retries=2 download "$archive") && return
  mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
  (cd "$work" && apt_private update && apt_private download "$archive")
}

unpack() {
  local face patterns=()
  for face in $faces; do patterns+=("*/fonts/opentype/public/fandol/$face.otf"); done
  mkdir "$work/fandol"
  dpkg-deb --fsys-tarfile "$work/$archive"_*.deb |
    tar -x -C "$work/fandol" --wildcards --transform='s,.*/,,' "${patterns[@]}" '*/fonts/fandol/COPYING*' '*/fonts/fandol/README'
  ! [ -e "$work/fandol/COPYING.gz" ] || gzip -d "$work/fandol/COPYING.gz"
  for face in $faces; do [ -s "$work/fandol/$face.otf" ]; done
}

write_settings
[ ! -d .fonts/fandol ] || exit 0
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
  explain "The Fandol faces come from a Debian archive, and there is no apt-get here."
  exit 0
fi

rm -rf .fonts/.work.*  # left by a set-up that was killed
work=$(mktemp -d "$PWD/.fonts/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT
if ! download; then
  explain "The archive $archive could not be fetched."
  exit 0
fi
unpack
chmod 755 "$work/fandol"
mv "$work/fandol" .fonts/fandol
echo "Fandol faces are in .fonts/fandol"
