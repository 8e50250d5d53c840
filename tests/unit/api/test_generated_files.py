"""The files that are generated from the models are those in the repository."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from vectortier.api import crd, reference
from vectortier.api.files import check_or_write

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("command", "directory"), [(crd.main, ROOT / "crds"), (reference.main, ROOT / "docs" / "reference")]
)
def test_generated_files_are_fresh(command: click.Command, directory: Path) -> None:
    answer = CliRunner().invoke(command, ["--check", "--directory", str(directory)])

    assert answer.exit_code == 0, answer.output


def test_check_names_what_is_stale_or_missing_and_writes_nothing(tmp_path: Path) -> None:
    check_or_write({"fresh": "1", "stale": "1"}, tmp_path, check=False)
    (tmp_path / "stale").write_text("0")

    with pytest.raises(click.ClickException) as refusal:
        check_or_write({"fresh": "1", "stale": "1", "missing": "1"}, tmp_path, check=True)

    assert "stale" in refusal.value.message
    assert "missing" in refusal.value.message
    assert "fresh" not in refusal.value.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "stale"]


def test_every_reason_and_condition_is_on_the_page() -> None:
    page = reference.render_pages()["conditions.md"]

    assert [reason for reason in reference.Reason if f"| `{reason}` | {reason.meaning} |" not in page] == []
    assert [kind for kind in reference.ConditionType if f"| `{kind}` |" not in page] == []
