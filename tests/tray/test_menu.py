import msgspec

from traybeat.engine.status import Filesystem, Readings, Top, readings
from traybeat.tray.glance import Alert, Details, Glance
from traybeat.tray.menu import Entry, menu, tooltip
from traybeat.tray.texts import ENGLISH, KOREAN, texts

NOTHING = readings({})
BUSY = msgspec.structs.replace(
    NOTHING,
    cpu_busy_ratio=0.234,
    memory_used_ratio=0.9,
    network_receive_bytes_per_second=1_234_567.0,
    network_transmit_bytes_per_second=800.0,
    battery_charge_ratio=0.5,
    filesystems=(Filesystem("/", 10, 5, 0.5, stale=False), Filesystem("/home", 10, 9, 0.9, stale=False)),
    top=(Top(1, "fire_fox\n", "me", 0.2, 5.2 * 1024**3),),
)


def made(
    glance: Glance, now: Readings = NOTHING, alerts: tuple[Alert, ...] = (), **more: bool | None
) -> tuple[Entry, ...]:
    chosen: dict[str, bool | None] = {"login": False, "snoozed": False, **more}
    return menu(glance, Details(now, alerts), ENGLISH, login=chosen["login"], snoozed=bool(chosen["snoozed"]))


def keys(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.key for one in entries for entry in (one, *one.children) if entry.key is not None]


def test_everything_that_can_be_done_is_in_the_menu() -> None:
    assert keys(made(Glance("well"))) == [
        "open", "snooze-hour", "snooze-tomorrow", "pause", "login", "settings", "about", "quit",
    ]  # fmt: skip
    assert "snooze-end" in keys(made(Glance("well"), snoozed=True))
    assert "login" not in keys(made(Glance("well"), login=None))


def test_the_state_and_what_uses_most_come_first() -> None:
    entries = made(Glance("warning", 2), BUSY)
    assert entries[0].text == "Warning: 2 active alerts"
    assert entries[1].text.startswith("fire_fox")
    assert entries[1].text.endswith("uses most: 20\u202f%, 5.2\u202fGiB")
    assert entries[0].key is None
    assert "\n" not in entries[1].text


def test_a_newer_version_is_named_once_it_is_known() -> None:
    entries = menu(Glance("well"), Details(NOTHING, (), "1.4.0"), KOREAN, login=None, snoozed=False)
    (entry,) = [one for one in entries if one.key == "newer"]
    assert "1.4.0" in entry.text


def test_each_alert_opens_its_page() -> None:
    alerts = tuple(Alert(f"a{number}", "n", "critical", f"text {number}") for number in range(9))
    found = [key for key in keys(made(Glance("critical", 9), alerts=alerts)) if key.startswith("alert:")]
    assert found == [f"alert:a{number}" for number in range(6)]


def test_what_is_switched_on_is_checked() -> None:
    checked = {entry.key: entry.checked for entry in made(Glance("paused"), login=True)}
    assert (checked["pause"], checked["login"], checked["quit"]) == (True, True, None)


def test_the_tooltip_has_the_readings_that_there_are() -> None:
    assert list(tooltip(Glance("well"), BUSY, ENGLISH)) == [
        "All is well", "Processor 23\u202f%", "Memory 90\u202f%", "Disk /home 90\u202f%",
        "Network in 1.23\u202fMB/s, out 800\u202fB/s", "Battery 50\u202f%",
    ]  # fmt: skip
    assert list(tooltip(Glance("unknown"), NOTHING, ENGLISH)) == ["No readings yet"]


def test_both_languages_say_everything_with_the_same_fields() -> None:
    import string

    assert ENGLISH.keys() == KOREAN.keys()
    for key, text in ENGLISH.items():
        fields = [{field for _, field, *_ in string.Formatter().parse(one) if field} for one in (text, KOREAN[key])]
        assert fields[0] == fields[1], key


def test_the_session_s_language_is_spoken_unless_another_is_set() -> None:
    assert texts("system", {"LANG": "ko_KR.UTF-8"}) is KOREAN
    assert texts("system", {"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}) is ENGLISH
    assert texts("en", {"LANG": "ko_KR.UTF-8"}) is ENGLISH
    assert texts("ko", {}) is KOREAN
