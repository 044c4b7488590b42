"""Text from the operating system is hostile: any byte, any length."""

LONGEST_LABEL = 128
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def unmarked(text: str) -> str:
    """Write a text where markup is understood, between tags; `html.escape` would load every entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str, longest: int = LONGEST_LABEL) -> str:
    """Make text safe to carry as a label: printable characters only, at most `longest` of them.

    Control characters, line ends, bidirectional overrides and undecodable bytes (surrogates) become U+FFFD. What a
    format needs beyond that (quotes, markup) is the business of whoever writes that format.
    """
    if len(text) > longest:
        text = text[: longest - 1] + "…"
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else REPLACEMENT for character in text)
