"""How much CPU a container has used, read from its control group of either version."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")


@dataclass(frozen=True)
class Cpu:
    """What a container has used so far: CPU seconds, scheduling periods, and those in which it was held back."""

    seconds: float
    periods: int
    throttled: int

    def since(self, before: Cpu) -> tuple[float, float]:
        """CPU seconds, and the share of its periods in which it was held back (0..1)."""
        periods = self.periods - before.periods
        return self.seconds - before.seconds, (self.throttled - before.throttled) / periods if periods else 0.0


def cpu_of(process: int) -> Cpu:
    """What the container of a process has used so far."""
    groups = groups_of(Path(f"/proc/{process}/cgroup").read_text())
    if "cpu" in groups:
        statistics = _read(_CGROUPS / "cpu" / groups["cpu"].lstrip("/") / "cpu.stat")
        used = int((_CGROUPS / "cpuacct" / groups["cpuacct"].lstrip("/") / "cpuacct.usage").read_text()) / 1e9
    else:
        statistics = _read(_CGROUPS / groups[""].lstrip("/") / "cpu.stat")
        used = statistics["usage_usec"] / 1e6
    return Cpu(used, statistics["nr_periods"], statistics["nr_throttled"])


def busy_seconds(statistics: str) -> float:
    """CPU seconds that a machine has spent on anything but waiting, all cores together, by the text of /proc/stat."""
    user, nice, system, _idle, _waiting, interrupts, soft, stolen = map(int, statistics.split("\n", 1)[0].split()[1:9])
    return (user + nice + system + interrupts + soft + stolen) / os.sysconf("SC_CLK_TCK")


def groups_of(text: str) -> dict[str, str]:
    """The path of a process's group by controller; the controller of cgroup v2 has no name."""
    lines = (line.split(":", 2) for line in text.splitlines())
    return {controller: path for _, controllers, path in lines for controller in controllers.split(",")}


def _read(path: Path) -> dict[str, int]:
    return {name: int(value) for name, value in (line.split() for line in path.read_text().splitlines())}
