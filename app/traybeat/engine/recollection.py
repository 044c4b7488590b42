"""What alerts ask of history, answered by the store."""

from collections.abc import Iterator

from traybeat.alerts.past import Stretch
from traybeat.model.selector import Selector
from traybeat.store.reader import Reader


class Recollection:
    """The past of a metric, as finely as it is kept; what `alerts.past.Past` describes."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def __call__(self, metric: str, start: float, end: float) -> Iterator[Stretch]:
        """Give all series of a metric from a time to before another, in Unix seconds."""
        for line in self._reader.finest(Selector(metric), start, end):
            yield Stretch(line.series.labels, line.times, line.averages, line.minima, line.maxima, line.counts)
