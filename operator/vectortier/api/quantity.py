"""Kubernetes resource quantities, such as '300m' or '10Gi'."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

QUANTITY_PATTERN = r"^[0-9]{1,15}(\.[0-9]{1,3})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$"

Quantity = Annotated[str, Field(pattern=QUANTITY_PATTERN, max_length=32)]

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
    digits = text.rstrip("mkKMGTPEi")
    suffix = text[len(digits) :]
    if suffix not in _FACTORS or not digits:
        raise ValueError(f"'{text}' is not a quantity; write for example '300m', '2' or '10Gi'")
    return Decimal(digits) * _FACTORS[suffix]
