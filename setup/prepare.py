"""Makes a checkout ready: `python3 setup/prepare.py run` to serve it, `... test` to test it as well.

Steps in order: Debian packages, virtual environment, Python packages, fonts, browser files. A step leaves a stamp with
the hash of what it depends on, inside the very folder it made; so a second run takes a moment, a changed lock file or
a deleted folder is noticed, and a run that was killed simply begins that step again. Standard library only: nothing is
installed yet. Exit status 0, or that of the step that failed.
"""

import sys

if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 ... This is " + sys.version.split()[0])

import fcntl
import hashlib
import importlib.util
import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLING = VENV / ".setup-installing"
SETUP = ROOT / "setup"
REQUIREMENTS = {"run": ROOT / "requirements" / "runtime.txt", "test": ROOT / "requirements" / "dev.txt"}
ASSETS = ROOT / "requirements" / "assets.txt"
PROFILES = {"run": ["run"], "test": ["run", "test"]}

# Settings of somebody's shell that change where or what pip installs. Those that say how to reach an index (mirror,
# proxy, certificate) stay: an office's intranet may have no other way.
MISLEADING = (
    "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_CONSTRAINT", "PIP_BUILD_CONSTRAINT", "PIP_REQUIREMENT",
    "PIP_NO_BINARY", "PIP_ONLY_BINARY", "PIP_NO_DEPS", "PIP_DRY_RUN", "PIP_REQUIRE_VIRTUALENV", "PIP_PYTHON", "PIP_PRE",
    "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "PYTHONDONTWRITEBYTECODE", "PYTHONWARNINGS",
)  # fmt: skip

CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")


@dataclass(frozen=True)
class Stamp:
    """A file that says what a finished step was made from."""

    path: Path
    content: str

    def is_current(self) -> bool:
        return self.path.is_file() and self.path.read_text() == self.content

    def write(self) -> None:
        unfinished = self.path.with_name(self.path.name + ".new")
        unfinished.write_text(self.content)
        unfinished.replace(self.path)


def digest(*parts: "Path | str") -> str:
    """One hash over files and plain words."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part.read_bytes() if isinstance(part, Path) else part.encode()).digest())
    return whole.hexdigest()


def environment() -> "dict[str, str]":
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def call(*command: "str | Path") -> int:
    return subprocess.run([str(word) for word in command], cwd=ROOT, env=environment(), check=False).returncode


def must(*command: "str | Path") -> None:
    status = call(*command)
    if status:
        sys.exit(status)


def once(stamp: Stamp, what: str, step: "Callable[[], None]") -> None:
    """Does the step unless its stamp is current."""
    if stamp.is_current():
        return
    print("== " + what, flush=True)
    step()
    stamp.write()


def system(profile: str) -> None:
    can_make_venv = importlib.util.find_spec("ensurepip") and importlib.util.find_spec("venv")
    must("bash", SETUP / "system.sh", *([] if can_make_venv else ["venv"]), *PROFILES[profile])


def venv_works() -> bool:
    """Also asks for pip: the interpreter alone is there when the making was interrupted."""
    if not PYTHON.exists():
        return False
    probe = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], env=environment(), check=False, capture_output=True).returncode == 0


def virtual_environment() -> None:
    # The path belongs to the stamp: the scripts in bin/ begin with it and die when the checkout is moved.
    stamp = Stamp(VENV / ".setup-venv", digest(str(VENV)))
    if stamp.is_current() and PYTHON.exists() and not INSTALLING.exists():
        return
    if stamp.path.exists() or INSTALLING.exists() or not venv_works():
        print("== virtual environment", flush=True)
        must(sys.executable, "-m", "venv", "--clear", VENV)
    stamp.write()


def run_pip(*arguments: "str | Path") -> int:
    """pip, with a mark while it works: killed half-way it can leave a package that it later takes for complete."""
    INSTALLING.touch()
    status = call(PYTHON, "-m", "pip", *arguments)
    INSTALLING.unlink()
    return status


def pip_install(requirements: Path) -> None:
    """As the machine is set up to; if that fails, without any pip settings at all but the certificate."""
    options = ["install", "--quiet", "--disable-pip-version-check", "--no-user", "--no-input"]
    wanted = ["--require-hashes", "--no-deps", "--requirement", requirements]
    # Few retries: a dead index in somebody's settings would otherwise cost 7 seconds for each package.
    if run_pip(*options, "--retries", "2", *wanted) == 0:
        return
    print("pip failed with this machine's settings; trying without them", file=sys.stderr, flush=True)
    certificate = next((os.environ[name] for name in CERTIFICATES if os.environ.get(name)), None)
    os.environ["PIP_CONFIG_FILE"] = os.devnull  # --isolated alone still reads the machine-wide file
    isolated = ["--isolated", *(["--cert", certificate] if certificate else [])]
    status = run_pip(*isolated, *options, *wanted)
    if status:
        sys.exit(status)


def packages(profile: str) -> None:
    def stamp(name: str) -> Stamp:
        return Stamp(VENV / (".setup-packages-" + name), digest(REQUIREMENTS[name], (VENV / "pyvenv.cfg").read_text()))

    def install() -> None:
        pip_install(REQUIREMENTS[profile])
        for contained in PROFILES[profile]:  # the test list contains the run list, version by version
            stamp(contained).write()

    once(stamp(profile), "Python packages (%s)" % profile, install)


def assets(profile: str) -> None:
    made_from = [ASSETS, SETUP / "assets.py", ROOT / "package-lock.json", ROOT / ".npmrc"]
    folder = ROOT / "static" / "vendor"
    folder.mkdir(parents=True, exist_ok=True)

    def stamp(name: str) -> Stamp:
        return Stamp(folder / (".setup-" + name), digest(*made_from))

    def fetch() -> None:
        pip_install(ASSETS)
        must(PYTHON, SETUP / "assets.py", profile)
        for contained in PROFILES[profile]:
            stamp(contained).write()

    once(stamp(profile), "browser files (%s)" % profile, fetch)


def prepare(profile: str) -> None:
    system(profile)
    virtual_environment()
    packages(profile)
    must("bash", SETUP / "fonts.sh")
    assets(profile)


def main() -> None:
    if len(sys.argv) != 2 or sys.argv[1] not in PROFILES:
        sys.exit("usage: prepare.py run|test")
    with (ROOT / ".setup-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once (two terminals, an editor) take turns
        prepare(sys.argv[1])


if __name__ == "__main__":
    main()
