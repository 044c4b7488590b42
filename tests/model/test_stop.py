from traybeat.model.stop import Stop


def test_callbacks_are_called_once_when_it_is_set() -> None:
    stop, called = Stop(), list[int]()
    stop.call(lambda: called.append(1))
    stop.set()
    stop.set()
    assert called == [1]


def test_a_callback_that_comes_late_is_called_at_once() -> None:
    stop, called = Stop(), list[int]()
    stop.set()
    stop.call(lambda: called.append(1))
    assert called == [1]
