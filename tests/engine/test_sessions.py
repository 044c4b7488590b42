from traybeat.engine.principal import Scope
from traybeat.engine.sessions import CODE_SECONDS, IDLE_SECONDS, MOST_SESSIONS, Sessions


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_code_opens_one_session() -> None:
    sessions = Sessions(Clock())
    code = sessions.code()
    token = sessions.exchange(code)
    assert token is not None
    holder = sessions.holder(token)
    assert holder is not None
    assert (holder.scope, holder.kind) == (Scope.ADMIN, "window")
    assert sessions.exchange(code) is None
    assert sessions.exchange("made up") is None


def test_a_code_lasts_for_half_a_minute() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    code = sessions.code()
    clock.now += CODE_SECONDS
    assert sessions.exchange(code) is None


def test_a_session_lasts_while_it_is_used() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    token = sessions.exchange(sessions.code()) or ""
    for _ in range(3):
        clock.now += IDLE_SECONDS - 1
        assert sessions.holder(token) is not None
    clock.now += IDLE_SECONDS
    assert sessions.holder(token) is None


def test_a_session_that_was_ended_opens_nothing() -> None:
    sessions = Sessions(Clock())
    token = sessions.exchange(sessions.code()) or ""
    holder = sessions.holder(token)
    assert holder is not None
    sessions.end(holder.name)
    assert sessions.holder(token) is None
    assert sessions.holder("tb_other") is None


def test_there_are_only_so_many_codes_and_sessions() -> None:
    clock = Clock()
    sessions = Sessions(clock)
    codes = [sessions.code() for _ in range(MOST_SESSIONS + 1)]
    assert sessions.exchange(codes[0]) is None
    tokens = []
    for code in codes[1:]:
        clock.now += 0.1
        tokens.append(sessions.exchange(code) or "")
    clock.now += 0.1
    last = sessions.exchange(sessions.code()) or ""
    assert sessions.holder(tokens[0]) is None
    assert sessions.holder(last) is not None
