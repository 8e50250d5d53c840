"""`explain` over recordings: which decision, and whether it comes out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.decide import builders as b
from vectortier.cli import main
from vectortier.decide.tier import decide
from vectortier.report.times import timestamp
from vectortier.runtime.record import Recorder


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """Well for a minute, then the SLO is missed."""
    recorder = Recorder(tmp_path, 100)
    for later, bad in ((0.25, 0.0), (30.25, 0.0), (60.25, 0.1)):
        seen = b.observation(load=b.load(bad), now=b.NOW + later)
        recorder.record(b.spec(), seen, decide(b.spec(), seen, seen.now))
    return tmp_path


def explain(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["explain", *map(str, arguments)])


def test_the_newest_decision_is_told_with_its_numbers_and_steps(recording: Path) -> None:
    done = explain("--recording", recording)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("ScaleOut begins: ")
    assert lines[0].endswith("(ScaleOutNeeded)")
    assert "Seen: 5000 searches in 300 s, 10.00% of them bad; the newest sample was 3 s old." in lines
    assert "  Propose scale_out: " in done.output
    assert "    1 AddNode" in done.output
    assert "What to do: " in done.output


@pytest.mark.parametrize(
    ("at", "later"),
    [
        (timestamp(b.NOW + 30), 30.25),
        (str(b.NOW + 59), 30.25),
        (timestamp(b.NOW + 60).removesuffix("Z"), 60.25),
        ("2099-01-01T00:00:00+02:00", 60.25),
        (timestamp(b.NOW), 0.25),
    ],
)
def test_at_finds_the_decision_that_was_in_force(recording: Path, at: str, later: float) -> None:
    done = explain("--recording", recording, "--at", at)
    assert f" of {timestamp(b.NOW + later)}, made with" in done.output, done.output


def test_at_before_the_oldest_names_the_oldest(recording: Path) -> None:
    done = explain("--recording", recording, "--at", b.NOW - 1)
    assert done.exit_code == 1
    assert f"before the oldest decision that is kept, which is of {timestamp(b.NOW)}" in done.output
    assert "'soon' is no time" in explain("--recording", recording, "--at", "soon").output


def test_verify_says_it_of_each_and_finds_what_was_changed(recording: Path) -> None:
    done = explain("--recording", recording, "--verify")
    assert done.exit_code == 0, done.output
    assert done.output.count(": the same\n") == 3
    plan = recording / "search" / "t" / f"{int((b.NOW + 30.25) * 1000)}.plan.yaml"
    plan.write_text(plan.read_text().replace("WithinSLO", "NoTraffic"))
    changed = explain("--recording", recording, "--verify")
    assert changed.exit_code == 1
    assert "plan.reason was 'NoTraffic', and is now 'WithinSLO'" in changed.output
    assert changed.output.splitlines()[-1] == "2 of 3 decisions come out the same."


def test_what_is_missing_or_cannot_be_read_is_named(recording: Path, tmp_path: Path) -> None:
    assert "no tier */letters is recorded" in explain("letters", "--recording", recording).output
    spec = recording / "search" / "t" / f"{int((b.NOW + 60.25) * 1000)}.tier.yaml"
    spec.unlink()
    done = explain("--recording", recording)
    assert done.exit_code == 1
    assert f"cannot read {spec}" in done.output
    (recording / "other" / "u").mkdir(parents=True)
    assert "name one with TIER and -n: other/u, search/t" in explain("--recording", recording).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a TIER, or give --recording"),
        (("-f", "x"), "belong together"),
        (("t", "-f", "x", "--observation", "y"), "do not go with them"),
        (("t", "--verify", "--at", "5"), "give it without --at"),
        (("--recording", ".", "-f", "x", "--observation", "y"), "either --recording"),
    ],
)
def test_questions_that_contradict_themselves_are_refused(arguments: tuple[str, ...], said: str) -> None:
    done = explain(*arguments)
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a TIER"),
        (("-f", "x"), "either --observation FILE or --stream"),
        (("t", "--stream"), "do not go with it"),
        (("t",), "a live tier needs --prometheus-url"),
    ],
)
def test_plans_that_contradict_themselves_are_refused(arguments: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, ["plan", *arguments])
    assert done.exit_code == 1
    assert said in " ".join(done.output.split())


def test_no_cluster_is_said_in_a_sentence(tmp_path: Path) -> None:
    config = tmp_path / "kubeconfig"
    config.write_text("{}")
    done = explain("t", "--kubeconfig", config)
    assert (done.exit_code, "no usable KUBECONFIG" in done.output) == (1, True), done.output
