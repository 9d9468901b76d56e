"""How a run that cannot be done ends: one message on stderr, and exit code 2."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

FAILED = 2


class UsageError(Exception):
    """What the user asked for cannot be meant; the message says what to write instead."""


def fail(message: str) -> NoReturn:
    """Print the message and exit with 2."""
    print(f"migrate: {message}", file=sys.stderr)
    raise SystemExit(FAILED)


@contextmanager
def failures() -> Iterator[None]:
    """Turn the errors that a run as a whole can end in into a message and exit code 2."""
    from sis_migrate.apps import DiscoveryError
    from sis_migrate.codemod import RegistryError
    from sis_migrate.configuration import ConfigurationError
    from sis_migrate.journal import RecordError
    from sis_migrate.write import WriteFailed, WriteRefused

    try:
        yield
    except (
        ConfigurationError, DiscoveryError, RecordError, RegistryError, UsageError, WriteFailed,
        WriteRefused,
    ) as error:  # fmt: skip
        fail(str(error))
    except KeyboardInterrupt:
        fail("interrupted; every file is as it was")
    except BrokenPipeError:
        # The reader of our output has gone (`migrate check | head`).
        sys.stderr.close()
        raise SystemExit(FAILED) from None
    except Exception as error:  # a fault of ours: one line for the user, the rest on request
        if os.environ.get("MIGRATE_DEBUG"):
            raise
        fail(
            f"internal error, please report it: {type(error).__name__}: {error} "
            "(MIGRATE_DEBUG=1 prints where)"
        )
