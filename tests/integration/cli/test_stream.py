"""`plan --stream`: one answer a line, as soon as the line is there."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.stream.lines import NOW, told
from vectortier.cli import main

SPEC = {
    "nodes": {"min": 1, "max": 4},
    "copies": {"min": 1, "max": 4},
    "slo": {"search": {"p99Milliseconds": 100}},
}
EAGER = {**SPEC, "damping": {"scaleOut": {"stabilizationWindowSeconds": 0}}}
TIER = {"kind": "VectorTier", "spec": EAGER}
ANSWER = {"nodes", "copies", "action", "reason", "message", "next_check_seconds"}


@pytest.fixture
def tier(tmp_path: Path) -> str:
    path = tmp_path / "tier.yaml"
    path.write_text(json.dumps(TIER))
    return str(path)


def streamed(tier: str, *lines: str) -> Result:
    return CliRunner().invoke(main, ["plan", "-f", tier, "--stream"], input="".join(f"{line}\n" for line in lines))


def test_each_line_is_answered_with_the_fields_that_others_rely_on(tier: str) -> None:
    done = streamed(tier, json.dumps(told(bad=200)), json.dumps({"missing": True}))
    assert done.exit_code == 0, done.output
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert set(first) == set(second) == ANSWER
    assert (first["nodes"], first["copies"], first["action"]) == (3, 3, "ScaleOut")
    assert (second["nodes"], second["action"], second["next_check_seconds"]) == (3, "Hold", 2)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "Error: line 2: it must be one JSON object, but: Expecting property name"),
        ("", "Error: line 2: it must be one JSON object, but: the line is empty"),
        (
            json.dumps({**told(now=NOW + 15), "nodes": "two"}),
            'Error: line 2: nodes is "two", but must be a whole number',
        ),
        (json.dumps(told()), "Error: line 2: now is 1730000000, but must be more than in the line before"),
    ],
)
def test_a_line_that_cannot_be_used_ends_the_stream_and_what_was_answered_stays(
    tier: str, line: str, said: str
) -> None:
    done = streamed(tier, json.dumps(told()), line, json.dumps(told(now=NOW + 30)))
    assert done.exit_code == 1
    assert [json.loads(answer)["reason"] for answer in done.stdout.splitlines()] == ["WithinSLO"]
    assert done.stderr.startswith(said)
    assert len(done.stderr.splitlines()) == 1


def test_an_answer_comes_before_the_next_line_is_written(tier: str) -> None:
    command = [sys.executable, "-c", "from vectortier.cli import main; main()", "plan", "-f", tier, "--stream"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(3):
            running.stdin.write(json.dumps(told(now=NOW + 15 * number)).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["nodes"] == 2
        running.stdin.close()
        assert running.wait(timeout=30) == 0


def test_a_plan_is_made_of_one_observation_or_of_a_stream(tier: str) -> None:
    for options in ([], ["--stream", "--observation", "observed.yaml"]):
        done = CliRunner().invoke(main, ["plan", "-f", tier, *options])
        assert done.exit_code == 1
        assert "give either --observation FILE or --stream" in done.stderr


def test_an_output_format_does_not_go_with_a_stream(tier: str) -> None:
    done = CliRunner().invoke(main, ["plan", "-f", tier, "--stream", "--output", "yaml"])
    assert (done.exit_code, "--output does not go with it" in done.stderr) == (1, True)


def test_a_misspelt_field_is_named_once(tier: str) -> None:
    lines = [json.dumps({**told(now=NOW + 15 * i), "cpu_utilization": [0.5, 0.5]}) for i in range(3)]
    done = streamed(tier, *lines)
    assert (done.exit_code, len(done.stdout.splitlines())) == (0, 3)
    assert done.stderr == 'line 1: "cpu_utilization" is not known and is ignored; did you mean cpu_utilisation?\n'


@pytest.mark.parametrize(
    ("redirection", "said"),
    [
        ("<&-", "Error: standard input is closed, but must have the observations, one a line\n"),
        (">/dev/full", "Error: cannot write the answer: No space left on device\n"),
    ],
)
def test_a_stream_that_cannot_be_read_or_written_ends_with_a_sentence(tier: str, redirection: str, said: str) -> None:
    command = f'exec "$0" -c "from vectortier.cli import main; main()" plan -f "$1" --stream {redirection}'
    line = json.dumps(told()) + "\n"
    shell = ["sh", "-c", command, sys.executable, tier]
    done = subprocess.run(shell, input=line, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, said)


def test_the_example_of_the_help_is_what_is_answered(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["plan", "--help"]).output
    example = said[said.index('{"now"') : said.index('{"nodes"')]
    promised = json.loads(said[said.index('{"nodes"') : said.index("}", said.index('{"nodes"')) + 1])
    path = tmp_path / "tier.yaml"
    path.write_text(json.dumps({**TIER, "spec": {**SPEC, "slo": {"search": {"p99Milliseconds": 10}}}}))
    line = json.loads(example)
    done = streamed(str(path), *(json.dumps({**line, "now": line["now"] + 15 * i}) for i in range(5)))
    answer = next(found for found in map(json.loads, done.stdout.splitlines()) if found["action"] != "Hold")
    assert {**answer, "message": ""} == {**promised, "message": ""}
    assert answer["message"].startswith(promised["message"].removesuffix("..."))
