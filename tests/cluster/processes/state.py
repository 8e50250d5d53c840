"""The state file of a cluster: written by its supervisor only, read by everyone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Status = Literal["waiting", "starting", "ready", "restarting", "failed"]


@dataclass
class ComponentState:
    """What the supervisor knows of one component. `seconds` is from its start to its readiness."""

    status: Status = "waiting"
    restarts: int = 0
    seconds: float | None = None
    last_exit: str = ""
    last_log: list[str] = field(default_factory=list)


@dataclass
class State:
    """`facts` are the launcher's: addresses, ports, the boot that all of it belongs to."""

    name: str
    size: str
    facts: Mapping[str, str]
    components: dict[str, ComponentState]

    @property
    def all_ready(self) -> bool:
        return all(component.status == "ready" for component in self.components.values())

    @property
    def failed(self) -> list[str]:
        return [name for name, component in self.components.items() if component.status == "failed"]


def state_file(directory: Path) -> Path:
    return directory / "state.json"


def write_state(directory: Path, state: State) -> None:
    """Replaces the file in one step: a reader sees the old state or the new one."""
    scratch = directory / ".state.json"
    scratch.write_text(json.dumps(asdict(state), indent=1))
    os.replace(scratch, state_file(directory))


def read_state(directory: Path) -> State | None:
    """The last state written, or None when there is none or it cannot be read."""
    try:
        raw: dict[str, Any] = json.loads(state_file(directory).read_text())
        components = {name: ComponentState(**item) for name, item in raw.pop("components").items()}
        return State(components=components, **raw)
    except (OSError, ValueError, TypeError, KeyError):
        return None
