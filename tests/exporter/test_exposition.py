import math
import shutil
import subprocess
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from fakes import FakeClock, batch
from traybeat.engine.latest import Latest
from traybeat.exporter.exposition import Exposition, Form, compress, families, negotiate, render
from traybeat.model.metric import Sample, counter, gauge

SPACE = gauge("disk_space_bytes", "bytes", "How much\nroom there \\ is.", "device", "path")
READS = counter("disk_reads_total", "", "Reads.", "device")
hostile = st.text(st.characters(exclude_categories=()), max_size=40)
numbers = st.floats(allow_nan=False, allow_infinity=False)


def parsed(form: Form, text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    read = read_text if form is Form.TEXT else read_openmetrics
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in read(text if form is Form.TEXT else text + "# EOF\n")
        for sample in family.samples
    }


@given(st.dictionaries(st.tuples(hostile, hostile), numbers, max_size=5), numbers.map(abs), hostile)
@example({('a"b\\', "c\nd"): 1e300, ("", "}"): -0.0}, 5.0, 'x"} 1\n# TYPE')
def test_whatever_a_label_holds_a_reader_finds_it_again(
    spaces: dict[tuple[str, str], float], reads: float, device: str
) -> None:
    samples = tuple(Sample(SPACE, labels, value) for labels, value in spaces.items())
    for form in Form:
        # Lone surrogates can't be written at all: collectors replace them before they get here.
        clean = tuple(one for one in (*samples, Sample(READS, (device,), reads)) if utf8("".join(one.labels)))
        expected = {
            (metric.name, tuple(sorted(zip(metric.labels, labels, strict=True)))): value
            for metric, labels, value in clean
        }
        assert parsed(form, render(form, clean).decode()) == expected


def utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    # Prometheus ends lines at \n alone; the library's parser splits at every line end that Unicode knows.
    return len(text.splitlines()) <= 1 and text == text.rstrip("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029")


def test_a_series_given_twice_is_written_once() -> None:
    first, second = (Sample(READS, ("sda",), value) for value in (1.0, 2.0))
    (family,) = families((first, second))
    assert [(line.labels, line.value) for line in family.samples] == [({"device": "sda"}, 1.0)]


def test_the_samples_of_a_family_stand_together() -> None:
    mixed = tuple(
        sample
        for device in ("sda", "sdb")
        for sample in (Sample(READS, (device,), 1.0), Sample(SPACE, (device, "/"), 1.0))
    )
    text = render(Form.TEXT, mixed).decode()
    assert text.count("# TYPE") == 2
    assert [line.partition("{")[0] for line in text.splitlines() if line[0] != "#"] == [
        "disk_reads_total",
        "disk_reads_total",
        "disk_space_bytes",
        "disk_space_bytes",
    ]


def test_openmetrics_names_units_and_counters_its_own_way() -> None:
    text = render(Form.OPENMETRICS, (Sample(READS, ("sda",), 1.0), Sample(SPACE, ("sda", "/"), 1.0))).decode()
    assert "# TYPE disk_reads counter\n" in text
    assert "# UNIT disk_space_bytes bytes\n" in text
    assert "# EOF" not in text


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", Form.TEXT),
        ("*/*", Form.TEXT),
        ("text/plain", Form.TEXT),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Form.TEXT),
        ("application/openmetrics-text", Form.OPENMETRICS),
        ("application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", Form.OPENMETRICS),
        ("application/openmetrics-text;version=99;escaping=allow-utf-8", Form.OPENMETRICS),
        ("application/openmetrics-text;version=0.0.1,text/plain;version=0.0.4;q=0.5", Form.TEXT),
    ],
)
def test_the_format_follows_the_accept_header(accept: str, form: Form) -> None:
    assert negotiate(accept) is form


class Bench:
    def __init__(self) -> None:
        self.clock, self.latest = FakeClock(), Latest()
        self.exposition = Exposition(self.latest, self.clock)

    def take(self, source: str, value: float) -> None:
        one = batch(source, (Sample(gauge(f"{source}_ratio", "ratio", "A ratio."), (), value),))
        self.latest.accept(one)
        self.exposition.accept(one)

    def text(self, form: Form = Form.TEXT) -> str:
        return self.exposition.body(form).decode()


def test_a_scrape_gives_the_newest_of_every_source_and_the_time() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    bench.take("b", 0.5)
    bench.take("a", 0.75)
    text = bench.text()
    assert "a_ratio 0.75\n" in text
    assert "b_ratio 0.5\n" in text
    assert "node_time_seconds 1.7e+09\n" in text
    assert bench.exposition.last_scrape == 1.7e9


def test_what_was_dropped_is_not_told_any_more() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    bench.latest.drop("a")
    assert "a_ratio" not in bench.text()


def test_a_failed_batch_changes_nothing() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    failed = batch("a", error="no")
    bench.latest.accept(failed)
    bench.exposition.accept(failed)
    assert "a_ratio 0.25\n" in bench.text()


def test_openmetrics_closes_with_its_mark_once() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    bench.take("b", 0.25)
    text = bench.text(Form.OPENMETRICS)
    assert text.endswith("# EOF\n")
    assert text.count("# EOF") == 1
    assert len(parsed(Form.OPENMETRICS, text.removesuffix("# EOF\n"))) == 3


def test_nothing_is_rendered_that_nobody_asks_for() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    assert bench.exposition.ready() == frozenset()
    bench.text(Form.OPENMETRICS)
    bench.take("b", 0.5)
    assert bench.exposition.ready() == {(Form.OPENMETRICS, "a"), (Form.OPENMETRICS, "b")}
    bench.clock.go(301)
    bench.take("c", 0.5)
    assert (Form.OPENMETRICS, "c") not in bench.exposition.ready()


def test_what_is_gone_does_not_stay_in_memory() -> None:
    bench = Bench()
    bench.take("a", 0.25)
    bench.text()
    bench.latest.drop("a")
    bench.text()
    assert bench.exposition.ready() == frozenset()


def test_gzip_is_read_by_any_reader() -> None:
    assert zlib.decompress(compress(b"text" * 100), wbits=31) == b"text" * 100


def test_numbers_keep_every_digit() -> None:
    for value in (0.1, 1 / 3, 2**53 + 2.0, 5e-324, math.pi * 1e20):
        text = render(Form.TEXT, (Sample(READS, ("a",), value),)).decode()
        assert parsed(Form.TEXT, text)["disk_reads_total", (("device", "a"),)] == value


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed (tests/run installs it)")
def test_promtool_reads_hostile_labels() -> None:
    text = render(Form.TEXT, (Sample(READS, ('a"b\\c\nd\x00\u2028\N{PILE OF POO}',), 1.0),))
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
