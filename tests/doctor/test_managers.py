from __future__ import annotations

import pytest

from metarr_core.operations.doctor.findings import Severity
from metarr_core.operations.doctor.radarr_webhook import TICKS
from tests.doctor.conftest import all_well, bad, only
from tests.doctor.radarr import webhook

SUBJECT = "manager 'radarr'"


async def test_a_radarr_that_is_set_up_well_is_well(says, radarr, movies):
    told = all_well(await says(SUBJECT))
    assert "Radarr 6.0.3.10397 answers" in told
    assert "webhook 'Metarr' is sent for all" in told
    assert "leaves NFO and artwork to Metarr" in told
    assert f"/data/movies is {movies} here" in told


async def test_without_address_and_key_there_is_a_hint(says):
    (found,) = await says(SUBJECT)
    assert found.severity is Severity.OK
    assert "url and api_key" in found.cure


async def test_a_radarr_that_is_off_is_a_problem(says, document):
    document["managers"][0].update(url="http://127.0.0.1:9", api_key="some-key")
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "no answer from http://127.0.0.1:9" in found.sentence
    assert "correct the url of 'radarr'" in found.cure


async def test_a_key_that_radarr_refuses_is_a_problem(says, radarr):
    radarr.key = "another"
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "refuses the key" in found.sentence
    assert "API Key" in found.cure


async def test_a_page_instead_of_an_api_points_to_the_url_base(says, radarr):
    radarr.page = "<html>Radarr</html>"
    assert "URL base" in only(await says(SUBJECT), Severity.PROBLEM).sentence


@pytest.mark.parametrize("rows", [{}, [1], None, "text"])
async def test_rows_that_make_no_sense_are_a_problem_and_no_crash(says, radarr, rows):
    radarr.root_folders = rows
    assert "does not answer like Radarr" in only(await says(SUBJECT), Severity.PROBLEM).sentence


@pytest.mark.parametrize("tick", TICKS, ids=lambda tick: tick.field)
async def test_each_missing_tick_is_named_as_on_radarrs_page(says, radarr, tick):
    radarr.connections[0] = webhook("http://metarr:8765/webhooks/radarr/radarr", tick.field)
    found = only(await says(SUBJECT), tick.severity)
    assert f"'{tick.label}'" in found.sentence
    assert tick.loss in found.sentence
    assert found.cure == f"tick '{tick.label}' in its Settings → Connect → Metarr"


async def test_without_the_tick_for_imports_nothing_works(says, radarr):
    radarr.connections[0] = webhook("http://metarr:8765/webhooks/radarr/radarr", "onDownload", "onGrab")
    assert [finding.severity for finding in bad(await says(SUBJECT))] == [Severity.PROBLEM, Severity.WARNING]


async def test_two_connections_together_may_have_all_ticks(says, radarr):
    radarr.connections = [webhook("http://a/webhooks/radarr/radarr", "onGrab"), webhook("http://b/webhooks/radarr/radarr")]
    all_well(await says(SUBJECT))


STRANGERS = [
    "http://discord/api/webhooks/1/radarr",
    "http://metarr/webhooks/radarr2/radarr",
    "http://metarr/",
    "",
    "not a url",
]


@pytest.mark.parametrize("url", STRANGERS)
async def test_a_webhook_to_somebody_else_is_not_ours(says, radarr, url):
    radarr.connections = [webhook(url)]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "no webhook to Metarr" in found.sentence
    assert "/webhooks/radarr/radarr" in found.cure


@pytest.mark.parametrize("path", ["/webhooks/radarr/radarr/", "/webhooks/radarr", "/webhooks/radarr/radarr?apikey=x"])
async def test_our_address_is_known_in_all_its_forms(says, radarr, path):
    radarr.connections = [webhook(f"https://metarr.example.org{path}")]
    all_well(await says(SUBJECT))


async def test_below_a_base_path_only_that_counts(says, radarr, document):
    document["web"]["base_path"] = "/metarr"
    radarr.connections = [webhook("http://nas/metarr/webhooks/radarr/radarr")]
    all_well(await says(SUBJECT))
    radarr.connections = [webhook("http://nas/webhooks/radarr/radarr")]
    assert "/metarr/webhooks/radarr/radarr" in only(await says(SUBJECT), Severity.PROBLEM).cure


async def test_of_two_radarrs_each_has_to_say_its_name(says, radarr, document):
    document["managers"].append({"name": "uhd", "type": "radarr"})
    radarr.connections = [webhook("http://metarr:8765/webhooks/radarr", name="To Metarr")]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "'To Metarr' does not end in this manager's name" in found.sentence
    assert found.cure.endswith("/webhooks/radarr/radarr")


async def test_tags_on_the_webhook_are_told(says, radarr):
    radarr.connections[0]["tags"] = [3]
    assert "take the tags away" in only(await says(SUBJECT), Severity.WARNING).cure


async def test_radarrs_own_kodi_writer_is_told(says, radarr):
    radarr.metadata[0]["enable"] = True
    found = only(await says(SUBJECT), Severity.WARNING)
    assert "overwrite Metarr's NFO" in found.sentence
    assert "Settings → Metadata → Kodi" in found.cure


async def test_a_root_folder_that_no_mapping_fits_is_a_problem(says, radarr):
    radarr.root_folders[0]["path"] = "/mov"
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "no path mapping fits its root folder /mov" in found.sentence
    assert 'manager_path = "/mov"' in found.cure


async def test_a_root_folder_outside_of_all_libraries_is_a_problem(says, radarr, document):
    document["managers"][0]["path_mappings"] = []
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "lies in no library" in found.sentence
    assert "add a library with path /data/movies" in found.cure


async def test_a_root_folder_that_radarr_cannot_reach_is_told(says, radarr):
    radarr.root_folders[0]["accessible"] = False
    assert "cannot reach its own root folder" in only(await says(SUBJECT), Severity.WARNING).sentence


async def test_a_sonarr_is_asked_only_who_it_is(says, radarr, document):
    document["managers"][0]["type"] = "sonarr"
    assert "answers" in all_well(await says(SUBJECT))
