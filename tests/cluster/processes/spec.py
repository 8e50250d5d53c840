"""What the supervisor is told to run. It crosses a process boundary as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ready:
    """How to see that a component serves: a URL that answers 200, or a Unix socket that accepts."""

    url: str = ""
    authority: str = ""
    socket: str = ""

    def __post_init__(self) -> None:
        if bool(self.url) == bool(self.socket):
            raise ValueError("a component is asked by exactly one of url and socket")


@dataclass(frozen=True)
class Component:
    """A program to keep running. It starts when all of `after` are ready, and is ready itself once it answers."""

    name: str
    argv: tuple[str, ...]
    ready: Ready
    after: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spec:
    """A whole cluster for the supervisor. `own_namespaces` says that it is the first process of its own ones."""

    name: str
    size: str
    run_dir: str
    components: tuple[Component, ...]
    own_namespaces: bool = False
    keep_visible: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text: str) -> Spec:
        raw = json.loads(text)
        components = tuple(
            Component(
                name=item["name"],
                argv=tuple(item["argv"]),
                ready=Ready(**item["ready"]),
                after=tuple(item["after"]),
                environment=item["environment"],
            )
            for item in raw.pop("components")
        )
        return Spec(components=components, keep_visible=tuple(raw.pop("keep_visible")), **raw)
