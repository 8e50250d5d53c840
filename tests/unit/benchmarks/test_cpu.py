"""CPU that a container used is read from either version of cgroups."""

from __future__ import annotations

import os

import pytest

from tests.benchmarks.cpu import Cpu, busy_seconds, groups_of


@pytest.mark.parametrize(
    ("text", "controller"), [("3:cpu,cpuacct:/pod/a\n1:name=systemd:/x\n", "cpu"), ("0::/pod/a\n", "")]
)
def test_the_group_is_found_by_its_controller(text: str, controller: str) -> None:
    assert groups_of(text)[controller] == "/pod/a"


def test_usage_is_a_difference_and_no_period_is_no_throttling() -> None:
    before = Cpu(seconds=10.0, periods=100, throttled=10)
    assert Cpu(12.5, 200, 35).since(before) == (2.5, 0.25)
    assert before.since(before) == (0.0, 0.0)


def test_a_machine_is_busy_when_it_does_not_wait() -> None:
    ticks = os.sysconf("SC_CLK_TCK")
    line = " ".join(str(ticks * seconds) for seconds in (1, 2, 4, 1000, 2000, 8, 16, 32, 64, 128))
    assert busy_seconds(f"cpu  {line}\ncpu0 {line}\n") == 1 + 2 + 4 + 8 + 16 + 32
