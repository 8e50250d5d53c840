"""The image of NATS holds the server of the wheel, and that server runs alone."""

from __future__ import annotations

import json
import subprocess
import tarfile
from pathlib import Path

from tests.cluster.images.node_images import NATS_NAME, nats_image, nats_program
from tests.cluster.images.oci import shared_libraries, write_archive


def test_the_archive_holds_a_server_that_starts_and_says_its_version(tmp_path: Path) -> None:
    archive = tmp_path / "image.tar"
    write_archive(nats_image(busybox=Path("/bin/true")), archive)
    config, layer = unpack(archive, tmp_path)
    (server,) = config["Entrypoint"]
    with tarfile.open(layer) as files:
        files.extract(server.lstrip("/"), tmp_path, filter="data")
    program = tmp_path / server.lstrip("/")
    # Nothing else in the image would have what it is linked with.
    assert shared_libraries(nats_program(), {}) == {}
    said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
    assert said.strip() == f"nats-server: v{NATS_NAME.rpartition(':')[2]}"


def unpack(archive: Path, folder: Path) -> tuple[dict[str, list[str]], Path]:
    """How the image of an archive starts, and its one layer."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    blobs = folder / "blobs" / "sha256"

    def blob(digest: str) -> Path:
        return blobs / digest.removeprefix("sha256:")

    index = json.loads((folder / "index.json").read_text())
    manifest = json.loads(blob(index["manifests"][0]["digest"]).read_text())
    config: dict[str, list[str]] = json.loads(blob(manifest["config"]["digest"]).read_text())["config"]
    return config, blob(manifest["layers"][0]["digest"])
