"""Who decides, by the names of `vectortier simulate --policy`."""

OURS, HPA, OPTIMUM = "vectortier", "hpa-p99", "oracle"
TARGETS = range(45, 90, 5)
"""In per cent: of a pod's cores, or of the searches that a copy can take."""
FAMILIES = ("hpa-cpu", "keda-qps")
"""Policies that keep a fixed target, and are compared at the target that turns out to be best."""

POLICIES = (
    OURS,
    HPA,
    *(f"{family}={target}" for family in FAMILIES for target in TARGETS),
    "vespa",
    "lookahead",
    OPTIMUM,
)
"""In the order of the tables."""


def is_target(policy: str, family: str | None = None) -> bool:
    """Whether the policy keeps a fixed target (of the family, if that is given)."""
    name, _, _ = policy.partition("=")
    return name in FAMILIES and family in (None, name)
