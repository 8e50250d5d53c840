"""What is kept beside the tier: learned parameters, decisions that can be made again, and a recording of all looks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.integration.faults.loop import Life
from tests.integration.rig import TIER, Rig, await_so
from tests.integration.runtime.test_scale_out import scaled_out
from vectortier import reconcile as loop
from vectortier.act.learned import learned_text
from vectortier.cli import main
from vectortier.clients import kubernetes_kinds as kinds
from vectortier.clients.kubernetes import Object
from vectortier.model.learned import Learned
from vectortier.observe.learned import LEARNED


def cli(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def where(rig: Rig) -> tuple[str, ...]:
    return ("-n", rig.namespace, "--kubeconfig", str(rig.kubeconfig))


def config_map(rig: Rig, name: str) -> Object:
    return rig.admin.get(kinds.CONFIG_MAP, rig.namespace, f"{TIER}-{name}")


def put_learned(rig: Rig, learned: str) -> None:
    """What an earlier process has learned, as it would have written it."""
    owner = {"apiVersion": "vectortier.dev/v1alpha1", "kind": "VectorTier", "name": TIER}
    rig.admin.create(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": f"{TIER}-model",
                "namespace": rig.namespace,
                "labels": {"vectortier.dev/tier": TIER},
                "ownerReferences": [{**owner, "uid": rig.tier()["metadata"]["uid"], "controller": True}],
            },
            "data": {LEARNED: learned},
        }
    )


def recorded(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.plan.yaml"))


def test_every_recorded_look_of_a_run_comes_out_again(rig: Rig, tmp_path: Path) -> None:
    directory = tmp_path / "recorded"
    operator = rig.operator(f"--record={directory}").await_ready()
    rig.start_tier()
    await_so("SLOMet", lambda: rig.condition("SLOMet").get("status") == "True", 60)
    rig.break_slo()
    await_so("the scale-out has ended", lambda: scaled_out(rig), 120)
    assert operator.terminate() == 0
    folder = directory / rig.namespace / TIER
    assert len(recorded(folder)) > 15

    done = cli("explain", "--recording", str(directory), "--verify")
    assert done.exit_code == 0, done.output
    looks = len(recorded(folder))
    assert done.output.splitlines()[-1] == f"{looks} of {looks} decisions come out the same."

    live = cli("explain", TIER, *where(rig), "--verify")
    assert live.exit_code == 0, live.output
    status = rig.tier()["status"]["decisions"]
    assert [line.split()[1] for line in live.output.splitlines()[:-1]] == [f"{one['id']}:" for one in status]

    begun = next(one for one in status if one["action"] == "ScaleOut")
    assert begun["predicted"]["bytes"] > 0
    at = cli("explain", TIER, *where(rig), "--at", begun["time"])
    assert at.output.startswith("ScaleOut begins: "), at.output
    assert begun["id"] in at.output
    early = cli("explain", TIER, *where(rig), "--at", "1")
    assert early.exit_code == 1
    assert f"which is of {status[-1]['time']}" in early.output

    tampered = config_map(rig, "decisions")
    entry = json.loads(tampered["data"][f"{begun['id']}.json"])
    entry["record"]["nodes"] = 7
    tampered["data"][f"{begun['id']}.json"] = json.dumps(entry)
    rig.admin.replace(tampered)
    caught = cli("explain", TIER, *where(rig), "--verify")
    assert caught.exit_code == 1
    assert f"{begun['id']}: record.nodes was 7, and is now 2" in caught.output
    assert caught.output.count(": the same\n") == len(status) - 1


@pytest.fixture
def life(rig: Rig) -> Any:
    made: list[Life] = []

    def begin(epoch: int) -> Life:
        made.append(Life(rig, epoch))
        return made[-1]

    rig.apply_tier()
    yield begin
    for one in made:
        one.end()


def test_what_was_learned_survives_the_process(rig: Rig, life: Any) -> None:
    known = Learned(at=1.7e9)
    put_learned(rig, learned_text(known))
    for epoch in (1, 2):
        looked = life(epoch).look()
        assert looked is not None
        assert looked.observed.learned == known
    model = config_map(rig, "model")
    assert model["data"] == {LEARNED: learned_text(known)}, "nothing new was learned"


def test_what_was_learned_is_written_when_it_has_moved_on(rig: Rig, life: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    decide, seconds = loop.decide, [1.7e9]

    def learning(spec: Any, observed: Any, now: float) -> Any:
        learned = Learned(at=seconds[0])
        return decide(spec, observed, now).model_copy(update={"learned": learned})

    monkeypatch.setattr(loop, "decide", learning)
    first = life(1)

    def kept() -> float:
        return float(json.loads(config_map(rig, "model")["data"][LEARNED])["at"])

    first.look()
    assert kept() == 1.7e9
    metadata = config_map(rig, "model")["metadata"]
    journal = {"vectortier.dev/tier": TIER, "app.kubernetes.io/managed-by": "vectortier"}
    assert journal.items() <= metadata["labels"].items()
    assert metadata["ownerReferences"][0]["uid"] == rig.tier()["metadata"]["uid"]
    seconds[0] += 599
    looked = first.look()
    assert looked is not None
    assert looked.observed.learned.at == 1.7e9
    assert kept() == 1.7e9, "not yet"
    looked = first.look()
    assert looked is not None
    assert looked.observed.learned.at == 1.7e9 + 599, "kept in memory from look to look"
    seconds[0] += 1
    first.look()
    assert kept() == seconds[0]


@pytest.mark.parametrize("text", ['{"version": 2}', "{", '{"at": "soon"}', "[]"])
def test_what_cannot_be_read_is_told_and_begun_anew(
    rig: Rig, life: Any, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    put_learned(rig, text)
    looked = life(1).look()
    assert looked is not None
    assert looked.observed.learned == Learned()
    assert f"ConfigMap {TIER}-model does not hold learned parameters" in caplog.text
    assert config_map(rig, "model")["data"][LEARNED] == text
