"""The debugger's line without GDB: packets and bytes as they are, and a scripted GDB on top that does what one does, fast."""
import re
import socket
import struct

SECONDS = 120
PACKET = re.compile(rb"\$([^#]*)#..", re.DOTALL)
MARKER, MARKED = b"qXfer:features:read:target.xml:0,10", b"m<?xml"  # what no other packet is answered by


class Line:
    """A line: `ask` sends a packet's body and returns the answer's."""

    def __init__(self, path, seconds=SECONDS):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(path)
        self.socket.settimeout(seconds)
        self.buffer = b""
        self.acknowledges = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, body):
        self.socket.sendall(b"$" + body + b"#%02x" % (sum(body) & 0xFF))

    def receive(self):
        found = PACKET.search(self.buffer)
        while not found:
            piece = self.socket.recv(65536)
            if not piece:
                raise ConnectionError("the line was closed")
            self.buffer += piece
            found = PACKET.search(self.buffer)
        self.buffer = self.buffer[found.end():]
        if self.acknowledges:
            self.socket.sendall(b"+")
        return re.sub(rb"(.)\*(.)", lambda run: run[1] * (run[2][0] - 28), found[1], flags=re.DOTALL)

    def ask(self, body):
        self.send(body)
        return self.receive()

    def settle(self):
        """After bytes of any kind, nothing runs, and no answer is left for whoever comes to this line next."""
        self.socket.sendall(b"\x03$#00")  # ends a packet of which only the begin was sent
        self.send(MARKER)
        while not self.receive().startswith(MARKED):
            pass


class Stop:
    """A stop reply: signal, thread, why, and the frame's registers."""

    def __init__(self, body):
        if not body.startswith(b"T"):
            raise AssertionError(f"this is no stop: {body!r}")
        self.body = body
        self.signal = int(body[1:3], 16)
        fields = dict(part.split(b":", 1) for part in body[3:].split(b";") if part)
        self.thread = fields[b"thread"]
        self.core = int(fields[b"core"], 16)
        self.why = next((name.decode() for name in (b"swbreak", b"hwbreak", b"watch", b"rwatch", b"awatch") if name in fields), "")
        self.address = int(fields.get(self.why.encode(), b"") or b"0", 16)
        self.place = struct.unpack("<Q", bytes.fromhex(fields[b"10"].decode()))[0]

    def __repr__(self):
        return f"signal {self.signal} {self.why} at {self.place:#x} of {self.thread.decode()} on CPU {self.core}"


class Script(Line):
    """A session as a GDB begins it, and the steps of one."""

    def __init__(self, path, seconds=SECONDS):
        super().__init__(path, seconds)
        self.ask(b"qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+")
        self.ask(b"QStartNoAckMode")
        self.acknowledges = False
        self.stopped = Stop(self.ask(b"?"))

    def do(self, body):
        """Asks for something that is answered by OK."""
        answer = self.ask(body)
        if answer != b"OK":
            raise AssertionError(f"{body!r} was answered by {answer!r}")

    def go(self, plan=b"c"):
        self.send(b"vCont;" + plan)
        self.stopped = Stop(self.receive())
        return self.stopped

    def step(self, thread=None, others=b""):
        return self.go(b"s:" + (thread or self.stopped.thread) + others)

    def interrupt(self):
        """Ctrl-C, after a plan was sent."""
        self.socket.sendall(b"\x03")
        self.stopped = Stop(self.receive())
        return self.stopped

    def read(self, address, size):
        return bytes.fromhex(self.ask(b"m%x,%x" % (address, size)).decode())

    def word(self, address):
        return int.from_bytes(self.read(address, 8), "little")

    def threads(self):
        self.list_threads()  # the first list at a stop has no new processes
        return self.list_threads()

    def list_threads(self):
        found, answer = [], self.ask(b"qfThreadInfo")
        while answer.startswith(b"m"):
            found += answer[1:].split(b",")
            answer = self.ask(b"qsThreadInfo")
        return found

    def detach(self):
        self.do(b"D")
