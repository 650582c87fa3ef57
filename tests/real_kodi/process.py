"""The three processes of a headless Kodi: a screen, a sound sink, and Kodi itself.

Each is a context that has ended its process, by the id it remembers, when it is left.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.real_kodi.programs import kodi_binary
from tests.real_kodi.waiting import until

PATIENCE = 20  # seconds between asking a process to end and killing it

Process = subprocess.Popen[bytes]
Environment = Mapping[str, str]


def environment(home: Path, sockets: Path) -> Environment:
    """A small, known environment; paths of sockets must be short (108 bytes)."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "KODI_DATA": str(home),
        "TMPDIR": str(sockets),
        "XDG_RUNTIME_DIR": str(sockets),
        "PULSE_SERVER": f"unix:{sockets}/pulse",
        "PULSE_RUNTIME_PATH": str(sockets),
        "PULSE_STATE_PATH": str(sockets),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "GALLIUM_DRIVER": "llvmpipe",
        "LP_NUM_THREADS": "1",
        # neither find nor start a bus
        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nonexistent",
    }


@contextmanager
def screen(env: Environment, logs: Path) -> Iterator[str]:
    """A screen of its own in memory; gives its DISPLAY, whose number Xvfb chooses and writes to stdout."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "640x360x24", "-nolisten", "tcp", "-noreset"]
    with running("xvfb", command, env, logs) as process:
        yield ":" + until(lambda: _first_line(process, logs / "xvfb.out"), "Xvfb opens a display")


@contextmanager
def sound_sink(env: Environment, logs: Path) -> Iterator[None]:
    """A silent sound card: without one, Kodi's playback hangs at 0:00."""
    socket = Path(env["XDG_RUNTIME_DIR"]) / "pulse"
    options = ["-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disable-shm=yes"]
    # Without norewinds playback begins about a second later (seen with Kodi 20).
    modules = ["module-null-sink norewinds=1", f"module-native-protocol-unix auth-anonymous=1 socket={socket}"]
    command = ["pulseaudio", *options, *(word for module in modules for word in ("-L", module))]
    with running("pulseaudio", command, env, logs) as process:
        until(lambda: alive(process) and socket.exists(), "PulseAudio opens its socket")
        yield


@contextmanager
def kodi(env: Environment, logs: Path) -> Iterator[Process]:
    """Kodi itself, just begun; it writes its settings and its database when it is left."""
    command = [str(kodi_binary()), "--windowing=x11", "--audio-backend=pulseaudio"]
    with running("kodi", command, env, logs) as process:
        yield process


@contextmanager
def running(name: str, command: Sequence[str], env: Environment, logs: Path) -> Iterator[Process]:
    """A process in a session of its own, so that Ctrl-C reaches the tests and not it."""
    with (logs / f"{name}.out").open("wb") as out, (logs / f"{name}.err").open("wb") as err:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
        )
        try:
            yield process
        finally:
            _end(process)


def alive(process: Process) -> bool:
    """True, or AssertionError with the command that ended."""
    code = process.poll()
    if code is not None:
        raise AssertionError(f"ended with code {code}: {process.args!r}")
    return True


def _end(process: Process) -> None:
    try:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def _first_line(process: Process, file: Path) -> str:
    alive(process)
    line, end, _ = file.read_text().partition("\n")
    return line if end else ""
