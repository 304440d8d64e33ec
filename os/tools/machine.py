"""The machine that Parley runs on: all of QEMU's flags, and a class that drives a QEMU without a display.

os/run and the tests in tests/system start Parley with this module alone:

    with Machine(Settings(cpus=4)) as machine:
        machine.expect(PROMPT)
        machine.type("echo hello\n")
        machine.expect(b"hello")
"""
import ctypes
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass

from monitor import Monitor, MonitorError, dump
from picture import read_ppm

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QEMU = "qemu-system-x86_64"
ISO = "build/parley.iso"
MONITOR = "build/monitor.socket"  # of the machine that a person started last
PROMPT = rb"\$ ($|\r\x1b\[K|\x1b\[K$)"  # a log line may take its row at once, and have it drawn again
PR_SET_PDEATHSIG = 1
# MiB of translated code. QEMU 7.2 looks through all of a frame's translations at each store to that frame, and as each process has its
# programs elsewhere, those of a frame add up: with QEMU's own size, 1 GiB, to empty the frames of a program that had run 1,500 times
# took minutes, in which the machine stood still.
TRANSLATED = 64

KEY_NAMES = {" ": "spc", "\n": "ret", "\t": "tab", "\b": "backspace", "\x1b": "esc", "-": "minus", "=": "equal",
             "[": "bracket_left", "]": "bracket_right", ";": "semicolon", "'": "apostrophe", "`": "grave_accent",
             "\\": "backslash", ",": "comma", ".": "dot", "/": "slash"}
SHIFTED = dict(zip('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./"))


@dataclass
class Settings:
    """What a machine is like. Paths are from the root of the tree."""
    kind: str = "release"     # or "debug"
    medium: str = "kernel"    # "kernel": QEMU loads the kernel itself; "cd", "usb", "disk": GRUB does, from the image
    cpus: int = 2
    memory: int = 256         # MiB
    swap: int = 0             # MiB of a device's memory for the swap area; a power of 2
    icount: bool = False      # guest time counts instructions, so that a run repeats exactly
    paced: bool = False       # with icount: time in which the guest does nothing passes as outside, and not at once
    tests: bool = False       # the ramdisk that holds the guest tests too
    ramdisk: str = None       # another ramdisk than the build's own; "": none at all
    kernel: str = ""          # another system's kernel, which takes `ramdisk` as its first file system (bench_linux.py)
    append: str = ""          # the kernel's command line
    command: str = ""         # a file with the line that the guest's program `host` runs
    gdb: str = ""             # a UNIX socket where the kernel's debugger listens, on the second serial port
    qemu_gdb: str = ""        # a UNIX socket where QEMU's own stub listens
    monitor: str = ""         # a UNIX socket where QEMU's machine protocol listens, for others (os/dump)
    recording: str = ""       # the directory that a run is recorded in (recording_make)
    replays: bool = False     # what was recorded there is done again
    gdbserver: str = ""       # a UNIX socket to the third serial port, which is gdbserver's line
    more: str = ""            # more flags for QEMU, as one would type them


def ramdisk_of(settings):
    """The file of the ramdisk; "": none at all."""
    if settings.ramdisk is not None:
        return settings.ramdisk
    return "build/ramdisk-tests.tar" if settings.tests else "build/ramdisk.tar"


def require_built(settings):
    """What is booted must have been built, which QEMU would say in words of its own."""
    needed = [settings.kernel or f"build/{settings.kind}/parley.elf32", ramdisk_of(settings)]
    maker = "`ninja guest-tests`" if settings.tests else "`ninja`"
    if settings.medium != "kernel":
        needed, maker = [ISO], "`ninja iso`"
    for path in filter(None, needed):
        if not os.path.exists(os.path.join(ROOT, path)):
            first = "" if os.path.exists(os.path.join(ROOT, "build/config.ninja")) else " after `./configure`"
            raise MachineError(f"{path} has not been built: {maker} makes it{first}")


def boot_flags(settings):
    if settings.kernel:
        return ["-kernel", settings.kernel, "-initrd", ramdisk_of(settings), "-append", settings.append]
    if settings.medium == "kernel":
        directory = f"build/{settings.kind}"
        ramdisk = ramdisk_of(settings)
        module = ["-initrd", f"{ramdisk} ramdisk"] if ramdisk else []
        return ["-kernel", f"{directory}/parley.elf32", *module, "-append",
                settings.append + (" gdb" if settings.gdb else "") + (" gdbserver" if settings.gdbserver else "")]
    if settings.medium == "cd":
        return ["-cdrom", ISO, "-boot", "d"]
    drive = f"if=none,id=image,format=raw,snapshot=on,file={ISO}"
    controller = ["-device", "qemu-xhci"] if settings.medium == "usb" else []
    device = "usb-storage" if settings.medium == "usb" else "ide-hd"
    return [*controller, "-drive", drive, "-device", f"{device},drive=image,bootindex=1"]


def needs_screen(settings):
    """GRUB draws on one, and so does the console, unless the line of a host or a serial console takes its place."""
    return settings.medium != "kernel" or not (settings.command or settings.kernel or "console=serial" in settings.append)


def flags(settings):
    """QEMU's flags for a machine, but for its consoles.

    Each CPU runs in a thread of QEMU's own where there is no screen. With one, all CPUs share a thread: QEMU 7.2 itself
    crashes now and then, when one CPU changes the memory map (the display's mode) while another writes to its APIC."""
    require_built(settings)
    screen = needs_screen(settings)
    threads = "single" if screen or settings.icount or settings.recording else "multi"
    chosen = ["-nodefaults", "-machine", "pc", "-accel", f"tcg,thread={threads},tb-size={TRANSLATED}", "-cpu", "max",
              "-smp", str(settings.cpus), "-m", str(settings.memory), "-vga", "std" if screen else "none", "-no-reboot"]
    if settings.icount:
        # Random bits and the time of day would differ from run to run, too.
        chosen += ["-icount", "shift=0,sleep=" + ("on" if settings.paced else "off"), "-seed", "1", "-rtc", "base=2026-01-01,clock=vm"]
    if settings.recording:
        chosen += recording_flags(settings)
    if settings.qemu_gdb:
        chosen += ["-chardev", f"socket,id=qemu-gdb,path={settings.qemu_gdb},server=on,wait=off", "-gdb", "chardev:qemu-gdb"]
    if settings.monitor:
        chosen += ["-qmp", f"unix:{settings.monitor},server=on,wait=off"]
    if settings.swap:
        chosen += ["-object", f"memory-backend-ram,id=swap,size={settings.swap}M", "-device", "ivshmem-plain,memdev=swap"]
    if settings.command:
        chosen += ["-fw_cfg", f"name=opt/parley/command,file={settings.command}"]
    return chosen + boot_flags(settings) + shlex.split(settings.more)


def recording_flags(settings):
    """A run that is recorded with all that comes in from outside, or done again from that. The disk holds the machine's state
    at the start, from where QEMU goes forward to a place that lies before the one where it stands.

    Without vapic=off QEMU 7.2 hangs in going back: that device's reset waits for the CPU, which waits for the recording's lock."""
    mode = "replay" if settings.replays else "record"
    # Powered off it stands, so that it can be asked how long it ran.
    return ["-no-shutdown", "-icount", f"shift=3,rr={mode},rrfile={settings.recording}/run,rrsnapshot=start", "-global", "apic-common.vapic=off",
            "-drive", f"file={settings.recording}/states.qcow2,if=none,id=states", "-net", "none"]


def recording_make(directory):
    """Makes the directory for a recording, in place of what was recorded there before."""
    os.makedirs(directory, exist_ok=True)
    states = os.path.join(directory, "states.qcow2")
    if os.path.exists(states):
        os.remove(states)
    subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", states, "1G"], check=True)


def gdb_flags(settings):
    """The second serial port, whose flags come behind the first one's, and the third with an interrupt of its own."""
    chosen = []
    if settings.gdb:
        chosen += ["-chardev", f"socket,id=debugger,path={settings.gdb},server=on,wait=off", "-serial", "chardev:debugger"]
    if settings.gdbserver:
        chosen += ["-chardev", f"socket,id=gdbserver,path={settings.gdbserver},server=on,wait=off",
                   "-device", "isa-serial,chardev=gdbserver,index=2,iobase=0x3e8,irq=5"]
    return chosen


def window():
    """The kind of window that QEMU can open here, or None."""
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return None
    known = subprocess.run([QEMU, "-display", "help"], capture_output=True, text=True, check=False).stdout.split()
    return next((kind for kind in ("gtk", "sdl") if kind in known), None)


def key_of(character):
    """The name by which QEMU's sendkey knows the key, or the keys, that type a character (us layout)."""
    if character in SHIFTED:
        return "shift-" + key_of(SHIFTED[character])
    if character.isupper():
        return "shift-" + character.lower()
    return KEY_NAMES.get(character, character)


def die_with_parent():
    """Runs in the new process: no QEMU outlives the program that started it."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class MachineError(Exception):
    """What was waited for did not come; the text holds the end of what the console said."""


class Machine:
    """A running QEMU without a display. Use it in a `with` statement: QEMU ends with the block.

    console  all bytes so far from the serial console
    links    more sockets by name, connected to the debug ports asked for: {"out": 0xe9} and so on
    """

    def __init__(self, settings=None, debug_ports=None):
        self.settings = settings or Settings()
        self.console = bytearray()
        self.links = {}
        self._read_until = 0  # how far `expect` has come in the console
        self._news = threading.Condition()
        self._directory = tempfile.mkdtemp(prefix="parley-")
        self._debug_ports = debug_ports or {}
        self._process = None
        self._errors = None
        self._start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.quit()

    def _listen(self, name):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(os.path.join(self._directory, name))
        listener.listen(1)
        listener.settimeout(20)
        return listener

    def _start(self):
        names = ["monitor", *self._debug_ports]
        if not self._has_console_file():
            names.insert(0, "serial")
        listeners = {name: self._listen(name) for name in names}
        arguments = [QEMU, *flags(self.settings), "-display", "none"]
        for name in names:
            arguments += ["-chardev", f"socket,id={name},path={self._directory}/{name}"]
        if self._has_console_file():
            arguments += ["-chardev", f"file,id=serial,path={self._directory}/serial"]
        arguments += ["-serial", "chardev:serial", *gdb_flags(self.settings), "-mon", "chardev=monitor,mode=control", "-S"]
        for name, port in self._debug_ports.items():
            arguments += ["-device", f"isa-debugcon,iobase={port:#x},chardev={name}"]
        self._errors = open(os.path.join(self._directory, "errors"), "w+b")
        self._process = subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=self._errors,
                                         stderr=self._errors, preexec_fn=die_with_parent,
                                         start_new_session=True)  # ctrl-c is the terminal's, not its
        try:
            self.links = {name: self._accept(listener) for name, listener in listeners.items()}
        except MachineError:
            self.quit()
            raise
        try:
            self._monitor = Monitor(self.links.pop("monitor"))
            if not self.settings.replays:
                self._execute("cont")
        except (MonitorError, MachineError) as error:
            self.quit()
            raise MachineError(f"{error}: {self.errors()}") from error
        if self._has_console_file():
            self._console_file = open(os.path.join(self._directory, "serial"), "rb", buffering=0)
        else:
            self._serial = self.links.pop("serial")
        self._reader = threading.Thread(target=self._read_console, daemon=True)
        self._reader.start()

    def _accept(self, listener):
        """Waits for QEMU to connect, but not when it has ended already."""
        listener.settimeout(0.1)
        give_up = time.monotonic() + 20
        try:
            while time.monotonic() < give_up and self._process.poll() is None:
                try:
                    return listener.accept()[0]
                except TimeoutError:
                    continue
        finally:
            listener.close()
        raise MachineError("QEMU did not start: " + self.errors())

    def _has_console_file(self):
        """A full socket makes the serial port wait, and in the guest that shows: a run that must repeat writes a file."""
        return bool(self.settings.icount and self.settings.command)

    def _receive_console(self):
        """What the console said since the last time; empty at QEMU's end."""
        if not self._has_console_file():
            try:
                return self._serial.recv(65536)
            except OSError:
                return b""
        while True:
            ended = self._process.poll() is not None
            piece = self._console_file.read(65536)
            if piece or ended:
                return piece
            time.sleep(0.05)

    def _read_console(self):
        while True:
            piece = self._receive_console()
            with self._news:
                self.console += piece
                self._news.notify_all()
            if not piece:
                return

    def _execute(self, command, **arguments):
        """Has QEMU's monitor do a command of its machine protocol, and returns what it answers."""
        try:
            return self._monitor.execute(command, **arguments)
        except MonitorError as error:
            raise MachineError(f"{error}: {self.errors()}" if self._process.poll() is not None else str(error)) from error

    def errors(self):
        """What QEMU itself complained of."""
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def monitor(self, line):
        """Has QEMU's monitor do what a person would type there, and returns its answer."""
        return self._execute("human-monitor-command", **{"command-line": line})

    def sendkey(self, keys):
        """Presses and releases keys together, by QEMU's names: "ctrl-c", "ret"."""
        self.monitor(f"sendkey {keys} 10")

    def type(self, text, pause=0.03):
        """Types a text on the keyboard, a key at a time."""
        for character in text:
            self.sendkey(key_of(character))
            time.sleep(pause)

    def dump(self, path):
        """Writes the guest's memory and registers as an ELF core."""
        try:
            dump(self._monitor, os.path.abspath(path))
        except MonitorError as error:
            raise MachineError(str(error)) from error

    def has_stopped(self):
        """Whether the guest runs no more: it was powered off, or stands."""
        return self._process.poll() is not None or not self._execute("query-status")["running"]

    def stop_recording(self):
        """Stops the guest, and says where in its run that is: how many instructions."""
        self._execute("stop")
        return self._execute("query-replay")["icount"]

    def replay_to(self, instructions):
        """Has a recorded run done again up to there, where it stands."""
        self._execute("replay-seek", icount=instructions)
        while self._execute("query-status")["running"]:
            time.sleep(0.05)

    def send_break(self):
        """Holds the serial line in a break."""
        self._execute("chardev-send-break", id="serial")

    def write(self, data):
        """Sends bytes to the serial console."""
        self._serial.sendall(data.encode() if isinstance(data, str) else data)

    def process_id(self):
        """QEMU's, on the host."""
        return self._process.pid

    def expect(self, pattern, timeout=60):
        """Waits until the console says something that the regular expression matches, after the last such place."""
        expression = re.compile(pattern.encode() if isinstance(pattern, str) else pattern, re.MULTILINE)
        give_up = time.monotonic() + timeout
        with self._news:
            while True:
                found = expression.search(self.console, self._read_until)
                if found:
                    self._read_until = found.end()
                    return found
                left = give_up - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise MachineError(f"the console did not say {expression.pattern!r}; its end:\n"
                                       + self.console[-2000:].decode(errors="replace"))
                self._news.wait(min(left, 1))

    def wait_for_console(self, known):
        """Waits until the console has said more than so many bytes; False at QEMU's end."""
        with self._news:
            while len(self.console) <= known and self._reader.is_alive():
                self._news.wait(1)
            return len(self.console) > known

    def screendump(self):
        """The guest's screen as a Picture."""
        path = os.path.join(self._directory, "screen.ppm")
        self._execute("screendump", filename=path)
        return read_ppm(path)

    def still_screen(self, seconds=5):
        """The guest's screen as soon as it is the same twice, half a second apart."""
        before, give_up = self.screendump(), time.monotonic() + seconds
        while time.monotonic() < give_up:
            time.sleep(0.5)
            now = self.screendump()
            if now == before:
                break
            before = now
        return before

    def wait(self, timeout):
        """Waits for QEMU's end, by power off or reset; False if it has not come in time."""
        try:
            self._process.wait(timeout)
            return True
        except subprocess.TimeoutExpired:
            return False

    def quit(self):
        """Ends QEMU, whatever the guest does. May be called twice."""
        if self._process.poll() is None:
            self._process.terminate()
            if not self.wait(5):
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._directory, ignore_errors=True)
