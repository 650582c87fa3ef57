"""The page of the settings is what the command prints."""

from __future__ import annotations

from pathlib import Path

from metarr_core.settings.reference import page

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"


def test_the_page_is_as_the_command_prints_it():
    assert PAGE.read_text("utf-8") == page(), "run `metarr settings > docs/settings.md`"


def test_every_heading_of_the_example_is_on_the_page():
    for heading in ("[paths]", "[providers.tmdb]", "[[libraries]]", "[[managers]]", "[[player_groups]]", "[logging]"):
        assert f"## `{heading}`" in page()
