"""What a test needs of the system that it runs on, each with the reason told where it is skipped.

Windows has no signals, pipes with names, pseudo-terminals or shells of POSIX; macOS has no
/dev/full, no /proc, no other address of loopback than 127.0.0.1, and names of files in UTF-8 alone.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

WINDOWS, MAC = sys.platform == "win32", sys.platform == "darwin"
BASH = None if WINDOWS else shutil.which("bash")  # Windows may find one that starts a machine

posix = pytest.mark.skipif(os.name != "posix", reason="signals, links and pipes of POSIX")
terminals = pytest.mark.skipif(WINDOWS, reason="pseudo-terminals")
needs_bash = pytest.mark.skipif(BASH is None, reason="bash is not installed")
full_device = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
other_loopback = pytest.mark.skipif(MAC, reason="127.0.0.1 is the one address of loopback")
names_of_bytes = pytest.mark.skipif(WINDOWS or MAC, reason="names of files are text")
