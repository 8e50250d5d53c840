"""Whatever happens in whatever order: nothing is lost, nothing is done twice, and it comes to rest."""

from tests.model.running import run


def test_whatever_happens() -> None:
    """The first of the schedules of `make model`."""
    run(schedules=150, shrink=True)
