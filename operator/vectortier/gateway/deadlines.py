"""Client deadlines as gRPC writes them in the header grpc-timeout."""

from __future__ import annotations

# gRPC over HTTP/2: at most eight digits and a unit. A minute or an hour is longer than any bound for a search.
_NANOSECONDS = {"n": 1, "u": 1_000, "m": 1_000_000, "S": 1_000_000_000}
_MAX_DIGITS = 8


def shorter_than(milliseconds: int) -> tuple[str, ...]:
    """Regular expressions (RE2) of which one matches a value of grpc-timeout if it is shorter than this.

    One for each unit, because Envoy limits the size of a single one. Source of the format: "Timeout" in the
    description of gRPC over HTTP/2.
    """
    bound = milliseconds * 1_000_000
    # ceil(bound / unit): n units are shorter than the bound exactly if n is less than this.
    return tuple(f"^{_numbers_below(-(-bound // size))}{unit}$" for unit, size in _NANOSECONDS.items())


def _numbers_below(limit: int) -> str:
    """A group for the whole numbers of at most eight digits below the limit (positive), without leading zeros."""
    if limit >= 10**_MAX_DIGITS:
        return f"[0-9]{{1,{_MAX_DIGITS}}}"
    last = str(limit - 1)
    branches = [f"[0-9]{{1,{len(last) - 1}}}"] if len(last) > 1 else []
    for place, digit in enumerate(last):
        if digit != "0":
            following = len(last) - place - 1
            branches.append(f"{last[:place]}[0-{int(digit) - 1}]" + (f"[0-9]{{{following}}}" if following else ""))
    return f"(?:{'|'.join([*branches, last])})"
