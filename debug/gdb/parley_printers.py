"""How the kernel's structures are printed: a line that tells what one is, and for those that people look into, the fields behind it."""
import gdb
import gdb.printing
from parley_objects import ParleyError, kind_of, state_of, text, wait_of, wait_text

NEVER = 2 ** 64 - 1


class Printer:
    """Prints a line that a function makes of the value."""
    line = None

    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            return type(self).line(self.value)
        except (gdb.error, gdb.MemoryError, ParleyError) as error:
            return f"<not readable: {error}>"


class WholePrinter(Printer):
    """Prints the fields, too."""

    def children(self):
        for field in self.value.type.fields():
            if field.name:
                yield field.name, self.value[field]


def object_line(value):
    return f"object {int(value['id'])} {kind_of(value)} \"{text(value['name'])}\", {int(value['references'])} references"


def process_line(value):
    return f"process {int(value['id'])} \"{text(value['object']['name'])}\", {int(value['thread_count'])} threads"


def thread_line(value):
    words = wait_of(value)
    return (f"thread {int(value['object']['id'])} of {text(value['process']['object']['name'])}"
            f"[{int(value['process']['id'])}], {state_of(value)}" + (", " + words if words else ""))


def lock_line(value):
    return f"lock of rank {int(value['rank'])}, {'held' if int(value['held']) else 'free'}"


def event_line(value):
    return (f"EVENT type {int(value['Type'])} action {int(value['Action'])} "
            f"data {int(value['Data1'])}, {int(value['Data2'])}, {int(value['Data3'])}")


def wait_record_line(value):
    if not int(value["reason"]):
        return "no wait"
    return (f"wait {wait_text(int(value['reason']))}, object {int(value['object'])}"
            + ("" if int(value["deadline"]) == NEVER else f", until {int(value['deadline'])} ns"))


def message_line(value):
    answer = int(value["in_reply_to"])
    return (f"message {int(value['id'])} from {int(value['sender'])}, {int(value['size'])} bytes"
            + (f", answers {answer}" if answer else ""))


def message_queue_line(value):
    return f"messages of process {owner(value)}: {int(value['message_count'])}, replies: {int(value['reply_count'])}"


def event_queue_line(value):
    return f"events of process {owner(value)}, {int(value['post_count'])} of other processes"


def port_line(value):
    return f"port {int(value['object']['id'])}, {int(value['waiting'])} waiting, {int(value['queued'])} of {int(value['capacity'])} messages"


def pipe_end_line(value):
    pipe = value["pipe"]
    return f"end {int(value['side'])} of a pipe, {int(pipe['ring']['used'])} of {int(pipe['ring']['capacity'])} bytes in it"


def link_end_line(value):
    return f"end {int(value['side'])} of a link, {int(value['signals'])} signals"


def area_line(value):
    rights = "".join(letter if int(value["protection"]) >> bit & 1 else "-" for bit, letter in enumerate("rwx"))
    return f"area {int(value['base']):#x}-{int(value['end']):#x} {rights}"


def processor_line(value):
    thread = value["current"]
    return f"CPU {int(value['index'])}, runs {thread_line(thread.dereference()) if int(thread) else 'nothing yet'}"


def trap_frame_line(value):
    return f"trap {int(value['vector']):#x} at {int(value['rip']):#x} of {'a program' if int(value['cs']) & 3 else 'the kernel'}"


def owner(value):
    account = value["object"]["account"]
    return int(account["process"]) if int(account) else 0


LINES = {"object": object_line, "lock": lock_line, "EVENT": event_line, "wait_record": wait_record_line}
WHOLE = {"process": process_line, "thread": thread_line, "message": message_line, "message_queue": message_queue_line,
         "event_queue": event_queue_line, "port": port_line, "pipe_end": pipe_end_line, "link_end": link_end_line,
         "area": area_line, "processor": processor_line, "trap_frame": trap_frame_line}


def start():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("parley")
    for base, lines in ((Printer, LINES), (WholePrinter, WHOLE)):
        for name, function in lines.items():
            collection.add_printer(name, f"^{name}$", type("Printer", (base,), {"line": staticmethod(function)}))
    gdb.printing.register_pretty_printer(None, collection, replace=True)
