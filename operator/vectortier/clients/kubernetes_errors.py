"""What can go wrong at the Kubernetes API, by what to do next."""


class KubernetesError(Exception):
    """The API server did not do what was asked. The message says what was tried."""


class NotFoundError(KubernetesError):
    """The object does not exist: forget it or create it."""


class AlreadyExistsError(KubernetesError):
    """Somebody created the object first: read it again."""


class ConflictError(KubernetesError):
    """The object changed since it was read: look again, then decide anew."""


class ForbiddenError(KubernetesError):
    """The operator lacks a permission: apply the Role for the watched namespace."""


class InvalidError(KubernetesError):
    """The API server refuses the object as it is: trying again cannot help before the spec changes."""


class ThrottledError(KubernetesError):
    """The API server asks to slow down: wait, then try again."""


class UnreachableError(KubernetesError):
    """No answer, or one that says nothing about the object: whether a write happened is not known. Look again."""


class ServerError(UnreachableError):
    """The API server, or a webhook that it asks about this kind of object, failed: others may fare better."""


class NotLeadingError(KubernetesError):
    """This process may not write now: another one leads, or the lease could not be renewed in time."""


def error_for(status: int, reason: str, message: str) -> KubernetesError:
    """The error for an HTTP status, with the `reason` of the API server's Status object where one matters."""
    if status == 409:
        return AlreadyExistsError(message) if reason == "AlreadyExists" else ConflictError(message)
    by_status: dict[int, type[KubernetesError]] = {
        400: InvalidError,
        401: ForbiddenError,
        403: ForbiddenError,
        404: NotFoundError,
        413: InvalidError,
        422: InvalidError,
        429: ThrottledError,
    }
    return by_status.get(status, ServerError if status >= 500 else UnreachableError)(message)
