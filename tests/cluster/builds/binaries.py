"""The programs that are built from pinned Go modules, and how."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cluster import disk
from tests.cluster.builds.cache import digest, entry, make_entry
from tests.cluster.builds.go_toolchain import Go, find_go
from tests.cluster.errors import ClusterError
from tests.cluster.paths import cache_root
from tests.cluster.progress import Progress
from tests.cluster.run import run

KUBERNETES = "1.36.3"
ETCD = "3.6.16"
COREDNS = "1.14.7"
KWOK = "0.8.0"
WEAVIATE = "1.39.3"
FORMER_WEAVIATE = "1.38.6"
"""What upgrades begin from."""
LOCAL_PATH_PROVISIONER = "0.0.30"

MODULES = Path(__file__).resolve().parent / "modules"

# Debug symbols would double the disk that the cache needs.
_STRIP = "-s -w"
_BUILD_SECONDS = 3600


@dataclass(frozen=True)
class Binary:
    """A program: its name, the folder under modules/ that pins it, its package and its linker's variables."""

    name: str
    module: str
    package: str
    variables: tuple[tuple[str, str], ...] = ()

    @property
    def linker_flags(self) -> str:
        return " ".join([_STRIP, *(f"-X {name}={value}" for name, value in self.variables)])


def _kubernetes(name: str) -> Binary:
    major, minor, _ = KUBERNETES.split(".")
    facts = {"gitVersion": f"v{KUBERNETES}", "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    # client-go has a copy of these variables of its own, which user agents are made from.
    variables = [
        (f"{package}/version.{fact}", value)
        for package in ("k8s.io/component-base", "k8s.io/client-go/pkg")
        for fact, value in facts.items()
    ]
    return Binary(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", tuple(variables))


def _weaviate(version: str, module: str) -> Binary:
    package = "github.com/weaviate/weaviate"
    variables = ((f"{package}/usecases/build.Version", version), (f"{package}/usecases/build.BuildUser", "vectortier"))
    return Binary("weaviate", module, f"{package}/cmd/weaviate-server", variables)


CONTROL_PLANE = (
    Binary("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    _kubernetes("kube-apiserver"),
    _kubernetes("kube-controller-manager"),
    _kubernetes("kube-scheduler"),
    _kubernetes("kubectl"),
)
FAKE_NODE = (Binary("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok"),)
NODE = (
    _kubernetes("kubelet"),
    _kubernetes("kube-proxy"),
    Binary("coredns", "coredns", "github.com/coredns/coredns"),
    Binary(
        "local-path-provisioner",
        "local-path-provisioner",
        "github.com/rancher/local-path-provisioner",
        (("main.VERSION", f"v{LOCAL_PATH_PROVISIONER}"),),
    ),
    _weaviate(WEAVIATE, "weaviate"),
)
FORMER = _weaviate(FORMER_WEAVIATE, "weaviate-former")
"""For tests of upgrades only."""


def find_binaries(binaries: tuple[Binary, ...], progress: Progress, assets: Path | None = None) -> dict[str, Path]:
    """The path of each program by its name, built where neither the folder `assets` nor the cache has it."""
    go: Go | None = None
    found: dict[str, Path] = {}
    for binary in binaries:
        ready = _from_assets(binary, assets)
        if ready is not None:
            found[binary.name] = ready
            continue
        if go is None:
            go = _step_for_go(progress)
        found[binary.name] = _cached_or_built(binary, go, progress)
    return found


def _step_for_go(progress: Progress) -> Go:
    with progress.step("find a Go compiler") as step:
        go = find_go()
        step.say(go.version)
        return go


def _from_assets(binary: Binary, assets: Path | None) -> Path | None:
    path = assets / binary.name if assets is not None else None
    return path if path is not None and os.access(path, os.X_OK) else None


def _cached_or_built(binary: Binary, go: Go, progress: Progress) -> Path:
    target = entry("bin", f"{binary.name}-{build_key(binary, go.version)}")
    with progress.step(f"build {binary.name}") as step:
        step.cached = target.is_dir()
        return make_entry(target, lambda scratch: build(binary, go, scratch)) / binary.name


def build_key(binary: Binary, go_version: str) -> str:
    """Changes with whatever may change the program: the pins, the flags, the compiler."""
    module = MODULES / binary.module
    pins = [(module / name).read_bytes() for name in ("go.mod", "go.sum")]
    return digest([*pins, binary.package, binary.linker_flags, *_FLAGS, go_version])


def _compiler_cache() -> Path:
    """Where the compiler keeps what the programs share while they are built one after the other."""
    return cache_root() / "go-build"


def forget_compiler_cache() -> None:
    """Frees several gigabytes that nothing needs any more once every program is built."""
    shutil.rmtree(_compiler_cache(), ignore_errors=True)


_FLAGS = ("-trimpath", "-mod=readonly", "-buildvcs=false")


def build(binary: Binary, go: Go, target: Path) -> None:
    """Compiles `binary` into the folder `target`. Raises ClusterError with the compiler's last lines."""
    settings = {"CGO_ENABLED": "0", "GOFLAGS": "", "GOWORK": "off", "GOTOOLCHAIN": "local"}
    # Scratch files go where an interrupted build is cleared away, whatever becomes of the compiler.
    environment = {**os.environ, **settings, "GOCACHE": str(_compiler_cache()), "GOTMPDIR": str(target)}
    argv = [go.command, "build", *_FLAGS, "-ldflags", binary.linker_flags, "-o", target / binary.name, binary.package]
    directory = MODULES / binary.module
    try:
        run(argv, timeout=_BUILD_SECONDS, environment=environment, directory=directory)
    except ClusterError as error:
        words = str(error)
        proxy = "Check that the Go module proxy is reachable (`go env GOPROXY`), then run the command again."
        raise ClusterError(
            f"Building {binary.name} from the Go package {binary.package} failed.",
            f"The disk is full. {disk.REMEDY}" if disk.says_full(words) else proxy,
            words,
        ) from error
