"""Programs from Debian packages, unpacked into the cache: nothing is installed and no service starts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.builds.cache import digest, entry, make_entry
from tests.cluster.errors import ClusterError
from tests.cluster.paths import cache_root
from tests.cluster.progress import Progress
from tests.cluster.run import run

PACKAGES = (
    "buildah",
    "busybox-static",
    "ca-certificates",
    "conntrack",
    "containerd",
    "containernetworking-plugins",
    "debootstrap",
    "iproute2",
    "iptables",
    "prometheus",
    "runc",
    "util-linux",
)
_PROGRAMS = ("usr/sbin", "usr/bin", "sbin", "bin")
_LIBRARIES = ("usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu", "usr/lib", "lib")


@dataclass(frozen=True)
class Unpacked:
    """A folder of unpacked packages, laid out like a root file system."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Makes programs from here and their libraries found, after the machine's own."""
        programs = [str(self.root / folder) for folder in _PROGRAMS]
        # A user's PATH on Debian has no sbin, and that is where network tools are.
        path = [os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin", *programs]
        return {
            "PATH": ":".join(part for part in path if part),
            "LD_LIBRARY_PATH": self.library_folders(":"),
            "XTABLES_LIBDIR": str(self._folder("usr/lib/x86_64-linux-gnu/xtables")),
            "DEBOOTSTRAP_DIR": str(self._folder("usr/share/debootstrap")),
        }

    def library_folders(self, separator: str) -> str:
        return separator.join(str(self.root / folder) for folder in _LIBRARIES)

    def program(self, name: str) -> Path:
        """The path of a program, the machine's own if it has one."""
        found = shutil.which(name, path=self.environment["PATH"])
        if found is None:
            raise self._missing(name)
        return Path(found)

    def _folder(self, relative: str) -> Path:
        """A folder of the packages, or the machine's own where the package was installed already."""
        own = self.root / relative
        return own if own.exists() else Path("/", relative)

    def find(self, relative: str) -> Path:
        """A file or folder of the packages by its usual path without the leading slash."""
        path = self._folder(relative)
        if not path.exists():
            raise self._missing(f"/{relative}")
        return path

    def _missing(self, what: str) -> ClusterError:
        return ClusterError(f"{what} is in none of the unpacked Debian packages.", f"Delete {self.root} and run again.")


def find_packages(progress: Progress) -> Unpacked:
    """The unpacked packages, downloaded with their dependencies where the cache does not have them."""
    target = entry("debian", f"{_release()}-{digest(PACKAGES)}")
    with progress.step("unpack Debian packages") as step:
        step.cached = target.is_dir()
        return Unpacked(make_entry(target, _download_and_unpack))


def _release() -> str:
    """This machine's Debian release by its code name; other distributions' packages are laid out differently."""
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        lines = []
    facts = dict(line.split("=", 1) for line in lines if "=" in line)
    if shutil.which("apt-get") is None or "VERSION_CODENAME" not in facts:
        raise ClusterError(
            "The size `node` needs the packages of Debian, and this machine has no apt-get.",
            "Run it on Debian 12, use --size control-plane, or bring a cluster with VECTORTIER_CLUSTER=external.",
        )
    return facts["VERSION_CODENAME"].strip('"')


def _download_and_unpack(target: Path) -> None:
    archives = target / ".archives"
    (archives / "partial").mkdir(parents=True)
    try:
        _download(archives, lists=None)
    except ClusterError:
        # The machine's package lists are missing or old. Ours are kept apart: its own stay as they are.
        lists = cache_root() / "apt-lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        _apt(["update"], archives, lists)
        _download(archives, lists)
    for package in sorted(archives.glob("*.deb")):
        run(["dpkg-deb", "--extract", package, target], timeout=120)
    shutil.rmtree(archives)


def _download(archives: Path, lists: Path | None) -> None:
    _apt(["install", "--yes", "--no-install-recommends", "--reinstall", "--download-only", *PACKAGES], archives, lists)


def _apt(words: list[str], archives: Path, lists: Path | None) -> None:
    options = {
        "Dir::Cache::archives": str(archives),
        "Dir::Cache::pkgcache": "",
        "Dir::Cache::srcpkgcache": "",
        "Debug::NoLocking": "1",
        # As root apt would drop to a user that cannot enter a private cache.
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "2",
        "Acquire::http::Timeout": "30",
        "Acquire::Languages": "none",
    }
    if lists is not None:
        options["Dir::State::lists"] = str(lists)
    argv = ["apt-get", *(f"-o{name}={value}" for name, value in options.items()), *words]
    environment: Mapping[str, str] = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        run(argv, timeout=900, environment=environment)
    except ClusterError as error:
        raise ClusterError(
            "Debian packages could not be downloaded.",
            "Check that the package mirror in /etc/apt is reachable.",
            str(error),
        ) from error
