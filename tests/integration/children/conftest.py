"""The control plane that these tests run against."""

from tests.cluster.fixtures import control_plane  # noqa: F401
