"""Who may talk to the API server: one token for each component, and kubeconfig files that carry them."""

from __future__ import annotations

import base64
import csv
import io
import json
import secrets
from pathlib import Path

from tests.cluster.components.certificates import write_private

# user → groups, as Kubernetes' own default roles expect them.
ADMIN = "vectortier-admin"
NODE_NAME = "node-1"
USERS: dict[str, tuple[str, ...]] = {
    ADMIN: ("system:masters",),
    "system:kube-controller-manager": (),
    "system:kube-scheduler": (),
    "system:kube-proxy": (),
    f"system:node:{NODE_NAME}": ("system:nodes",),
    "vectortier-targets": (),
}
_FILES = {
    ADMIN: "kubeconfig",
    "system:kube-controller-manager": "controller-manager.kubeconfig",
    "system:kube-scheduler": "scheduler.kubeconfig",
    "system:kube-proxy": "proxy.kubeconfig",
    f"system:node:{NODE_NAME}": "node.kubeconfig",
    "vectortier-targets": "targets.kubeconfig",
}


def write_credentials(folder: Path, server: str, authority: Path) -> Path:
    """Writes tokens.csv and a kubeconfig for each user into `folder`, and says where the tokens are."""
    rows = io.StringIO()
    writer = csv.writer(rows)
    for user, groups in USERS.items():
        token = secrets.token_urlsafe(32)
        writer.writerow([token, user, user, ",".join(groups)])
        write_private(folder / _FILES[user], kubeconfig(server, authority, user, token).encode())
    tokens = folder / "tokens.csv"
    write_private(tokens, rows.getvalue().encode())
    return tokens


def kubeconfig(server: str, authority: Path, user: str, token: str) -> str:
    """A kubeconfig with the authority inside, so that the file can be copied elsewhere. JSON is YAML."""
    certificate = base64.b64encode(authority.read_bytes()).decode()
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "vectortier", "cluster": {"server": server, "certificate-authority-data": certificate}}],
        "users": [{"name": user, "user": {"token": token}}],
        "contexts": [{"name": "vectortier", "context": {"cluster": "vectortier", "user": user}}],
        "current-context": "vectortier",
    }
    return json.dumps(document, indent=2) + "\n"
