"""What the dashboard costs in Chromium, over thirty days of history: python tests/benchmarks/pages.py.

Starts the agent on an invented history of thirty days, and prints a Markdown table for docs/performance.md.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT.parent / "app")]

from agent import Agent, free_port, until  # noqa: E402
from dashboard import node, past  # noqa: E402


def main() -> None:
    node.install()
    with tempfile.TemporaryDirectory() as place:
        agent = Agent(Path(place), free_port(), TRAYBEAT_API__REQUESTS_PER_HOUR="100000")
        agent.data.mkdir(mode=0o700)
        past.write(agent.data / "telemetry.db", time.time())
        with agent.running():
            until(lambda: agent.answers(agent.dashboard), 30, "the dashboard")
            key = agent.command("key", "create", "measure").stdout.splitlines()[0]
            address = f"http://127.0.0.1:{agent.dashboard}"
            found = json.loads(node.run("tests/browser/measure.mjs", address, key, seconds=400).splitlines()[-1])
    mib = 2**20
    rows = (
        ("First contentful paint", f"{found['first_paint_ms']:.0f} ms"),
        ("Overview with 6 h of history drawn", f"{found['overview_ms']:.0f} ms"),
        (f"30 days (and 7) in {found['charts']} charts, from the answer to the frame", f"{found['redraw_ms']:.0f} ms"),
        ("Renderer, live every 2 s with as many", f"{found['live_share_of_a_core']:.1%} of a core"),
        (
            "JavaScript heap, before and after an hour of messages",
            f"{found['heap_before'] / mib:.1f} MiB, {found['heap_after_an_hour'] / mib:.1f} MiB",
        ),
    )
    print("| What | Measured |\n|---|---|")
    for what, measured in rows:
        print(f"| {what} | {measured} |")


if __name__ == "__main__":
    main()
