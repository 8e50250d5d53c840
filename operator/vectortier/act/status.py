"""Writing the status of the user's objects; nothing else of them is ever written."""

from pydantic import BaseModel

from vectortier.clients.kubernetes import Kubernetes, Object


def write_status(kubernetes: Kubernetes, raw: Object, previous: BaseModel, status: BaseModel) -> bool:
    """Put the status in the place of the one that was seen, if it differs; whether it did. Raises KubernetesError.

    Refused (ConflictError) if the object has changed meanwhile: the status was made from what it was.
    """
    if status == previous:
        return False
    metadata = raw["metadata"]
    body = {
        "apiVersion": raw["apiVersion"],
        "kind": raw["kind"],
        "metadata": {"name": metadata["name"], "namespace": metadata["namespace"]},
        "status": status.model_dump(mode="json", by_alias=True, exclude_none=True),
    }
    kubernetes.apply(body, resource_version=metadata["resourceVersion"], subresource="status")
    return True
