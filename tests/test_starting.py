"""What a server loads before it answers anybody."""

from __future__ import annotations

import subprocess
import sys

# What only some of what staff do needs, and what takes long to load.
IN_TIME = {"httpx2", "authlib", "joserfc", "cryptography", "textstat", "nltk", "matplotlib", "torch", "transformers"}


def test_a_server_starts_without_what_only_staff_need_at_times() -> None:
    """An HTTP client, single sign-on, reading levels and plots are loaded when somebody asks for them."""
    code = "import sys, bot.bootstrap, bot.web.app; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "fastapi" in loaded
    assert not IN_TIME & set(loaded)
