"""Runs are processes of their own, as many at a time as there are jobs."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.benchmarks.control.grid import Run
from tests.benchmarks.control.running import Done, RunError, run_all


def python(code: str, *arguments: object) -> Sequence[str]:
    return (sys.executable, "-S", "-E", "-c", code, *map(str, arguments))


def run(number: int) -> Run:
    return Run(f"load-{number}", "base", "oracle")


def test_each_run_has_what_its_own_process_printed_in_the_order_of_the_commands() -> None:
    told: list[Done] = []
    commands = {run(n): python("import sys; print('{\"n\": ' + sys.argv[1] + '}')", n) for n in range(4)}
    done = run_all(commands, 2, told.append)
    assert [(one.run, one.figures) for one in done] == [(run(n), {"n": n}) for n in range(4)]
    assert sorted(one.figures["n"] for one in told) == [0, 1, 2, 3]
    assert all(one.cpu_seconds > 0 for one in done)


# Counts who is there while it is there; waits until others had the time to come.
_MEET = """
import os, sys, time
folder, number, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
open(os.path.join(folder, number), "w").close()
most, until = 0, time.monotonic() + 5
while time.monotonic() < until and most < jobs:
    most = max(most, len(os.listdir(folder)))
time.sleep(0.05)
most = max(most, len(os.listdir(folder)))
os.remove(os.path.join(folder, number))
print('{"most": %d}' % most)
"""


@pytest.mark.parametrize("jobs", [1, 3])
def test_as_many_run_at_a_time_as_there_are_jobs(tmp_path: Path, jobs: int) -> None:
    commands = {run(n): python(_MEET, tmp_path, n, jobs) for n in range(jobs)}
    commands |= {run(n): python(_MEET, tmp_path, n, 1) for n in range(jobs, jobs + 3)}
    done = run_all(commands, jobs, lambda _: None)
    assert max(one.figures["most"] for one in done) == jobs


_STAY = """
import os, sys, time
with open(sys.argv[1] + ".new", "w") as file:
    file.write(str(os.getpid()))
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(30)
os.remove(sys.argv[1])
"""
_FAIL = """
import os, sys, time
while not os.path.exists(sys.argv[1]):
    time.sleep(0.01)
sys.exit("no such load")
"""


def test_a_run_that_fails_says_what_it_said_and_ends_the_others(tmp_path: Path) -> None:
    stays = tmp_path / "process"
    with pytest.raises(RunError, match="no such load"):
        run_all({run(0): python(_STAY, stays), run(1): python(_FAIL, stays)}, 2, lambda _: None)
    # Still there, because the process had no time to remove it; and the process is not.
    with pytest.raises(ProcessLookupError):
        os.kill(int(stays.read_text()), 0)


def test_what_a_run_took_is_its_time_on_a_core_and_not_what_it_waited_for() -> None:
    wait = python("import time; time.sleep(0.5); print('{}')")
    work = python("import time\nwhile time.process_time() < 0.5: pass\nprint('{}')")
    waited, worked = run_all({run(0): wait, run(1): work}, 2, lambda _: None)
    assert waited.cpu_seconds < worked.cpu_seconds / 2
