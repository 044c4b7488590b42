"""Pictures as StatusNotifierItem wants them: width, height, ARGB in network order."""

from traybeat.tray.glance import Face
from traybeat.tray.picture import SIZES, draw

Pixmap = tuple[int, int, bytes]


def pixmaps(face: Face) -> list[Pixmap]:
    """Draw the icon in every size that panels ask for."""
    found = []
    for size in SIZES:
        red, green, blue, alpha = draw(face, size).split()
        planes = [plane.tobytes() for plane in (alpha, red, green, blue)]
        data = bytearray(size * size * 4)
        for place, plane in enumerate(planes):
            data[place::4] = plane
        found.append((size, size, bytes(data)))
    return found
