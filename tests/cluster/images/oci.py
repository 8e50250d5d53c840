"""Container images without a registry: an OCI archive made of files that are here already."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Image:
    """What goes into an image: files by their place inside, empty folders, small texts, and how it starts."""

    name: str
    entrypoint: Sequence[str]
    files: Mapping[str, Path]
    folders: Mapping[str, int] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    user: str = ""


def shared_libraries(program: Path, environment: Mapping[str, str]) -> dict[str, Path]:
    """What a program is linked with, by the place where its loader looks; nothing for a static one."""
    listed = subprocess.run(
        ["ldd", str(program)], capture_output=True, text=True, timeout=30, check=False, env=dict(environment)
    )
    found = {}
    for line in listed.stdout.splitlines():
        words = line.split()
        if "=>" in words and words[2].startswith("/"):
            found[f"/lib/x86_64-linux-gnu/{words[0]}"] = Path(words[2])
        elif words and words[0].startswith("/"):
            found[words[0]] = Path(words[0])
    return found


def write_archive(image: Image, target: Path) -> None:
    """Writes the image as a one-layer OCI archive. The same inputs make the same bytes."""
    layer = target.with_suffix(".layer")
    try:
        _write_layer(image, layer)
        _write_parts(image, layer, target)
    finally:
        layer.unlink(missing_ok=True)


def _write_layer(image: Image, path: Path) -> None:
    with tarfile.open(path, "w") as tar:
        for place, mode in image.folders.items():
            tar.addfile(_member(place, mode, tarfile.DIRTYPE))
        for place, source in image.files.items():
            member = _member(place, 0o755, tarfile.REGTYPE)
            member.size = source.stat().st_size
            with source.open("rb") as file:
                tar.addfile(member, file)
        for place, text in image.texts.items():
            member = _member(place, 0o644, tarfile.REGTYPE)
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
        for place, to in image.links.items():
            member = _member(place, 0o777, tarfile.SYMTYPE)
            member.linkname = to
            tar.addfile(member)


def _member(place: str, mode: int, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(place.lstrip("/"))
    member.mode = mode
    member.type = kind
    return member


def _write_parts(image: Image, layer: Path, target: Path) -> None:
    with layer.open("rb") as file:
        layer_digest = hashlib.file_digest(file, "sha256").hexdigest()
    config = _json(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": list(image.entrypoint), "Env": [f"PATH={_PATH}"], "User": image.user},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _descriptor(_CONFIG, _sha(config), len(config)),
            "layers": [_descriptor(_LAYER, layer_digest, layer.stat().st_size)],
        }
    )
    named = _descriptor(_MANIFEST, _sha(manifest), len(manifest))
    named["annotations"] = {"io.containerd.image.name": full_name(image.name)}
    index = _json({"schemaVersion": 2, "mediaType": _INDEX, "manifests": [named]})
    with tarfile.open(target, "w") as tar:
        _add(tar, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(tar, "index.json", index)
        for part in (config, manifest):
            _add(tar, f"blobs/sha256/{_sha(part)}", part)
        member = tarfile.TarInfo(f"blobs/sha256/{layer_digest}")
        member.size = layer.stat().st_size
        with layer.open("rb") as file:
            tar.addfile(member, file)


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def full_name(name: str) -> str:
    """The name under which kubelet asks for an image that a manifest calls `name`."""
    first = name.split("/", 1)[0]
    if "/" not in name:
        return f"docker.io/library/{name}"
    return name if "." in first or ":" in first or first == "localhost" else f"docker.io/{name}"


def _descriptor(kind: str, sha: str, size: int) -> dict[str, Any]:
    return {"mediaType": kind, "digest": f"sha256:{sha}", "size": size}


def _json(document: object) -> bytes:
    return json.dumps(document, sort_keys=True).encode()


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    tar.addfile(member, io.BytesIO(data))
