from fakes import FakeClock, FakeCollector, Kept, collection
from traybeat.engine.health import Wards
from traybeat.engine.latest import Latest
from traybeat.engine.pace import Pace
from traybeat.engine.sampling import Sampling
from traybeat.engine.supervisor import Supervisor
from traybeat.model.service import Collector
from traybeat.model.settings import CollectorOptions, Limits, Settings


def settings(**options: CollectorOptions) -> Settings:
    return Settings(collectors=options)


class Bench:
    def __init__(self) -> None:
        self.built: list[CollectorOptions] = []
        self.supervisor, self.wards, self.latest = Supervisor(), Wards(), Latest()
        self.sampling = Sampling(
            {"room": self.build},
            self.supervisor,
            FakeClock(),
            Kept().accept,
            self.wards,
            self.latest,
            Pace(Limits()),
        )

    def build(self, options: CollectorOptions) -> Collector:
        self.built.append(options)
        if options.interval_seconds == 13:
            raise ValueError("an unlucky number")
        return FakeCollector(collection(("attic", 20)))

    def close(self) -> None:
        assert self.supervisor.stop() == ()


def test_an_enabled_collector_is_built_with_its_options_and_started() -> None:
    bench, options = Bench(), CollectorOptions(interval_seconds=7)
    bench.sampling.apply(settings(), settings(room=options))
    assert bench.built == [options]
    assert [health.collector for health in bench.wards.all()] == ["room"]
    bench.close()


def test_the_same_options_again_change_nothing() -> None:
    bench, options = Bench(), CollectorOptions()
    bench.sampling.apply(settings(), settings(room=options))
    bench.sampling.apply(settings(room=options), settings(room=CollectorOptions()))
    assert len(bench.built) == 1
    bench.close()


def test_other_options_build_it_anew() -> None:
    bench = Bench()
    slow, fast = CollectorOptions(interval_seconds=7), CollectorOptions(interval_seconds=1)
    bench.sampling.apply(settings(), settings(room=slow))
    bench.sampling.apply(settings(room=slow), settings(room=fast))
    assert bench.built == [slow, fast]
    assert bench.supervisor.restarts() == {"room": 0}
    bench.close()


def test_switched_off_it_leaves_nothing_behind() -> None:
    bench = Bench()
    on, off = settings(room=CollectorOptions()), settings(room=CollectorOptions(enabled=False))
    bench.sampling.apply(settings(), on)
    assert bench.sampling.check(off) == ()
    bench.sampling.apply(on, off)
    assert bench.wards.all() == ()
    assert bench.supervisor.restarts() == {}
    bench.close()


def test_a_collector_that_can_not_be_built_is_told_and_stops_nobody() -> None:
    bench = Bench()
    bench.sampling.apply(settings(), settings(room=CollectorOptions(interval_seconds=13)))
    (health,) = bench.wards.all()
    assert health.failing
    assert health.last_error == "ValueError: an unlucky number"
    bench.close()


def test_paused_nothing_is_collected_and_then_everything_again() -> None:
    bench, options = Bench(), CollectorOptions()
    bench.sampling.apply(settings(), settings(room=options))
    bench.sampling.pause(on=True)
    assert bench.sampling.paused
    assert bench.wards.all() == ()
    bench.sampling.pause(on=True)
    bench.sampling.pause(on=False)
    assert [health.collector for health in bench.wards.all()] == ["room"]
    bench.close()


def test_settings_that_change_while_paused_are_taken_on_at_the_end_of_it() -> None:
    bench = Bench()
    slow, fast = CollectorOptions(interval_seconds=7), CollectorOptions(interval_seconds=1)
    bench.sampling.apply(settings(), settings(room=slow))
    bench.sampling.pause(on=True)
    bench.sampling.apply(settings(room=slow), settings(room=fast))
    assert bench.built == [slow]
    bench.sampling.pause(on=False)
    assert bench.built == [slow, fast]
    bench.close()
