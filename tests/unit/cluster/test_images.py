"""An image is a few files in a known layout."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import pytest

from tests.cluster.images.oci import Image, full_name, write_archive


def image(tmp_path: Path) -> Image:
    program = tmp_path / "program"
    program.write_text("binary")
    return Image("org/tool:1", ["/bin/tool"], {"/bin/tool": program}, {"/tmp": 0o1777}, links={"/bin/sh": "tool"})


def test_the_archive_holds_what_its_index_names(tmp_path: Path) -> None:
    target = tmp_path / "image.tar"
    write_archive(image(tmp_path), target)
    with tarfile.open(target) as tar:
        blobs = {name: tar.extractfile(name).read() for name in tar.getnames()}  # type: ignore[union-attr]
    for name, data in blobs.items():
        if name.startswith("blobs/"):
            assert name.endswith(hashlib.sha256(data).hexdigest())
    index = json.loads(blobs["index.json"])["manifests"][0]
    assert index["annotations"]["io.containerd.image.name"] == "docker.io/org/tool:1"
    manifest = json.loads(blobs[f"blobs/sha256/{index['digest'].removeprefix('sha256:')}"])
    layer = blobs[f"blobs/sha256/{manifest['layers'][0]['digest'].removeprefix('sha256:')}"]
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        assert tar.getmember("bin/tool").mode == 0o755
        assert tar.getmember("tmp").mode == 0o1777
        assert tar.getmember("bin/sh").linkname == "tool"


def test_the_same_inputs_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.tar", "two.tar"):
        write_archive(image(tmp_path), tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()
    assert not list(tmp_path.glob("*.layer"))


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("busybox:1.35", "docker.io/library/busybox:1.35"),
        ("prom/prometheus:v2.42.0", "docker.io/prom/prometheus:v2.42.0"),
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("localhost/mine:1", "localhost/mine:1"),
    ],
)
def test_short_names_mean_what_kubelet_takes_them_for(name: str, full: str) -> None:
    assert full_name(name) == full
