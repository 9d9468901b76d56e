"""Does the migrated app really install, start and serve several viewers?"""

from __future__ import annotations
