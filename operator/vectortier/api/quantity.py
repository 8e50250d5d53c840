"""Kubernetes resource quantities, such as '300m' or '10Gi'."""

import re
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from vectortier.api.cel import Rule

QUANTITY_PATTERN = r"^[0-9]{1,15}(\.[0-9]{1,3})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"

Quantity = Annotated[str, Field(pattern=QUANTITY_PATTERN, min_length=1, max_length=20)]

_QUANTITY = re.compile(r"(?P<digits>[0-9]+(\.[0-9]+)?)(?P<suffix>m|[kMGTPE]|[KMGTPE]i|)")
_FACTORS = {
    "": Decimal(1),
    "m": Decimal("0.001"),
    **{suffix: Decimal(1000) ** power for power, suffix in enumerate("kMGTPE", start=1)},
    **{f"{suffix}i": Decimal(1024) ** power for power, suffix in enumerate("KMGTPE", start=1)},
}


def parse_quantity(text: str) -> Decimal:
    """The number that a quantity stands for, in base units (cores, bytes).

    Raises ValueError when the text is not a quantity.
    """
    found = _QUANTITY.fullmatch(text)
    if found is None:
        raise ValueError(f"'{text}' is not a quantity; write for example '300m', '2' or '10Gi'")
    return Decimal(found["digits"]) * _FACTORS[found["suffix"]]


def between(name: str, least: str, greatest: str, hint: str) -> Rule:
    """A quantity within two others, both included; the hint tells the usual slip."""
    return Rule(
        f"quantity(self).compareTo(quantity('{least}')) >= 0 && quantity(self).compareTo(quantity('{greatest}')) <= 0",
        f"{name} is '{{self}}', but must be between '{least}' and '{greatest}': {hint}",
    )


CpuQuantity = Annotated[
    Quantity,
    between("cpu", "1m", "1000", "it is counted in cores, and '300m' is 0.3 of one"),
    Rule(
        r"self.matches('^([0-9]+m|[0-9]+(\\.[0-9]+)?k?)$')",
        "cpu is '{self}', but must be whole thousandths of a core, such as '300m', or cores, such as '2' or '0.3'",
    ),
]
MemoryQuantity = Annotated[
    Quantity,
    between("memory", "16Mi", "64Ti", "it is counted in bytes; write '512Mi' or '8Gi' ('m' is a thousandth of a byte)"),
]
StorageQuantity = Annotated[
    Quantity,
    between("size", "64Mi", "64Ti", "it is counted in bytes; write for example '100Gi'"),
]
