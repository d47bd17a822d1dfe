"""What the tests of the Python distribution share."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBJVM = Path("lib", "server", "libjvm.dylib" if sys.platform == "darwin" else "libjvm.so")
