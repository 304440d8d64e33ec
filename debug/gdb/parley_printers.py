"""How the kernel's structures are printed: the few fields that tell what one is."""
import gdb
import gdb.printing

from parley_objects import ParleyError, kind_of, state_of, text, wait_of


class Printer:
    """Prints a line that a function makes of the value."""
    line = None

    def __init__(self, value):
        self.value = value

    def to_string(self):
        try:
            return type(self).line(self.value)
        except (gdb.error, ParleyError) as error:
            return f"<not readable: {error}>"


def printer(function):
    return type("Printer", (Printer,), {"line": staticmethod(function)})


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
            f"data {int(value['Data1'])}, {int(value['Data2'])}")


PRINTERS = {"object": object_line, "process": process_line, "thread": thread_line, "lock": lock_line, "EVENT": event_line}


def start():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("parley")
    for name, function in PRINTERS.items():
        collection.add_printer(name, f"^{name}$", printer(function))
    gdb.printing.register_pretty_printer(None, collection, replace=True)
