"""Processes that a test started."""

from __future__ import annotations

import os
import signal
import subprocess


def end(process: subprocess.Popen[bytes], grace_s: float = 20.0) -> int:
    """End a process that leads a group as engines of containers do; its status, -SIGKILL if it was killed.

    An action server may have to be: Sanic, asked to end in the moment between its worker's first request and its own
    note that the worker is there, waits for that note for ever.
    """
    process.terminate()
    try:
        return process.wait(grace_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()
