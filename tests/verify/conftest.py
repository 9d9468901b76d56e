"""The environments of the apps that really run, made once for all tests."""

from __future__ import annotations

import pytest

from sis_migrate.verify.environments import BASE, EMULATOR, Environment, Environments, default_cache
from sis_migrate.verify.uv import UvError


@pytest.fixture(scope="session")
def environments() -> Environments:
    """Environments in the user's cache, or a skip with the reason why there are none."""
    try:
        found = Environments(default_cache())
        for packages in (BASE, EMULATOR):
            made = found.make(packages)
            if not isinstance(made, Environment):
                pytest.skip(f"the packages cannot be had: {made.why}")
    except UvError as error:
        pytest.skip(str(error))
    return found
