"""What the tier is like, by name. The base setting has what the tier model has; the others differ in one thing."""

import math
from dataclasses import dataclass

from vectortier.simulate.model import TierModel, default_model, model_with
from vectortier.simulate.rates import INTERVAL_SECONDS

OUTAGE_SECONDS = 1800
"""Half an hour without any metrics."""


@dataclass(frozen=True)
class Setting:
    """Parameters of the tier model that are varied."""

    name: str
    interference: float = 0.25
    """The share of a serving copy's cores that a new copy takes while it is made."""
    copy_seconds: int = 165
    """From asking for a node until its copy serves."""
    drift: float = 0.0
    """By what share service times have changed at the end."""
    noise: bool = True
    """Whether counts and quantiles vary as those of a finite number of searches do."""
    missing: float = 0.0
    """The share of scrapes that fail."""
    outage: bool = False
    """Whether there are no metrics for half an hour, from a third of the load on."""

    def model(self, load_seconds: int) -> TierModel:
        """The tier model for a load of that length."""
        return model_with(self.parameters(load_seconds))

    def parameters(self, load_seconds: int) -> dict[str, float | bool]:
        """As the file for `--model` names them."""
        return {
            "copyInterference": self.interference,
            "copyBytesPerSecond": self._bytes_per_second(),
            "searchDrift": self.drift,
            "samplingNoise": self.noise,
            "missingScrapes": self.missing,
            "outageStartSeconds": outage_start(load_seconds) if self.outage else 0,
            "outageSeconds": OUTAGE_SECONDS if self.outage else 0,
        }

    def _bytes_per_second(self) -> int:
        """Rounded up, so that a copy takes no interval more than it should. Booting and loading take what they do."""
        model = default_model()
        return math.ceil(model.bytes_per_copy / (self.copy_seconds - model.boot_seconds - model.load_seconds))


def outage_start(load_seconds: int) -> int:
    """When the outage begins, in seconds from the start: at the end of an interval."""
    return load_seconds // 3 // INTERVAL_SECONDS * INTERVAL_SECONDS


BASE = "base"
UNDISTURBED = "undisturbed"
OUTAGE = "outage"
DISTURBED = (BASE, "missing-scrapes", "drift-up", "drift-down")
"""What is compared with the undisturbed setting: the base setting has the noise of the sensor."""

SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(BASE),
        Setting(UNDISTURBED, noise=False),
        Setting("missing-scrapes", missing=0.1),
        Setting("drift-up", drift=0.3),
        Setting("drift-down", drift=-0.3),
        Setting(OUTAGE, outage=True),
        Setting("interference-0", interference=0.0),
        Setting("interference-50", interference=0.5),
        Setting("delay-45", copy_seconds=45),
        Setting("delay-600", copy_seconds=600),
    )
}
"""In the order of the tables."""
