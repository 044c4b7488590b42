"""Makes the platforms' icons: python assets/render.py DIRECTORY.

icon.svg is the master for whatever takes SVG. The sizes in pixels are drawn by the very code that draws the tray's
icon, each at its own size; a test holds the two together.
"""

import sys
from pathlib import Path

from traybeat.tray.glance import Face
from traybeat.tray.picture import draw

PNG = (16, 22, 24, 32, 48, 64, 128, 256, 512)
ICO = (16, 24, 32, 48, 64, 128, 256)
ICNS = (16, 32, 64, 128, 256, 512, 1024)
APP = Face("well", 0, "status")


def render(directory: Path) -> tuple[Path, ...]:
    """Write icon-SIZE.png, traybeat.ico and traybeat.icns; gives their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    made = []
    for size in PNG:
        made.append(directory / f"icon-{size}.png")
        draw(APP, size).save(made[-1])
    pictures = {size: draw(APP, size) for size in {*ICO, *ICNS}}
    ico, icns = directory / "traybeat.ico", directory / "traybeat.icns"
    pictures[256].save(ico, sizes=[(size, size) for size in ICO], append_images=[pictures[size] for size in ICO])
    pictures[1024].save(icns, append_images=[pictures[size] for size in ICNS])
    return (*made, ico, icns)


if __name__ == "__main__":
    for path in render(Path(sys.argv[1] if len(sys.argv) > 1 else "build/icons")):
        print(path)
