"""The platforms' icons: each at its own size, all of one shape with the master."""

import re
import subprocess
import sys
from pathlib import Path

from PIL import Image

from traybeat.tray.picture import BEAT, COLOURS

ASSETS = Path(__file__).parents[2] / "assets"


def test_every_format_is_made(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ASSETS / "render.py"), str(tmp_path)], check=True, timeout=60)
    for size in (16, 48, 256):
        with Image.open(tmp_path / f"icon-{size}.png") as picture:
            assert picture.size == (size, size)
    with Image.open(tmp_path / "traybeat.ico") as ico:
        assert {(16, 16), (32, 32), (256, 256)} <= ico.info["sizes"]
    with Image.open(tmp_path / "traybeat.icns") as icns:
        assert max(size[0] for size in icns.info["sizes"]) >= 512


def test_the_master_has_the_shape_that_is_drawn() -> None:
    text = (ASSETS / "icon.svg").read_text("utf-8")
    assert "#{:02x}{:02x}{:02x}".format(*COLOURS["well"][:3]) in text
    path = re.search(r' d="([^"]+)"', text)
    assert path is not None
    x, y, points = 0.0, 0.0, []
    for command, numbers in re.findall(r"([Mhl])([^Mhl]*)", path[1]):
        values = [float(number) for number in re.findall(r"-?[0-9.]+", numbers)]
        pairs = (
            [(value, 0.0) for value in values] if command == "h" else list(zip(values[::2], values[1::2], strict=True))
        )
        for dx, dy in pairs:
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            points.append((x / 64, y / 64))
    inset, side = 0.03, 0.94
    expected = [(inset + px * side, inset + py * side) for px, py in BEAT]
    assert len(points) == len(expected)
    for one, other in zip(points, expected, strict=True):
        assert abs(one[0] - other[0]) < 0.01
        assert abs(one[1] - other[1]) < 0.01
