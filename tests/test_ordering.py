import pytest

from ordering import group, rank


def test_the_tests_of_a_file_stay_together() -> None:
    assert group("store/test_query.py") != group("store/test_rows.py")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("packages/windows/test_installers.py", "desktop/test_windows.py"),
        ("packages/linux/test_contents.py", "packages/linux/test_installed.py"),
    ],
)
def test_what_shares_something_costly_stays_together(one: str, other: str) -> None:
    assert group(one) == group(other)


def test_what_takes_longest_begins() -> None:
    paths = ["api/test_api.py", "end_to_end/test_agent.py", "packages/windows/test_installers.py", "test_x.py"]
    assert sorted(paths, key=rank) == [paths[2], paths[1], paths[0], paths[3]]
