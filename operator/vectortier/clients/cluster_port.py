"""The port through which Weaviate's nodes talk to each other: the one place where raft is told to forget a node."""

import base64
from collections.abc import Callable, Mapping

from vectortier.clients.errors import Refused, Unreachable
from vectortier.clients.http import Deadlines, JsonHttp, Request

_DEADLINES = Deadlines(read=30.0, total=30.0)
"""One raft entry for each shard that names the node is written before the answer."""


class ClusterPort:
    """The cluster ports of some nodes, by name and base URL. Every call raises ClientError."""

    def __init__(
        self,
        nodes: Mapping[str, str],
        credentials: tuple[str, str] | None = None,
        deadlines: Deadlines = _DEADLINES,
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        self._nodes = dict(nodes)
        self._may_write = may_write
        self._http = JsonHttp(_basic(credentials) if credentials is not None else None, deadlines)

    def close(self) -> None:
        """Closes the connections that are not in use."""
        self._http.close()

    def remove(self, node: str) -> None:
        """Has raft forget a node; one that it does not know is no error.

        Every shard that names the node is given to another one, which has nothing of it: look first. Sent once, to the
        first of the nodes. Raises Unauthorized for a wrong password.
        """
        if not self._nodes:
            raise Unreachable(f"remove {node} from raft: no address to ask")
        if not self._may_write():
            raise Refused(f"remove {node} from raft: not tried, since this process does not lead")
        server = next(iter(self._nodes.values()))
        self._http.send(server, Request("POST", "/v1/cluster/remove", body={"node": node}))


def _basic(credentials: tuple[str, str]) -> dict[str, str]:
    text = base64.b64encode(":".join(credentials).encode()).decode()
    return {"Authorization": f"Basic {text}"}
