"""The list of processes, as Windows writes it; tests/desktop/test_windows.py reads a real one."""

import struct

import pytest

from traybeat.host.windows.process import Entry, WindowsProcess, entries
from traybeat.model.errors import NoDataError

BASE = 0x7F0000000000
# phnt's SYSTEM_PROCESS_INFORMATION, field by field, up to the working set, in 64 bits.
FIELDS = "<IIqIIQqqqHHIQiIQQIIQQQI4xQQ"


def entry(pid: int, name: str, started: int = 0, user: int = 0, kernel: int = 0, memory: int = 0, *, last: bool = False,
          at: int = 0) -> bytes:  # fmt: skip
    text = name.encode("utf-16-le")
    size = struct.calcsize(FIELDS)
    length = -(-(size + len(text)) // 8) * 8
    place = BASE + at + size if text else 0
    head = struct.pack(
        FIELDS,
        *(0 if last else length, 3, 0, 0, 0, 0, started, user, kernel, len(text), len(text), 0, place),
        *(8, 0, pid, 1, 5, 0, 0, 0, 0, 0, 0, memory),
    )
    return (head + text).ljust(length, b"\0")


def listed(*processes: tuple[int, str, int, int, int, int]) -> tuple[bytes, int]:
    data = b""
    for number, one in enumerate(processes, 1):
        data += entry(*one, last=number == len(processes), at=len(data))
    return data, BASE


def test_a_list_is_read_entry_by_entry() -> None:
    data, base = listed(
        (0, "", 0, 0, 10**12, 8192),
        (4, "System", 1, 0, 50_000_000, 131072),
        (88, "\u00e9.exe", 7, 10**7, 5 * 10**6, 10**6),
    )
    assert list(entries(data, base)) == [Entry(4, "System", 1, 5.0, 131072), Entry(88, "\u00e9.exe", 7, 1.5, 10**6)]


def test_a_list_that_is_cut_short_gives_what_it_has() -> None:
    data, base = listed((4, "System", 1, 0, 0, 1), (8, "a.exe", 2, 0, 0, 2))
    assert [one.pid for one in entries(data[:-8], base)] in ([4], [4, 8])
    assert list(entries(b"", base)) == []


def test_a_reading_has_every_process_and_asks_for_users_once_in_a_life() -> None:
    asked: list[int] = []

    def user(pid: int) -> str:
        asked.append(pid)
        return "BOX\\ann"

    lists = [
        listed((4, "System", 1, 0, 0, 1), (8, "a.exe", 2, 0, 10**7, 2), (12, "", 3, 0, 0, 3)),
        listed((4, "System", 1, 0, 0, 1), (8, "a.exe", 2, 0, 2 * 10**7, 2)),
        listed((8, "b.exe", 9, 0, 0, 2)),
    ]
    source = WindowsProcess(lambda: lists.pop(0), user, 4)
    first = source.read()
    assert (first.count, first.cores, [one.name for one in first.processes]) == (3, 4, ["System", "a.exe"])
    assert first.describe(first.processes[1]) == ("a.exe", "BOX\\ann")
    second = source.read()
    assert second.processes[1].identity == first.processes[1].identity
    assert second.describe(second.processes[1]) == ("a.exe", "BOX\\ann")
    assert asked == [8]
    third = source.read()
    assert third.processes[0].identity != first.processes[1].identity
    third.describe(third.processes[0])
    assert asked == [8, 8]


def test_no_processes_is_no_data() -> None:
    with pytest.raises(NoDataError):
        WindowsProcess(lambda: listed((0, "", 0, 0, 0, 0)), lambda pid: "", 1).read()
