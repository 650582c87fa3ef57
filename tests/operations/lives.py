"""All that may happen to a film: by users, by other programs, by Radarr, by providers and by Metarr itself."""

from __future__ import annotations

from tests.operations.life_of_managers import ManagerDeeds
from tests.operations.life_of_others import OthersDeeds
from tests.operations.life_of_users import UserDeeds


class WholeLife(UserDeeds, ManagerDeeds, OthersDeeds):
    """A life in which anything may happen."""
