"""Random mistakes in files that people write."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

PIECES = (
    *("", "\n", "  ", "- ", ": ", "{", "}", "[", "]", "'", '"', "|\n", "&a ", "*a", "!!x ", "#", "\t", "\0"),
    *("---\n", "<<: ", "null", "{{ version }}", "{{", "}}", "1e999", "9" * 400, "[" * 60, "web-[1:9]"),
    *("\ufeff", "\u202e", "é", "😀"),
)
"""What means something in YAML, in templates or nowhere."""


@st.composite
def mistaken(draw: st.DrawFn, texts: Sequence[str], pieces: st.SearchStrategy[str]) -> bytes:
    """One of these texts with pieces of it left out, doubled, moved and replaced by others."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 6))):
        start, to = draw(st.integers(0, len(text))), draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["cut", "double", "move", "replace"])):
            case "cut":
                text = text[:start] + text[end:]
            case "double":
                text = text[:end] + text[start:end] + text[end:]
            case "move":
                text = text[:to] + text[start:end] + text[to:]
            case _:
                text = text[:start] + draw(pieces) + text[end:]
    return text.encode(errors="replace")
