import threading

from fakes import Kept, batch
from traybeat.engine.latest import Latest
from traybeat.engine.pump import MOST_WAITING, Pump
from traybeat.model.metric import Batch
from traybeat.model.stop import Stop


class Broken:
    def accept(self, batch: Batch) -> None:
        raise RuntimeError("disk full")


def test_every_sink_gets_every_batch_in_order_even_behind_a_broken_one() -> None:
    kept = Kept()
    pump = Pump((Broken(), kept))
    sent = [batch(time=float(n)) for n in range(5)]
    for one in sent:
        pump.carry(one)
    assert kept.batches == sent


def test_what_waits_at_the_end_is_still_carried() -> None:
    kept, stop = Kept(), Stop()
    pump = Pump((kept,))
    for n in range(3):
        pump.emit(batch(time=float(n)))
    stop.set()
    thread = threading.Thread(target=pump.run, args=(stop,))
    thread.start()
    thread.join(5)
    assert not thread.is_alive()
    assert [one.time for one in kept.batches] == [0.0, 1.0, 2.0]


def test_sinks_that_are_hopelessly_behind_cost_batches_not_memory() -> None:
    pump = Pump(())
    for _ in range(MOST_WAITING + 3):
        pump.emit(batch())
    assert pump.dropped == 3


def test_the_latest_batch_wins_and_a_failed_one_leaves_what_was_known() -> None:
    latest = Latest()
    first, second = batch(time=1.0), batch(time=2.0)
    latest.accept(first)
    held = latest.snapshot()
    latest.accept(second)
    latest.accept(batch(error="no", time=3.0))
    assert latest.snapshot() == {"room": second}
    assert held == {"room": first}
    latest.drop("room")
    assert latest.snapshot() == {}
