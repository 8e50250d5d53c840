"""Recording what was observed, so that a decision can be looked into and taken again elsewhere."""

from pathlib import Path

import yaml

from vectortier.model.observation import Observation


def record(directory: Path, observed: Observation) -> Path:
    """Write the observation to NAMESPACE/TIER/TIME.yaml below the directory, TIME in milliseconds. Raises OSError."""
    folder = directory / observed.tier.namespace / observed.tier.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{int(observed.now * 1000)}.yaml"
    path.write_text(yaml.safe_dump(observed.model_dump(mode="json", by_alias=True), sort_keys=False))
    return path
