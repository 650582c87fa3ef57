"""Film sources as Kodi keeps them: their names in sources.xml, content and scraper in the video database.

JSON-RPC can set neither; the database rows are what Kodi's own dialogue "Set content" writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement

# recursion and folder names; "Movies are in separate folders" makes movie.nfo and poster.jpg count too
FILES_ANYWHERE = (2147483647, 0)
SEPARATE_FOLDERS = (1, 1)

ADD_SOURCE = """
INSERT INTO path (strPath, strContent, strScraper, scanRecursive, useFolderNames,
                  strSettings, noUpdate, exclude, allAudio)
SELECT :path, 'movies', 'metadata.local', :recursion, :folders, '', 0, 0, 0
WHERE NOT EXISTS (SELECT 1 FROM path WHERE strPath = :path)
"""


def write_sources(home: Path, sources: Mapping[str, Path]) -> None:
    """Write sources.xml; Kodi reads it only when it starts."""
    root = Element("sources")
    video = SubElement(root, "video")
    for name, folder in sources.items():
        source = SubElement(video, "source")
        SubElement(source, "name").text = name
        SubElement(source, "path", pathversion="1").text = f"{folder}/"
    ElementTree(root).write(home / "userdata/sources.xml", encoding="utf-8")


def set_content(home: Path, sources: Mapping[str, Path], *, movie_folders: bool) -> None:
    """Make each source one of films with local information only; a running Kodi sees it at its next scan."""
    (database,) = (home / "userdata/Database").glob("MyVideos*.db")
    recursion, folders = SEPARATE_FOLDERS if movie_folders else FILES_ANYWHERE
    rows = [{"path": f"{folder}/", "recursion": recursion, "folders": folders} for folder in sources.values()]
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.executemany(ADD_SOURCE, rows)
