from traybeat.api.cache import LARGEST, Cache


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_a_while() -> None:
    clock = Clock()
    cache = Cache(clock)
    cache.put("a", b"1")
    assert cache.get("a") == b"1"
    assert cache.get("b") is None
    clock.now += cache.seconds
    assert cache.get("a") is None


def test_what_was_asked_for_longest_ago_makes_room() -> None:
    cache = Cache(Clock(), most=10)
    for key in "abc":
        cache.put(key, b"1234")
        cache.get("a")
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]


def test_what_is_put_again_counts_once() -> None:
    cache = Cache(Clock(), most=10)
    for _ in range(5):
        cache.put("a", b"12345678")
    assert cache.get("a") == b"12345678"


def test_what_is_too_large_is_not_kept_and_nothing_is_where_it_is_switched_off() -> None:
    cache = Cache(Clock())
    cache.put("a", b"x" * (LARGEST + 1))
    assert cache.get("a") is None
    cache.use(None, 0)
    cache.put("a", b"1")
    assert cache.get("a") is None
