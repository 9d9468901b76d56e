"""The environments of the apps that really run, made once for all tests."""

from __future__ import annotations

import pytest

from sis_migrate.resolver.uv import UvError
from sis_migrate.verify.environments import BASE, EMULATOR, Environments, default_cache
from verify.real_environments import require


@pytest.fixture(scope="session")
def environments() -> Environments:
    """Environments in the user's cache; a skip where there is no uv or no network."""
    try:
        found = Environments(default_cache())
    except UvError as error:
        pytest.skip(str(error))
    for packages in (BASE, EMULATOR):
        require(found, packages)
    return found
