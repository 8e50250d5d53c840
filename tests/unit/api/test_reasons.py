"""Reasons are words that can be looked up."""

import re

import pytest

from vectortier.api.conditions import Condition, ConditionStatus, ConditionType
from vectortier.api.reasons import Reason


@pytest.mark.parametrize("reason", list(Reason))
def test_a_reason_is_one_word_with_a_meaning_and_a_remedy(reason: Reason) -> None:
    assert re.fullmatch("[A-Z][A-Za-z]+", reason)
    assert reason.meaning.endswith(".")
    assert reason.remedy.endswith(".")
    assert reason.name.replace("_", "").lower() == reason.value.lower()


def test_a_reason_reads_as_its_name() -> None:
    assert Reason("NodeDead") is Reason.NODE_DEAD
    assert f"{Reason.NODE_DEAD}" == "NodeDead"


def test_a_condition_carries_a_reason_and_reads_as_words() -> None:
    condition = Condition(type=ConditionType.READY, status=ConditionStatus.TRUE, reason=Reason.AS_EXPECTED)

    assert condition.model_dump(mode="json", by_alias=True, include={"type", "status", "reason"}) == {
        "type": "Ready",
        "status": "True",
        "reason": "AsExpected",
    }


def test_a_message_that_quotes_a_long_error_is_cut_to_what_can_be_stored() -> None:
    condition = Condition(type="Ready", status=ConditionStatus.FALSE, reason="OperationFailed", message="x" * 10000)

    assert len(condition.message) == 4096
    assert condition.message.endswith("x…")
