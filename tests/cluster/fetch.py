"""Everything that a cluster needs from registries, without starting anything."""

from __future__ import annotations

from tests.cluster.builds.binaries import CONTROL_PLANE, FAKE_NODE, NODE, find_binaries
from tests.cluster.builds.debian import find_packages
from tests.cluster.cluster import Size
from tests.cluster.images.node_images import find_images
from tests.cluster.images.operator_image import find_operator_image
from tests.cluster.progress import FinishedStep, Progress, Reporter


def fetch_all(size: Size, report: Reporter) -> list[FinishedStep]:
    """Fills the cache for clusters of this size, and returns what that took."""
    progress = Progress(report)
    if size == "control-plane":
        find_binaries((*CONTROL_PLANE, *FAKE_NODE), progress)
        return progress.finished
    packages = find_packages(progress)
    binaries = find_binaries((*CONTROL_PLANE, *FAKE_NODE, *NODE), progress)
    find_images(binaries, packages, progress)
    find_operator_image(packages, progress)
    return progress.finished
