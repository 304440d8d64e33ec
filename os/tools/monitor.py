"""QEMU's machine protocol (QMP): commands as lines of JSON over a socket, each with its answer."""
import json
import os
import socket


class MonitorError(Exception):
    """QEMU refused a command, or is gone."""


class Monitor:
    """A connection. `execute` has a command done and returns what it answers; what QEMU says of its own accord is left out."""

    def __init__(self, connection):
        self._stream = connection.makefile("rw", encoding="utf-8")
        self.execute("qmp_capabilities")

    def execute(self, command, **arguments):
        try:
            print(json.dumps({"execute": command, "arguments": arguments}), file=self._stream, flush=True)
            for line in self._stream:
                answer = json.loads(line)
                if "return" in answer:
                    return answer["return"]
                if "error" in answer:
                    raise MonitorError(f"{command}: {answer['error']['desc']}")
        except (ConnectionError, BrokenPipeError):
            pass
        raise MonitorError(f"{command}: QEMU has ended")


def connect(path):
    """The monitor of a machine that listens at a UNIX socket (os/run and os/gdb have theirs do so)."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
    except OSError as error:
        raise MonitorError(f"{path}: {error.strerror}: start a machine by os/run, without --command, or by ninja gdb") from error
    return Monitor(connection)


def dump(monitor, path):
    """Writes the guest's memory, as the kernel's page tables show it, and the CPUs' registers: an ELF core. The guest stands
    meanwhile, and is then as it was."""
    if os.path.exists(path):
        os.remove(path)  # QEMU makes it read-only
    monitor.execute("dump-guest-memory", paging=True, protocol="file:" + path)
