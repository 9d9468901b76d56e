"""What viewers share beside the session: imported modules, settings of the process, threads."""

from __future__ import annotations
