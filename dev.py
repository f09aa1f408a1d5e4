#!/usr/bin/env python3
"""The way in: `python3 dev.py run` starts the shop, `python3 dev.py test` checks everything.

Needs Python 3.11 or newer and nothing else. Whatever the project needs goes into `.venv` beside
this file: exactly what the lock names, each file checked against its hash. The first start takes
a while (with `uv` on the PATH, less), later ones find it done.

    python3 dev.py run [arguments of `eterno run`]
    python3 dev.py test [arguments of pytest: then only pytest runs]
    python3 dev.py bench [--only G1 G6]  how fast it is; see bench/README.md
    python3 dev.py soak [--minutes N] [--seed S]      tries to break the shop, with a report
    python3 dev.py lock [--upgrade]      writes the locks anew from pyproject.toml; needs uv
"""

# Standard library only, and no word that Python 3.8 does not know: it must live to say "too old".
from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
OLDEST = (3, 11)
RUNTIME, TEST = "requirements.lock", "requirements-test.lock"  # the second contains the first
EXCLUDED = "requirements-excluded.txt"  # what packages ask for and we never use
STAND_INS = "requirements-stand-ins.lock"  # other people's programs, which tests run beside ours


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST:
        return complain(
            f"Eterno needs Python {OLDEST[0]}.{OLDEST[1]} or newer, this is "
            f"{sys.version.split()[0]}. Start dev.py with a newer one: python3.13 dev.py …"
        )
    command = COMMANDS.get(arguments[0] if arguments else "")
    if command is None:
        print(__doc__)
        return 0 if arguments[:1] in ([], ["help"], ["-h"], ["--help"]) else 2
    os.chdir(ROOT)
    try:
        return command(arguments[1:])
    except KeyboardInterrupt:
        return 130


# --- commands ---------------------------------------------------------------------------------


def run(arguments: list[str]) -> int:
    """The shop."""
    if not prepare(RUNTIME):
        return 1
    return become([str(PYTHON), "-m", "eterno.entrypoints.cli", "run", *arguments])


def test(arguments: list[str]) -> int:
    """Every check, each to its end. Pytest comes last: its last line is ours."""
    if not prepare(TEST):
        return 1
    pytest = [str(PYTHON), "-m", "pytest"]
    if arguments:
        return call([*pytest, *arguments])
    if not prepare(STAND_INS):
        return 1
    # To be watched takes a quarter of a test's time: what the rules owe is told by their own tests.
    watched = ["tests/domain", "tests/application", "tests/contracts"]
    others = [word for folder in watched for word in ("--ignore", folder)]
    # One more than there are cores, because many tests wait for other processes.
    parallel = ["-n", f"{min(4, (os.cpu_count() or 1) + 1)}", "--dist", "worksteal"]
    checks = {
        "ruff check": [str(PYTHON), "-m", "ruff", "check"],
        "ruff format": [str(PYTHON), "-m", "ruff", "format", "--check"],
        "mypy": [str(PYTHON), "-m", "mypy"],
        "pytest: rules and contracts": [*pytest, *parallel, *watched, "--cov"],
        "pytest: everything else": [*pytest, *parallel, *others],
    }
    failed = [name for name, command in checks.items() if not passes(name, command)]
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measures; what it starts, it stops."""
    if not prepare(TEST):
        return 1
    return become([str(PYTHON), "-m", "bench", *arguments])


def lock(arguments: list[str]) -> int:
    """Keeps the versions in the locks as far as pyproject.toml allows, unless told --upgrade."""
    from shutil import which

    uv = which("uv")
    if uv is None:
        return complain("`dev.py lock` needs uv on the PATH (for instance: pipx install uv).")
    # Whatever this machine is set up to use, the locks speak of the public index.
    ours = {name: os.environ[name] for name in os.environ if not name.startswith("UV_")}
    compile_ = [
        *(uv, "pip", "compile", "--quiet", "--no-config", "--no-header"),
        *("--universal", "--python-version", f"{OLDEST[0]}.{OLDEST[1]}"),
        *("--generate-hashes", "--no-emit-index-url", "--excludes", EXCLUDED, *arguments),
    ]
    project = "pyproject.toml"
    contents = {
        RUNTIME: [project, "--group", "build"],
        TEST: [project, "--extra", "otel", "--group", "test", "--constraint", RUNTIME],
        STAND_INS: ["--group", f"{project}:stand-ins"],
    }
    for name, options in contents.items():
        if code := call([*compile_, *options, "--output-file", name], for_uv(ours)):
            return code
    return 0


def soak(arguments: list[str]) -> int:
    """The shop machine, the races and the kills, for as long as wanted."""
    if not prepare(TEST) or not prepare(STAND_INS):
        return 1
    return call([str(PYTHON), "-m", "tests.machine.soak", *arguments])


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "soak": soak,
    "lock": lock,
}


# --- the virtual environment ------------------------------------------------------------------


def prepare(wanted: str) -> bool:
    """See to it that what the lock `wanted` names is installed. Says why when it cannot be."""
    if is_ready(wanted):
        return True
    with alone():
        return is_ready(wanted) or install(wanted)


def is_ready(wanted: str) -> bool:
    try:
        return python(wanted).exists() and stamp(wanted).read_text() == fingerprint(wanted)
    except OSError:
        return False


def venv(wanted: str) -> Path:
    """The stand-ins have one of their own, within ours, because the two do not agree."""
    return VENV / "stand-ins" if wanted == STAND_INS else VENV


def python(wanted: str) -> Path:
    return venv(wanted) / PYTHON.relative_to(VENV)


def stamp(wanted: str) -> Path:
    return venv(wanted) / f"installed-{wanted}.txt"


def fingerprint(wanted: str) -> str:
    """Changes with the lock, with the Python below, and when the project is moved."""
    from hashlib import sha256

    content = sha256((ROOT / wanted).read_bytes()).hexdigest()
    return f"{content}\n{sys.version}\n{sys.base_prefix}\n{ROOT}\n"


def install(wanted: str) -> bool:
    """Build the venv, or add the test tools to a sound one. Stamped last: half of it is none."""
    from shutil import rmtree, which

    folder, names = venv(wanted), {wanted} if wanted == STAND_INS else {RUNTIME, wanted}
    sound = wanted == TEST and is_ready(RUNTIME)
    if not sound and folder.exists():
        rmtree(folder)
    for name in names:
        stamp(name).unlink(missing_ok=True)
    print(f"dev.py: installing {wanted} into {folder} (only the first time)", flush=True)
    # The project itself comes last, editable, and with the build backend from the lock.
    locked = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", wanted]
    itself = ["--no-deps", "--no-build-isolation", "-e", "."]
    base = getattr(
        sys, "_base_executable", sys.executable
    )  # not the one in the `.venv` that we may just have removed
    if uv := which("uv"):
        make = [uv, "venv", "--quiet", "--no-project", "--python", base, str(folder)]
        pip = [uv, "pip", "install", "--quiet", "--python", str(python(wanted))]
    else:
        if not has_venv():
            return False
        make = [base, "-m", "venv", str(folder)]
        pip = [str(python(wanted)), "-m", "pip", "install", "--quiet", "--no-input"]
        pip += ["--disable-pip-version-check", "--no-warn-script-location"]
    environment = for_uv(os.environ)
    steps = [*([] if sound else [make]), [*pip, *locked]]
    if RUNTIME in names:
        steps.append([*pip, *itself])
    for step in steps:
        if call(step, environment) != 0:
            complain(
                "that did not work; the lines above say why. Where a package has no ready-made "
                "file for this Python, try another one: python3.13 dev.py …"
            )
            return False
    for name in names:
        stamp(name).write_text(fingerprint(name))
    return True


def has_venv() -> bool:
    """Debian and Ubuntu leave out a part of Python's standard library."""
    from importlib.util import find_spec

    if find_spec("venv") and find_spec("ensurepip"):
        return True
    complain(
        "this Python cannot make virtual environments. On Debian and Ubuntu: "
        "apt install python3-venv. Or install uv."
    )
    return False


@contextmanager
def alone() -> Iterator[None]:
    """Only one dev.py at a time touches `.venv`; another waits for it. Ends with the process."""
    with (ROOT / ".venv.lock").open("a") as file:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# --- small things -----------------------------------------------------------------------------


def for_uv(environment: Mapping[str, str]) -> dict[str, str]:
    """Have uv trust the certificates that this machine trusts (a company's proxy), as pip does,
    and do without a cache where there is no home to keep it in.
    """
    ours = {"UV_SYSTEM_CERTS": "true", "UV_NATIVE_TLS": "true"}
    if not os.access(Path("~").expanduser(), os.W_OK):
        ours["UV_NO_CACHE"] = "true"
    return {**ours, **environment}


def become(command: list[str]) -> int:
    """So that a signal meant for it reaches it."""
    if not WINDOWS:
        os.execv(command[0], command)  # noqa: S606 (no shell is what we want)
    return call(command)  # there, exec would give the terminal back while it is still used


def call(command: list[str], environment: dict[str, str] | None = None) -> int:
    from subprocess import call as subprocess_call

    return subprocess_call(command, env=environment)


def passes(name: str, command: list[str]) -> bool:
    from time import monotonic

    print(f"\n=== {name}", flush=True)
    start = monotonic()
    code = call(command)
    if not name.startswith("pytest"):  # it says so itself
        print(f"--- {name} {'failed' if code else 'passed'} in {monotonic() - start:.1f} s")
    return code == 0


def complain(what: str) -> int:
    print(f"dev.py: {what}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
