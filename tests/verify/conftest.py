"""The environments of the apps that really run, made once for all tests."""

from __future__ import annotations

import pytest

from sis_migrate.cache import cache_folder
from sis_migrate.resolver.uv import UvError
from sis_migrate.verify.environments import BASE, EMULATOR, Environments
from verify.real_environments import require


@pytest.fixture(scope="session")
def environments() -> Environments:
    """Environments in the user's cache; a skip where there is no uv or no network."""
    try:
        found = Environments(cache_folder())
    except UvError as error:
        pytest.skip(str(error))
    for packages in (BASE, EMULATOR):
        require(found, packages)
    return found
