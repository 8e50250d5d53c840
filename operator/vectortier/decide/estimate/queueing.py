"""How likely it is to find every server busy: Erlang's C formula."""


def waiting_share(servers: int, utilisation: float) -> float:
    """The share of requests (0..1) that wait at a station of `servers`, each busy for that share (below 1) of its
    time, when requests come independently of each other."""
    offered, blocked = servers * utilisation, 1.0
    for server in range(1, servers + 1):
        blocked = offered * blocked / (server + offered * blocked)
    return blocked / (1.0 - utilisation * (1.0 - blocked))
