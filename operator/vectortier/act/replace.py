"""Putting an object in the place of the one that was seen: refused if that has changed since."""

from vectortier.clients.kubernetes import Kubernetes, Object


def put_in_place(kubernetes: Kubernetes, body: Object, seen: Object | None) -> None:
    """Create the object where none was seen, otherwise replace that very version of it. Raises KubernetesError."""
    if seen is None:
        kubernetes.create(body)
        return
    metadata = {**body["metadata"], "resourceVersion": seen["metadata"]["resourceVersion"]}
    kubernetes.replace({**body, "metadata": metadata})
