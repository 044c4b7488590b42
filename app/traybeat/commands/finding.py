"""What the doctor found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok`, `none` (this machine has nothing of the kind) or `bad`, then with its fix."""

    mark: str
    subject: str
    detail: str
    fix: str | None = None
