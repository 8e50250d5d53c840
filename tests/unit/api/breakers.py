"""For every CEL rule of a schema, wherever it occurs, an object that breaks it.

`BREAKERS` says how each rule is broken: a merge patch for the object (or the value) that the rule is about. A rule
without an entry fails the test that walks the schema, so a new rule cannot go untested.
"""

from collections.abc import Iterator
from typing import Any

from tests.unit.api.paths import Path, dotted, has, merged, value_at, with_value
from tests.unit.api.violations import Violation, walk
from vectortier.api.cel import VALIDATIONS, JsonSchema
from vectortier.api.field_docs import rule_text

# By how the rule's message begins, with its values as ellipses.
BREAKERS: dict[str, Any] = {
    "metadata.name is '…' with": {"metadata": {"name": "a" * 41}},
    "metadata.name is '…', but must start": {"metadata": {"name": "1st.of-its-kind"}},
    "spec.rotation.to.name is": {"spec": {"rotation": {"to": {"name": "tickets"}}}},
    "nodes.min is": {"weaviate": {"raftVoters": 3}},
    "copies.min is": {"copies": {"min": 3}},
    "copies.max is": {"nodes": {"max": 5}},
    "rotation is set": {"temperature": "Cold"},
    "gateway.authentication is": {"gateway": {"authentication": "APIKeys"}, "tenancy": {"keysSecretRef": None}},
    "tenancy.keysSecretRef.name is": {"tenancy": {"keysSecretRef": {"name": "our-keys"}}},
    "temperature is": "Cold",
    "raftVoters is": 3,
    "storage.size is": {"size": "64Mi"},
    "storage.storageClassName is": {"storageClassName": None},
    "image is '…', but must be without": "registry.example.com:5000/weaviate:1.39.3",
    "image is '…', but must end": "registry.example.com:5000/envoy",
    "requests.cpu is": {"requests": {"cpu": "2001m"}},
    "requests.memory is": {"requests": {"memory": "8193Mi"}},
    "cpu is '…', but must be between": "1001",
    "cpu is '…', but must be whole": "1.5m",
    "memory is": "512m",
    "size is": "10M",
    "name is": "RAFT_JOIN",
    "value is": {"operator": "Exists"},
    "operator is": {"key": None},
    "nodeSelector has a label key that is too long": {"a" * 318: "b"},
    "nodeSelector has the keys": {"-disk": "ssd"},
    "min is": {"min": 7, "max": 6},
    "p99Milliseconds is": 255,
    "longSeconds is": {"longSeconds": 60},
    "scaleIn.stabilizationWindowSeconds is": {"scaleIn": {"stabilizationWindowSeconds": 60}, "scaleOut": {
        "stabilizationWindowSeconds": 61}},
    "soft is": {"soft": 2001},
    "overlapTokens is": {"overlapTokens": 512},
    "properties is": ["title", "body", "title"],
    "text.chunk.maxTokens is": {"text": {"chunk": {"maxTokens": 1001}}, "embedding": {"endpoints": [
        {"url": "https://embed.example.com", "limits": {"tokensPerMinute": 1000}}]}},
    "url is '…' and managed": {"managed": {}},
    "managed and url are both absent": {"managed": None, "url": None, "credentialsSecretRef": None},
    "credentialsSecretRef.name is": {"url": None, "managed": {}},
    "url must not contain credentials": "https://user:secret@embed.example.com",
    "replicas is …, but must be absent": {"scaling": "Internal"},
    "replicas is absent": {"replicas": None},
}  # fmt: skip
# The scheme that a url has to have differs from place to place.
AT_PATH: dict[str, Any] = {"spec.queue.url": "nats://user:secret@nats.queue:4222"}


def breaker_of(message: str) -> str:
    """The entry for a message. Raises LookupError when there is none, or more than one."""
    found = [start for start in BREAKERS if message.startswith(start)]
    if len(found) != 1:
        raise LookupError(f"{len(found)} entries of BREAKERS fit the rule that says: {message}")
    return found[0]


def broken_rules(kind: str, schema: JsonSchema, specimens: tuple[dict[str, Any], ...]) -> Iterator[Violation]:
    """A violation of every rule at every place; for a transition the specimen is what was there before."""
    for path, field in walk(schema):
        for rule in field.get(VALIDATIONS, []):
            message = rule_text(rule)
            whole = next(specimen for specimen in specimens if has(specimen, path))
            broken = _broken(whole, path, BREAKERS[breaker_of(message)])
            bound = "transition" if "oldSelf" in rule["rule"] else "rule"
            pointed_at = dotted(path) + rule.get("fieldPath", "") if path else rule["fieldPath"][1:]
            yield Violation(kind, path, f"{bound}-{message[:40]}", broken, (pointed_at, *_said(message)))


def _broken(whole: dict[str, Any], path: Path, patch: Any) -> dict[str, Any]:
    patch = AT_PATH.get(dotted(path), patch)
    if not path:
        return dict(merged(whole, patch))
    return dict(with_value(whole, path, merged(value_at(whole, path), patch)))


def _said(message: str) -> list[str]:
    """The fixed parts of a message, which are in the refusal as they are."""
    return [part for part in message.split("…") if part]
