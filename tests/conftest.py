"""What every test may be told on the command line."""

import gc

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="Write what the code produces into the expected files, then look at the diff.",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: going through it at every collection takes a tenth of a run."""
    gc.freeze()
