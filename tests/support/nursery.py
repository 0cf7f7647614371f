"""Where bots are born in tests: a process that has imported what ``serve`` needs, and forks for each.

A start costs a second and a half of processor time, nearly all of it imports; the suite starts hundreds, most of them
to be killed. What is forked is a process of its own as any other: it opens its configuration, database and sockets
itself, runs the whole of ``main``, and is killed, stopped and waited for by its number.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from threading import Lock

ROOT = Path(__file__).parents[2]
_IMPORTED = ("coopbot.__main__", "coopbot.app", "coopbot.config", "coopbot.store.postgres", "alembic.command")
_one_at_a_time = Lock()
_LOST = "lost"
"""The status of a process whose nursery has ended."""


class Born:
    """A process, with the part of asyncio.subprocess.Process that tests use."""

    def __init__(self, pid: int, stdout: asyncio.StreamReader, ended: asyncio.StreamReader) -> None:
        self.pid, self.stdout, self.returncode = pid, stdout, None
        self._ending = asyncio.ensure_future(self._end(ended))

    returncode: int | None

    async def _end(self, ended: asyncio.StreamReader) -> int:
        said = (await ended.read()).decode() or _LOST
        assert said != _LOST, "the nursery ended before its process"
        self.returncode = int(said)
        return self.returncode

    async def wait(self) -> int:
        return await asyncio.shield(self._ending)


async def bear(code: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Born:
    """A process that runs ``code`` with ``arguments`` as its command line, like ``python -c``."""
    stdout, speaks = await _pipe()
    ended, ends = await _pipe()
    request = json.dumps({"code": code, "arguments": [*arguments], "environment": dict(environment)}).encode()
    try:
        pid = await asyncio.to_thread(_ask, request, [speaks, ends])
    finally:
        os.close(speaks)
        os.close(ends)
    return Born(pid, stdout, ended)


async def _pipe() -> tuple[asyncio.StreamReader, int]:
    reads, writes = os.pipe()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(reads, "rb", 0))
    return reader, writes


def _ask(request: bytes, descriptors: list[int]) -> int:
    with _one_at_a_time:
        line = _nursery()
        socket.send_fds(line, [f"{len(request):8}".encode()], descriptors)
        line.sendall(request)
        return int(line.recv(16).decode())


@cache
def _nursery() -> socket.socket:
    """One for each process that runs tests; it ends with it."""
    ours, its = socket.socketpair()
    command = [sys.executable, "-c", f"from tests.support.nursery import run; run({its.fileno()})"]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[its.fileno()])
    its.close()

    def close() -> None:
        ours.close()
        process.wait(10)

    atexit.register(close)
    return ours


# --- in the nursery ------------------------------------------------------------------------------------------------


def run(descriptor: int) -> None:
    """Serve requests until the other side is gone; then take along who still lives."""
    line = socket.socket(fileno=descriptor)
    for module in _IMPORTED:
        __import__(module)
    alive: dict[int, int] = {}
    woken, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        ready, _, _ = select.select([line, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _bury(alive)
        if line in ready:
            head, descriptors, _, _ = socket.recv_fds(line, 8, 2)
            if not head:
                break
            request = _read(line, int(head))
            pid = _fork(request, descriptors[0], [line.fileno(), woken, wakes, *alive.values(), descriptors[1]])
            alive[pid] = descriptors[1]
            os.close(descriptors[0])
            line.sendall(str(pid).encode())
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _read(line: socket.socket, size: int) -> bytes:
    read = bytearray()
    while len(read) < size:
        read += line.recv(size - len(read))
    return bytes(read)


def _bury(alive: dict[int, int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            pid, status = found
            ends = alive.pop(pid)
            os.write(ends, str(os.waitstatus_to_exitcode(status)).encode())
            os.close(ends)


def _fork(request: bytes, stdout: int, not_its: Sequence[int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor in not_its:
            os.close(descriptor)
        os.dup2(stdout, 1)
        os.dup2(stdout, 2)
        os.close(stdout)
        asked = json.loads(request)
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["-c", *asked["arguments"]]
        exec(asked["code"], {"__name__": "__main__"})
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)
