"""/api/processes: what ran, now and at a moment."""

from collections.abc import Callable, Mapping

from traybeat.api.route import Call, Route
from traybeat.api.routes.times import moment
from traybeat.api.types.metrics import AtQuery
from traybeat.api.types.processes import Processes
from traybeat.engine.status import Top
from traybeat.model.metric import Batch
from traybeat.store.reader import Reader
from traybeat.store.tier import TICKS


def routes(newest: Callable[[], Mapping[str, Batch]], reader: Reader) -> tuple[Route, ...]:
    """Give the routes."""

    def get(call: Call) -> Processes:
        if call.query.at is None:
            batch = newest().get("process")
            return (
                Processes(None, ()) if batch is None else Processes(batch.time, tuple(Top(*p) for p in batch.processes))
            )
        found = reader.processes(moment(call.query.at, "at", 0.0))
        if found is None:
            return Processes(None, ())
        return Processes(found.time / TICKS, tuple(Top(*process) for process in found.processes))

    return (
        Route("GET", "/api/processes", "getProcesses", "The top processes, now or at a moment", get, Processes, AtQuery,
              problems=(422,), group="processes"),
    )  # fmt: skip
