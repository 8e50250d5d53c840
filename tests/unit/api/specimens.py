"""Valid objects: the smallest ones, and ones that together have every field of the schema."""

from typing import Any

from vectortier.api import API_VERSION

TIME = "2026-01-01T00:00:00Z"
_CONDITION = {
    "type": "Ready",
    "status": "True",
    "reason": "AsExpected",
    "message": "all is well",
    "observedGeneration": 1,
    "lastTransitionTime": TIME,
}


def _amounts() -> dict[str, Any]:
    """New each time: a case that breaks one of them must not break another one with it."""
    return {"requests": {"cpu": "300m", "memory": "512Mi"}, "limits": {"cpu": "2", "memory": "8Gi"}}


def _object(kind: str, name: str, **parts: Any) -> dict[str, Any]:
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, **parts}


SMALL_TIER = _object("VectorTier", "tickets", spec={"slo": {"search": {"p99Milliseconds": 250}}})

FULL_TIER = _object(
    "VectorTier",
    "tickets",
    spec={
        "temperature": "Hot",
        "mode": "Auto",
        "weaviate": {
            "version": "1.39.3",
            "image": "semitechnologies/weaviate",
            "raftVoters": 1,
            "resources": _amounts(),
            "storage": {"size": "10Gi", "storageClassName": "fast"},
            "env": [{"name": "QUERY_DEFAULTS_LIMIT", "value": "25"}],
            "keysSecretRef": {"name": "our-keys"},
            "nodeSelector": {"disk": "ssd"},
            "tolerations": [{"key": "dedicated", "operator": "Equal", "value": "search", "effect": "NoSchedule"}],
            "priorityClassName": "high",
        },
        "nodes": {"min": 2, "max": 6},
        "copies": {"min": 2, "max": 6},
        "slo": {"search": {"p99Milliseconds": 250, "minRequests": 300, "budgetDays": 28}},
        "damping": {
            "windows": {"shortSeconds": 60, "longSeconds": 300},
            "scaleOut": {"stabilizationWindowSeconds": 60, "cooldownSeconds": 300},
            "scaleIn": {"stabilizationWindowSeconds": 1800, "keepVolumesSeconds": 604800},
            "maxConcurrentMoves": 1,
        },
        "rotation": {
            "to": {"name": "tickets-cold"},
            "rules": [
                {"collection": "Ticket", "dateProperty": "createdAt", "olderThanDays": 90, "maxQueriesPerDay": 0}
            ],
        },
        "tenancy": {
            "keysSecretRef": {"name": "tenant-keys"},
            "classes": [
                {
                    "name": "gold",
                    "tenants": ["acme"],
                    "queriesPerSecond": {"soft": 50, "hard": 100},
                    "objects": {"soft": 1000, "hard": 2000},
                }
            ],
        },
        "gateway": {
            "replicas": 2,
            "image": "envoyproxy/envoy:v1.40.0",
            "resources": _amounts(),
            "authentication": "Passthrough",
        },
        "rebalance": {
            "approval": "Manual",
            "maintenanceWindows": [{"days": ["Saturday", "Sunday"], "start": "22:00", "minutes": 240}],
            "bytesPerHour": 500000000000,
        },
        "deletionPolicy": "Retain",
    },
    status={
        "observedGeneration": 1,
        "nodes": 1,
        "readyNodes": 1,
        "servingNodes": 1,
        "copies": 1,
        "endpoint": "http://tickets.default:8080",
        "weaviateVersion": "1.39.3",
        "search": {
            "requests": 1000,
            "badRequests": 1,
            "windowSeconds": 300,
            "ageSeconds": 5,
            "p50Milliseconds": 3,
            "p99Milliseconds": 9,
        },
        "operation": {
            "id": "op-1",
            "kind": "ScaleOut",
            "step": 1,
            "steps": 3,
            "stepName": "CopyShard",
            "message": "copying",
            "startedAt": TIME,
            "bytesTotal": 10,
            "bytesMoved": 5,
            "etaSeconds": 60,
        },
        "proposal": {
            "hash": "3f2a9c1b04",
            "kind": "ScaleOut",
            "message": "add a node",
            "nodes": 2,
            "copies": 2,
            "steps": 6,
            "shards": 1,
            "predicted": {"bytes": 10, "seconds": 5, "p99Milliseconds": 9},
        },
        "decisions": [
            {
                "id": "decision-3f2a9c1b04",
                "time": TIME,
                "action": "ScaleOut",
                "reason": "ScaleOutNeeded",
                "message": "fine",
                "nodes": 1,
                "copies": 1,
                "predicted": {"bytes": 6100000000, "seconds": 165, "p99Milliseconds": 310},
                "learnedHash": "0123456789abcdef",
            }
        ],
        "conditions": [_CONDITION],
    },
)

SMALL_PIPELINE = _object(
    "IngestPipeline",
    "documents",
    spec={
        "tierRef": {"name": "tickets"},
        "collection": "Ticket",
        "text": {"properties": ["title"]},
        "embedding": {"model": "small", "dimensions": 384, "endpoints": [{"url": "https://embed.example.com"}]},
    },
)

FULL_PIPELINE = _object(
    "IngestPipeline",
    "documents",
    spec={
        "tierRef": {"name": "tickets"},
        "collection": "Ticket",
        "text": {"properties": ["title", "body"], "chunk": {"maxTokens": 512, "overlapTokens": 64}},
        "namedVector": "body_vector",
        "idProperty": "ticketId",
        "queue": {"url": "nats://nats.queue:4222", "credentialsSecretRef": {"name": "nats"}},
        "embedding": {
            "model": "small",
            "revision": "main",
            "dimensions": 384,
            "endpoints": [
                {
                    "url": "https://embed.example.com",
                    "apiKeySecretRef": {"name": "provider", "key": "api-key"},
                    "limits": {"requestsPerMinute": 3000, "tokensPerMinute": 1000000, "maxBatchItems": 64},
                }
            ],
        },
        "workers": {"min": 1, "max": 10, "targetLagSeconds": 30, "scaling": "External", "replicas": 1},
    },
    status={"observedGeneration": 1, "replicas": 1, "selector": "app=worker", "conditions": [_CONDITION]},
)

MANAGED_PIPELINE = {**SMALL_PIPELINE, "spec": {**SMALL_PIPELINE["spec"], "queue": {"managed": {"replicas": 1}}}}

# The first one that has the place which is to be broken is broken.
SPECIMENS = {
    "VectorTier": (FULL_TIER, SMALL_TIER),
    "IngestPipeline": (FULL_PIPELINE, MANAGED_PIPELINE),
}
