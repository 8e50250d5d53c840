"""The models beyond what the schema walks: messages of rules, reserved settings, quantities, reports."""

from decimal import Decimal

import pytest

from tests.unit.api.specimens import FULL_PIPELINE, FULL_TIER
from tests.unit.children.tiers import tier
from vectortier.api.cel import Rule, message_expression
from vectortier.api.ingestpipeline import IngestPipelineSpec, IngestPipelineStatus
from vectortier.api.quantity import parse_quantity
from vectortier.api.status import DecisionStatus, VectorTierStatus
from vectortier.api.vectortier import VectorTierSpec
from vectortier.api.weaviate import is_reserved
from vectortier.children.weaviate_env import build_environment


def test_a_message_shows_the_values_that_were_given() -> None:
    assert (
        message_expression("at least 1 % of {self.max} 'cores'")
        == """"at least 1 %% of %s 'cores'".format([self.max])"""
    )


def test_a_message_without_values_stays_text() -> None:
    assert Rule("true", "must be set", path=".url").to_schema() == {
        "rule": "true",
        "message": "must be set",
        "fieldPath": ".url",
    }


@pytest.mark.parametrize("name", ["CLUSTER_HOSTNAME", "RAFT_JOIN", "PERSISTENCE_DATA_PATH", "GRPC_PORT"])
def test_settings_that_the_operator_computes_are_reserved(name: str) -> None:
    assert is_reserved(name)


def test_repair_between_copies_cannot_be_switched_off() -> None:
    """A copy that lacks something would do so for ever, and the node of the whole one could never go."""
    assert is_reserved("ASYNC_REPLICATION_DISABLED")


def test_whatever_the_operator_does_not_let_a_user_change_is_reserved() -> None:
    """Otherwise a setting would be accepted and then ignored without a word."""
    ours = {variable["name"] for variable in build_environment(tier())}
    settings = [{"name": name, "value": "theirs"} for name in sorted(ours)]
    theirs = build_environment(tier({"weaviate": {"env": settings}}))
    kept = {variable["name"] for variable in theirs if variable.get("value") != "theirs"}

    assert kept
    assert {name for name in ours if not is_reserved(name)} & kept == set()


@pytest.mark.parametrize("name", ["QUERY_DEFAULTS_LIMIT", "PERSISTENCE_HNSW_MAX_LOG_SIZE", "GRPC_MAX_MESSAGE_SIZE"])
def test_settings_that_are_tuned_are_not(name: str) -> None:
    assert not is_reserved(name)


@pytest.mark.parametrize(
    ("text", "amount"),
    [("300m", "0.3"), ("2", "2"), ("1.5Gi", "1610612736"), ("10k", "10000"), ("0", "0"), ("1Ei", str(2**60))],
)
def test_quantities_are_read_as_kubernetes_reads_them(text: str, amount: str) -> None:
    assert parse_quantity(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["", "Gi", "1mi", "ten", "1.", "0.5 Gi", "-1", "1e3"])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        parse_quantity(text)


def test_the_models_keep_every_field_of_the_schema() -> None:
    """A field that only the schema knew would be accepted and then ignored."""
    spec = VectorTierSpec.model_validate(FULL_TIER["spec"])
    pipeline = IngestPipelineSpec.model_validate(FULL_PIPELINE["spec"])

    assert spec.model_dump(mode="json", by_alias=True) == FULL_TIER["spec"]
    assert pipeline.model_dump(mode="json", by_alias=True, exclude_none=True) == FULL_PIPELINE["spec"]


def test_a_status_is_read_back_as_it_was_written() -> None:
    tier_status = VectorTierStatus.model_validate(FULL_TIER["status"])
    pipeline_status = IngestPipelineStatus.model_validate(FULL_PIPELINE["status"])

    assert tier_status.model_dump(mode="json", by_alias=True) == FULL_TIER["status"]
    assert pipeline_status.model_dump(mode="json", by_alias=True) == FULL_PIPELINE["status"]


def test_fields_of_a_newer_version_are_ignored() -> None:
    assert VectorTierSpec.model_validate({**FULL_TIER["spec"], "novelty": 1}) == VectorTierSpec.model_validate(
        FULL_TIER["spec"]
    )


def test_a_long_reason_in_a_report_is_cut() -> None:
    decision = DecisionStatus(time="t", action="Hold", reason="r", message="x" * 5000, nodes=1, copies=1)

    assert len(decision.message) == 1024
