"""What can go wrong with a service, by what the caller should do next."""


class ClientError(Exception):
    """A service did not do what it was asked.

    `status` is the HTTP status where there was an answer. The message names the request and quotes the answer.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(ClientError):  # noqa: N818 what it is, not that it is an error
    """No answer: refused, timed out or broken off. A request that was sent may have had its effect: look again."""


class Unavailable(ClientError):  # noqa: N818
    """The service answers, but cannot serve now (429, 5xx). Try again later."""


class Unauthorized(ClientError):  # noqa: N818
    """The key is missing, wrong or lacks a right (401, 403). Trying again does not help: somebody must mend the key."""


class NotFound(ClientError):  # noqa: N818
    """What was asked for does not exist (404)."""


class Refused(ClientError):  # noqa: N818
    """The request was understood and refused (409, 422, 501). Read the state again before anything else is tried."""


class Invalid(ClientError):  # noqa: N818
    """The request or the answer makes no sense (other 4xx, not JSON, another shape). A defect or the wrong address."""
