"""The image debian:bookworm-slim, made by debootstrap: the base of the project's own Dockerfile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.builds.cache import digest, entry, make_entry
from tests.cluster.builds.debian import Unpacked
from tests.cluster.errors import ClusterError
from tests.cluster.progress import Progress
from tests.cluster.run import run

NAME = "docker.io/library/debian:bookworm-slim"
SUITE = "bookworm"
# What the slim variant leaves out, too.
_LEFT_OUT = (
    *(f"usr/share/{name}" for name in ("doc", "man", "info", "locale")),
    "var/cache/apt",
    "var/lib/apt/lists",
)
# A private mount and process namespace: an interrupted debootstrap leaves no mount and no process behind.
PRIVATE = ("unshare", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc", "--")

# In memory: a package manager syncs every file that it writes, which takes most of the time on a disk.
_SCRIPT = """
set -e
mount -t tmpfs -o mode=755,size=2g tmpfs "$TARGET/root"
"$DEBOOTSTRAP" --variant=minbase --merged-usr "$SUITE" "$TARGET/root" $MIRROR
[ -z "$SOURCES" ] || printf %s "$SOURCES" > "$TARGET/root/etc/apt/sources.list"
echo force-unsafe-io > "$TARGET/root/etc/dpkg/dpkg.cfg.d/speedup"
for folder in $LEFT_OUT; do rm -rf "$TARGET/root/$folder"; mkdir -p "$TARGET/root/$folder"; done
mkdir -p "$TARGET/root/var/cache/apt/archives/partial" "$TARGET/root/var/lib/apt/lists/partial"
tar -C "$TARGET/root" --numeric-owner --one-file-system -cf "$TARGET/rootfs.tar" .
"""


@dataclass(frozen=True)
class Source:
    """One line of sources.list, from the machine's own mirror."""

    mirror: str
    suite: str


def find_base(packages: Unpacked, progress: Progress) -> Path:
    """The base image's root file system as a tar file."""
    sources = debian_sources(_index_targets())
    target = entry("base", f"{SUITE}-{digest([repr(sources), *_LEFT_OUT, _SCRIPT])}")
    with progress.step("make the base image debian:bookworm-slim") as step:
        step.cached = target.is_dir()
        return make_entry(target, lambda scratch: _bootstrap(scratch, sources, packages)) / "rootfs.tar"


def _index_targets() -> str:
    return run(["apt-get", "indextargets", "--format", "$(REPO_URI)|$(RELEASE)|$(COMPONENT)"], timeout=30)


def debian_sources(targets: str) -> list[Source]:
    """The suites of bookworm that this machine's apt knows, the release itself first; empty if it is not there."""
    lines = [line.split("|") for line in targets.splitlines()]
    wanted = (SUITE, f"{SUITE}-updates", f"{SUITE}-security")
    found = {suite: uri for uri, suite, component in lines if suite in wanted and component == "main"}
    return [Source(found[suite], suite) for suite in wanted if suite in found] if SUITE in found else []


def _bootstrap(target: Path, sources: list[Source], packages: Unpacked) -> None:
    (target / "root").mkdir()
    settings = {
        "TARGET": str(target),
        "DEBOOTSTRAP": str(packages.program("debootstrap")),
        "SUITE": SUITE,
        "MIRROR": sources[0].mirror if sources else "",
        "SOURCES": "".join(f"deb {source.mirror} {source.suite} main\n" for source in sources),
        "LEFT_OUT": " ".join(_LEFT_OUT),
    }
    environment = {**os.environ, **packages.environment, **settings}
    try:
        run([*PRIVATE, "sh", "-c", _SCRIPT], timeout=900, environment=environment)
    except ClusterError as error:
        remedy = "Check that the package mirror in /etc/apt is reachable."
        raise ClusterError("The base image could not be made.", remedy, str(error)) from error
    (target / "root").rmdir()
