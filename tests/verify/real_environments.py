"""What the tests that really install and run need, or why there is nothing to test with."""

from __future__ import annotations

import pytest

from sis_migrate.resolver.uv import Cause, UvError, Why
from sis_migrate.verify.environments import Environment, Environments


def require(environments: Environments, packages: tuple[str, ...]) -> None:
    """Make an environment; a skip without a network, a failure where it is our packages' fault."""
    try:
        made = environments.make(packages)
    except UvError as error:
        if error.cause is None or error.cause.why is not Why.NETWORK:
            raise
        made = error.cause
    if isinstance(made, Cause) and made.why is Why.NETWORK:
        pytest.skip(f"the packages cannot be had: {made.why}")
    assert isinstance(made, Environment), f"{packages}: {made.words}"
