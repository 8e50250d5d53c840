"""The fake Weaviate's answers, in the shapes of the real one."""

from __future__ import annotations

import json
from typing import Any

from tests.fakes.weaviate_state import FakeCluster, FakeCollection, FakeMovement, FakeNode


def nodes(cluster: FakeCluster) -> dict[str, Any]:
    return {"nodes": [_node(cluster, n) for n in sorted(cluster.nodes.values(), key=lambda n: n.name) if n.member]}


def _node(cluster: FakeCluster, node: FakeNode) -> dict[str, Any]:
    if not node.running:
        return {"name": node.name, "status": "UNAVAILABLE"}
    if node.status in {"TIMEOUT", "UNAVAILABLE"}:
        return {"name": node.name, "status": node.status}
    shards: list[dict[str, Any]] = [
        {
            "asyncReplicationStatus": [],
            "class": collection.name,
            "compressed": False,
            "loaded": True,
            "name": shard,
            "numberOfReplicas": len(replicas),
            "objectCount": cluster.count(node.name, collection, shard),
            "replicationFactor": collection.factor,
            "vectorIndexingStatus": "READONLY" if shard in collection.read_only else "READY",
            "vectorQueueLength": 0,
        }
        for collection in cluster.collections.values()
        for shard, replicas in collection.replicas.items()
        if node.name in replicas and cluster.is_loaded(collection, shard)
    ]
    return {
        "batchStats": {"queueLength": 0, "ratePerSecond": 0},
        "name": node.name,
        "operationalMode": "ReadWrite",
        "shards": shards or None,
        "stats": {"objectCount": sum(s["objectCount"] for s in shards), "shardCount": len(shards)},
        "status": node.status,
        "version": node.version,
    }


def statistics(cluster: FakeCluster) -> dict[str, Any]:
    leader = cluster.leader
    configuration = [
        {"address": f"{n.name}:8300", "id": n.name, "suffrage": 0 if n.voter else 1}
        for n in cluster.nodes.values()
        if n.in_raft
    ]
    found = []
    for node in cluster.nodes.values():
        if not node.member:
            continue
        if not node.running:
            found.append({"name": node.name, "status": "UNAVAILABLE"})
            continue
        state = "Leader" if node.name == leader else "Follower"
        entry: dict[str, Any] = {
            "candidates": {},
            "dbLoaded": True,
            "leaderAddress": f"{leader}:8300" if leader else "",
            "leaderId": leader or "",
            "name": node.name,
            "open": True,
            "raft": {"latestConfiguration": configuration, "state": state, "term": "2"},
            "ready": leader is not None,
            "status": node.status,
        }
        if node.voter:
            entry |= {"isVoter": True, "bootstrapped": True}
        found.append(entry)
    return {"statistics": found, "synchronized": all(s["status"] == "HEALTHY" for s in found)}


def class_definition(collection: FakeCollection) -> dict[str, Any]:
    return {
        "class": collection.name,
        "invertedIndexConfig": {"bm25": {"b": 0.75, "k1": 1.2}, "cleanupIntervalSeconds": 60},
        "multiTenancyConfig": {
            "autoTenantActivation": False,
            "autoTenantCreation": False,
            "enabled": collection.multi_tenant,
        },
        "properties": [{"dataType": ["text"], "indexFilterable": True, "name": "title", "tokenization": "word"}],
        "replicationConfig": {
            "asyncEnabled": collection.factor > 1,
            "deletionStrategy": collection.deletion_strategy,
            "factor": collection.factor,
        },
        "vectorIndexType": "hnsw",
        "vectorizer": "none",
    }


def sharding_state(collection: FakeCollection) -> dict[str, Any]:
    shards = [{"replicas": list(replicas), "shard": shard} for shard, replicas in collection.replicas.items()]
    return {"shardingState": {"collection": collection.name, "shards": shards}}


def tenants(collection: FakeCollection) -> list[dict[str, Any]]:
    return [{"activityStatus": collection.tenants.get(name, "HOT"), "name": name} for name in collection.replicas]


def _error(message: str, at: float) -> dict[str, Any]:
    return {"message": message, "whenErroredUnixMs": int(at * 1000)}


def movement(found: FakeMovement) -> dict[str, Any]:
    status: dict[str, Any] = {"errors": [_error(*e) for e in found.errors], "state": found.state}
    if found.state_started is not None:
        status["whenStartedUnixMs"] = int(found.state_started * 1000)
    answer = {
        "collection": found.collection,
        "id": found.id,
        "shard": found.shard,
        "sourceNode": found.source,
        "status": status,
        "statusHistory": None,
        "targetNode": found.target,
        "type": found.kind,
        "whenStartedUnixMs": int(found.started * 1000),
    }
    if found.state in {"INTEGRATING", "READY"}:
        answer["uncancelable"] = True
    if found.scheduled_for_delete:
        answer |= {"scheduledForDelete": True, "scheduledForCancel": found.state not in {"READY", "CANCELLED"}}
    return answer


def errors(message: str) -> bytes:
    return json.dumps({"error": [{"message": message}]}).encode()
