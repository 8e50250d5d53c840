"""The status of an IngestPipeline, of which nothing is done yet: it says so."""

from vectortier.api.conditions import ConditionType
from vectortier.api.ingestpipeline import IngestPipelineStatus
from vectortier.api.reasons import Reason
from vectortier.report.conditions import with_times
from vectortier.report.readiness import finding


def build_ingest_status(generation: int, previous: IngestPipelineStatus, now: float) -> IngestPipelineStatus:
    """Ready=False, NotImplemented. The same as the previous one unless the spec has changed."""
    text = "this version of the operator accepts an IngestPipeline and does not run it yet"
    found = [finding(ConditionType.READY, False, Reason.NOT_IMPLEMENTED, text)]
    conditions = with_times(found, previous.conditions, generation, now)
    return previous.model_copy(update={"observed_generation": generation, "conditions": conditions})
