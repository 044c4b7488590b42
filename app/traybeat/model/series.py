"""Series: a metric's name and one set of label values."""

from collections.abc import Iterable

from traybeat.model.metric import Collection, Sample


def distinct(samples: Iterable[Sample]) -> Collection:
    """Collect samples; of two for the same series the later is left out, and counted as `same_labels`.

    Labels from the operating system may become alike when they are cleaned.
    """
    found: dict[tuple[str, tuple[str, ...]], Sample] = {}
    alike = 0
    for sample in samples:
        if found.setdefault((sample.metric.name, sample.labels), sample) is not sample:
            alike += 1
    return Collection(tuple(found.values()), dropped={"same_labels": alike} if alike else {})
