"""What `copycost` tries, and in which order: the order must not be what decides. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.stage import small_spec

WAYS = ("naive", "copied", "warm")


@dataclass(frozen=True)
class Setting:
    """How Weaviate's pods are set up: what it reads from its environment, and its CPU limit."""

    name: str
    workers: int = 10
    chunk_kibibytes: int = 1024
    cpu: str = "300m"

    def spec(self) -> dict[str, Any]:
        """The tier. It starts with one node and is scaled by hand: the operator only observes."""
        spec = small_spec(mode="Observe", nodes={"min": 1, "max": 3})
        spec["weaviate"]["resources"]["limits"]["cpu"] = self.cpu
        spec["weaviate"]["env"] = [
            {"name": "REPLICATION_ENGINE_FILE_COPY_WORKERS", "value": str(self.workers)},
            {"name": "REPLICATION_ENGINE_FILE_COPY_CHUNK_SIZE", "value": str(self.chunk_kibibytes * 1024)},
        ]
        return spec


SETTINGS = {
    one.name: one
    for one in (
        Setting("defaults"),
        Setting("1-worker", workers=1),
        Setting("64KiB-chunks", chunk_kibibytes=64),
        Setting("1-worker-64KiB", workers=1, chunk_kibibytes=64),
        Setting("more-cpu", cpu="900m"),
    )
}
DEFAULT_RUNS = ("defaults:naive", "defaults:copied", *(f"{name}:warm" for name in SETTINGS))


def parse(runs: Sequence[str]) -> dict[Setting, list[str]]:
    """The ways to try with each setting, from SETTING:WAY. Raises ValueError with what may be written instead."""
    chosen: dict[Setting, list[str]] = {}
    for run in runs:
        name, _, way = run.partition(":")
        if name not in SETTINGS or way not in WAYS:
            raise ValueError(f"{run!r} is not SETTING:WAY with a setting of {', '.join(SETTINGS)} and a way of {WAYS}")
        chosen.setdefault(SETTINGS[name], []).append(way)
    return chosen


def rounds(chosen: dict[Setting, list[str]], repetitions: int, seed: int) -> Iterator[tuple[int, Setting, list[str]]]:
    """Every setting once per round, with the round's number (1, 2, …) and its ways, in an order drawn anew each round.

    What a run inherits from those before it (flushes, caches, the machine's mood) then falls on every setting alike.
    """
    order = random.Random(seed)
    for number in range(1, repetitions + 1):
        for setting in order.sample(list(chosen), len(chosen)):
            yield number, setting, order.sample(chosen[setting], len(chosen[setting]))
