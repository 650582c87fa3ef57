from __future__ import annotations

from metarr_core.operations.doctor.findings import Severity
from tests.doctor.conftest import all_well, bad, only

SUBJECT = "path mappings"


async def test_mappings_to_folders_that_exist_are_well(says):
    assert "all 1 name folders that exist" in all_well(await says(SUBJECT))


async def test_without_mappings_all_is_well(says, document):
    document["managers"][0]["path_mappings"] = []
    assert "none" in all_well(await says(SUBJECT))


async def test_a_mapping_of_a_manager_to_nowhere_is_a_problem(says, document):
    document["managers"][0]["path_mappings"] = [{"manager_path": "/data", "metarr_path": "/no/such/folder"}]
    found = only(await says(SUBJECT), Severity.PROBLEM)
    assert "/no/such/folder, a metarr_path of 'radarr'" in found.sentence
    assert "correct metarr_path" in found.cure


async def test_a_mapping_of_a_player_group_to_nowhere_is_a_problem_too(says, document):
    document["managers"][0]["path_mappings"] = [{"manager_path": "/data", "metarr_path": "/no/such/folder"}]
    document["player_groups"][0]["path_mappings"] = [{"metarr_path": "/nor/this", "player_path": "smb://nas/movies"}]
    assert [finding.sentence.split(",")[0] for finding in bad(await says(SUBJECT))] == ["/nor/this", "/no/such/folder"]
