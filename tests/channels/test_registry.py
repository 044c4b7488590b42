from fakes import FakeSecrets
from traybeat.channels.registry import Outfit, discover
from traybeat.settings.template import default_file, reference
from traybeat.settings.tree import Schema


def test_every_channel_is_found() -> None:
    assert [one.name for one in discover()] == ["apprise", "desktop", "email", "slack", "webhook"]


def test_by_default_no_channel_is_set_up_where_there_is_no_desktop() -> None:
    outfit = Outfit(FakeSecrets(), "box")
    for one in discover():
        assert one.build(one.options(), outfit) is None
        assert not list(one.check(one.options()))


def test_every_option_has_its_place_in_the_settings() -> None:
    schema = Schema(channels={one.name: one.options for one in discover()})
    text = default_file(schema)
    for path in ("channels:", "email:", "#security: starttls", "#mention: none", "#signing_key:", "quiet_hours:"):
        assert path in text
    table = reference(schema)
    assert "`channels.slack.mention_from`" in table
    assert "`alerts.group_seconds`" in table
