"""Decisions that are kept whole: they fit, they can be read back, and they come out the same again."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest

from tests import yamlfiles
from tests.unit.decide import builders as b
from vectortier.api.vectortier import VectorTierSpec
from vectortier.decide.tier import decide
from vectortier.model.learned import Learned
from vectortier.model.observation import Observation
from vectortier.model.weaviate import Shard
from vectortier.report.kept import MOST_BYTES, Kept, UnreadableError, build_kept, decode_kept, with_kept
from vectortier.report.recompute import why_not_the_same
from vectortier.report.record import learned_hash

SCENARIOS = sorted(path.parent for path in (Path(__file__).parents[2] / "scenarios").glob("*/observed.yaml"))


def kept(later: float = 0.0, shards: int = 1) -> Kept:
    """A decision about a tier that misses its SLO; the names of shards do not compress."""
    drawn = random.Random(later)
    names = tuple(Shard(name=drawn.randbytes(20).hex(), replicas=(b.node(0),)) for _ in range(shards))
    held = b.collection().model_copy(update={"shards": names})
    seen = b.observation(load=b.load(0.1), now=b.NOW + later, database=b.database(1, (held,)))
    return build_kept(b.spec(), seen, decide(b.spec(), seen, seen.now))


def filled(count: int, shards: int = 1) -> dict[str, str]:
    data: dict[str, str] = {}
    for number in range(count):
        data = with_kept(data, kept(15.0 * number, shards))
    return data


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
def test_every_scenario_is_read_back_and_comes_out_the_same(folder: Path) -> None:
    spec = VectorTierSpec.model_validate(yamlfiles.load((folder / "tier.yaml").read_text())["spec"])
    observed = Observation.model_validate(yamlfiles.load((folder / "observed.yaml").read_text()))
    made = build_kept(spec, observed, decide(spec, observed, observed.now))
    [read] = decode_kept(with_kept({}, made))
    assert VectorTierSpec.model_validate(read.spec) == spec
    # As text: what is not a number does not equal itself.
    assert repr(Observation.model_validate(read.observation)) == repr(observed)
    assert why_not_the_same(read) is None


def test_the_last_ten_are_kept_the_newest_first() -> None:
    read = decode_kept(filled(14))
    assert [one.at - b.NOW for one in read] == [15.0 * number for number in range(13, 3, -1)]


def test_the_oldest_go_when_there_is_no_room() -> None:
    data = filled(10, shards=800)
    assert sum(map(len, data.values())) <= MOST_BYTES
    read = decode_kept(data)
    assert 2 <= len(read) < 10
    assert read[0].at == b.NOW + 135.0
    assert all(one.whole for one in read)


def test_one_that_is_too_long_is_kept_as_its_record() -> None:
    data = with_kept(filled(2), kept(60.0, shards=9000))
    assert sum(map(len, data.values())) <= MOST_BYTES
    read = decode_kept(data)
    assert [one.whole for one in read] == [False, True, True]
    assert read[0].record["message"]


@pytest.mark.parametrize(
    ("part", "path", "value", "said"),
    [
        ("record", ("nodes",), 7, "record.nodes was 7, and is now 2"),
        ("record", ("verdicts", 0, "message"), "x", r"record.verdicts\[0\].message was 'x', and is now"),
        ("plan", ("copies",), 3, "plan.copies was 3, and is now 2"),
        ("spec", ("copies", "max"), 1, "plan.action was .*, and is now None"),
        ("observation", ("now",), b.NOW + 1, "plan.id was .*, and is now"),
        ("observation", ("learned", "version"), 9, "it was kept by another version: learned.version"),
    ],
)
def test_what_was_tampered_with_is_found(part: str, path: tuple[Any, ...], value: Any, said: str) -> None:
    made = kept()
    changed = json.loads(json.dumps(getattr(made, part)))
    place = changed
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    parts = {name: getattr(made, name) for name in ("at", "record", "spec", "observation", "plan")}
    why = why_not_the_same(Kept(**{**parts, part: changed}))
    assert why is not None
    assert re.search(said, why), why


@pytest.mark.parametrize("text", ["", "[]", '{"at": 1}', '{"at": 1, "record": {}, "spec": "!"}'])
def test_an_entry_that_cannot_be_read_is_named_and_goes_first(text: str) -> None:
    data = {**filled(9), "decision-broken.json": text}
    with pytest.raises(UnreadableError, match="decision-broken cannot be read: "):
        decode_kept(data)
    room = with_kept({**data, **with_kept({}, kept(900.0))}, kept(1000.0))
    assert len(room) == 10
    assert "decision-broken.json" not in room


def test_the_hash_names_what_was_learned() -> None:
    assert learned_hash(Learned()) == learned_hash(Learned(at=0.0))
    assert learned_hash(Learned()) != learned_hash(Learned(at=1.0))
    assert re.fullmatch("[0-9a-f]{16}", learned_hash(Learned()))
