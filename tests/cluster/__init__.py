"""A Kubernetes cluster on this machine, built from package registries alone.

from tests.cluster import Cluster
cluster = Cluster.up("test", size="control-plane")
cluster.kubectl("get", "nodes")
cluster.down()
"""

from tests.cluster.cluster import Cluster, all_clusters
from tests.cluster.errors import ClusterError
from tests.cluster.external import ExternalCluster, is_external
from tests.cluster.progress import Event, FinishedStep, Reporter, print_plainly, silent

__all__ = [
    "Cluster",
    "ClusterError",
    "Event",
    "ExternalCluster",
    "FinishedStep",
    "Reporter",
    "all_clusters",
    "is_external",
    "print_plainly",
    "silent",
]
