"""What every test may be told on the command line."""

import gc

import pytest

# Most of what tests make is gone at once; to look for cycles a hundred times less often spares a seventh of their time.
gc.set_threshold(100_000)


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
