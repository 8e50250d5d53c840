"""The operator's process ends in the middle of what it does."""

from dataclasses import dataclass


class Died(BaseException):
    """The process is gone. Not an Exception: nothing in the code under test may catch it."""


@dataclass
class Fuse:
    """Dies at one of the writes to come. `left` counts them down, in halves: odd before a write, even after one."""

    left: int | None = None

    def burn(self) -> None:
        """Half a write further. Raises Died when it is time."""
        if self.left is None:
            return
        self.left -= 1
        if self.left < 0:
            self.left = None
            raise Died
