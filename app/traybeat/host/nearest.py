"""The nearest known name to one that is not known."""

from collections.abc import Iterable

from traybeat.host.form import Form, Path, Section

LIKE = 0.6


def nearest_key(form: Form, section: Section, key: str) -> str | None:
    """Find what was meant by a key unknown to its section: one that begins so, stands elsewhere, or is like it."""
    beside = {name.lower(): member.path for name, member in section.members.items()}
    elsewhere: dict[str, Path] = {}
    for leaf in form.leaves():
        for end in range(len(leaf.path), 0, -1):
            elsewhere.setdefault(leaf.path[end - 1].lower(), leaf.path[:end])
    name = key.lower()
    begun = next((known for known in beside if name and known.startswith(name)), None)
    if begun is not None:
        return form.told(beside[begun])
    if name in elsewhere:
        return form.told(elsewhere[name])
    for known in (beside, elsewhere):
        if near := nearest(name, known):
            return form.told(known[near])
    return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the known name that is most like this one; None where none is like it at all."""
    import difflib

    return next(iter(difflib.get_close_matches(name, known, 1, LIKE)), None)
