"""An IngestPipeline is accepted and reported as not implemented; nothing else happens to it yet."""

from pydantic import ValidationError

from vectortier.act.status import write_status
from vectortier.api.ingestpipeline import IngestPipelineStatus
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.ports import Ports
from vectortier.report.ingest import build_ingest_status


async def report_pipeline(namespace: str, name: str, ports: Ports) -> float | None:
    """Look at the pipeline once. Always None: only an event is a reason to look again."""
    if not ports.leading():
        return None
    raw = await ports.call(ports.kubernetes.find, kinds.INGEST_PIPELINE, namespace, name)
    if raw is None or "deletionTimestamp" in raw["metadata"]:
        return None
    try:
        previous = IngestPipelineStatus.model_validate(raw.get("status") or {})
    except ValidationError:
        previous = IngestPipelineStatus()
    status = build_ingest_status(raw["metadata"]["generation"], previous, ports.clock())
    await ports.call(write_status, ports.kubernetes, raw, previous, status)
    return None
