"""The commands that list what there is: processes, threads, objects, and what hangs on each; and $process() and $object()."""
import gdb

import parley_inferiors
from parley_command import command, show
from parley_objects import (ParleyError, as_type, enumerators, kind_of, object_by_id, objects, process_by, processes, queue,
                            state_of, static, symbol, text, threads, type_of, wait_of)


@command("connect", "SOCKET", 1, reads=False)
def connect(socket):
    """Attaches to the kernel's debugger at a UNIX socket (os/run --gdb SOCKET), with symbols of all processes."""
    parley_inferiors.connect(socket)


@command("open", "FILE", 1, reads=False)
def open_dump(path):
    """Opens a dump of the machine's memory (ninja dump, os/run --dump FILE)."""
    parley_inferiors.open_dump(path)


@command("refresh", reads=False)
def refresh():
    """Reads the symbols of processes that are new."""
    gdb.execute("info threads", to_string=True)
    parley_inferiors.refresh()


@command("processes")
def show_processes():
    """Lists the processes."""
    show("   id parent user threads   pages name")
    for process in processes():
        pages = int(process["account"]["lines"][0]["used"])
        show(f"{int(process['id']):5} {int(process['parent']):6} {int(process['user']):4} "
             f"{int(process['thread_count']):7} {pages:7} {text(process['object']['name'])}")


@command("threads")
def show_threads():
    """Lists the threads of all programs, with what they wait for."""
    show("process thread CPU state    name")
    for thread in threads():
        process = thread["process"]
        cpu = int(thread["processor"]["index"]) if int(thread["processor"]) else "?"
        show(f"{int(process['id']):7} {int(thread['object']['id']):6} {cpu:>3} {state_of(thread):8} "
             f"{text(process['object']['name'])}  {wait_of(thread)}")


@command("objects", "[KIND]")
def show_objects(kind=None):
    """Lists the object table, or the objects of one kind."""
    show("     id kind         owner refs waiters operations name")
    for value in objects(kind):
        owner = int(value["account"]["process"]) if int(value["account"]) else 0
        waiting = sum(1 for _ in queue(value["waiters"]["list"]["tqh_first"], "link", "tqe_next"))
        show(f"{int(value['id']):7} {kind_of(value):12} {owner:5} {int(value['references']):4} {waiting:7} "
             f"{int(value['operations']):10} {text(value['name'])}")


@command("object", "ID", 1)
def show_object(number):
    """Shows one object as the structure that its type says it is."""
    value = object_by_id(int(number, 0))
    gdb.write(typed(value).format_string(max_elements=16) + "\n")


@command("limits", "PID|NAME", 1)
def show_limits(wanted):
    """Shows what a process has used of each thing, and may."""
    names = enumerators("account_item", "ACCOUNT_")
    lines = process_by(wanted)["account"]["lines"]
    for item, name in sorted(names.items()):
        if name == "item count":
            continue
        line = lines[item]
        limit = int(line["limit"])
        show(f"{name:16} {int(line['used']):10} of {'no limit' if limit == 2**64 - 1 else limit}, "
             f"peak {int(line['peak'])}, refused {int(line['refused'])}")


@command("numbers", "PID|NAME", 1)
def show_numbers(wanted):
    """Lists the numbers that a process holds, and what they name."""
    table = process_by(wanted)["numbers"]
    per_chunk = 4096 // type_of("number_slot").sizeof
    for index in range(1, int(table["slots"])):
        slot = table["chunks"][index // per_chunk][index % per_chunk]
        if int(slot["object"]) and int(slot["object"]["type"]):
            value = slot["object"].dereference()
            show(f"{(int(slot['generation']) << 14) + index:8} {kind_of(value):10} object {int(value['id'])} "
                 f"rights {int(slot['rights']):#x} {text(value['name'])}")


@command("areas", "PID|NAME", 1)
def show_areas(wanted):
    """Lists what is mapped in a process."""
    kinds = enumerators("area_kind", "AREA_")

    def walk(area):
        if int(area):
            walk(area["link"]["rbe_left"])
            protection = "".join(letter if int(area["protection"]) >> bit & 1 else "-" for bit, letter in enumerate("rwx"))
            owner = text(area["memory"]["object"]["name"]) if int(area["memory"]) else ""
            show(f"{int(area['base']):#018x} {int(area['end']):#018x} {protection} {kinds[int(area['kind'])]} {owner}")
            walk(area["link"]["rbe_right"])
    walk(process_by(wanted)["space"]["areas"]["rbh_root"])


@command("cpus")
def show_cpus():
    """Shows what each CPU runs."""
    processors = symbol("processors")
    for index in range(int(symbol("processor_count"))):
        processor = processors[index]
        thread = processor["current"]
        name = text(thread["process"]["object"]["name"]) if int(thread) else "nothing yet"
        show(f"CPU {index}: {name}, {int(processor['switches'])} switches, {int(processor['lock_count'])} locks held")


@command("locks")
def show_locks():
    """Lists the locks that each CPU holds (debug builds)."""
    processors = symbol("processors")
    for index in range(int(symbol("processor_count"))):
        processor = processors[index]
        for place in range(int(processor["lock_count"])):
            lock = processor["locks"][place]
            show(f"CPU {index}: {lock.format_string(symbols=True)} rank {int(lock['rank'])}")


@command("log")
def show_log():
    """Prints the kernel's log."""
    ring, end = static("kernel/base/log.c", "ring"), int(static("kernel/base/log.c", "ring_end"))
    size = ring.type.range()[1] + 1
    held = gdb.selected_inferior().read_memory(int(ring.address), size).tobytes()
    whole = held[:end] if end <= size else held[end % size:] + held[:end % size]
    show(whole.decode(errors="replace"))


class ProcessFunction(gdb.Function):
    """$process("name") or $process(id): the kernel's structure of a process."""

    def __init__(self):
        super().__init__("process")

    def invoke(self, wanted):
        is_text = wanted.type.strip_typedefs().code in (gdb.TYPE_CODE_ARRAY, gdb.TYPE_CODE_PTR)
        return process_by(wanted.string() if is_text else str(int(wanted))).address


class ObjectFunction(gdb.Function):
    """$object(id): an object, as the structure that its type says it is."""

    def __init__(self):
        super().__init__("object")

    def invoke(self, number):
        return typed(object_by_id(int(number))).address


def typed(value):
    """As the structure that the type's own symbol is named after: NAME_type is of struct NAME."""
    words = gdb.execute(f"info symbol {int(value['type'])}", to_string=True).split()
    name = words[0][:-len("_type")] if words and words[0].endswith("_type") else ""
    try:
        return as_type(value, name) if name else value
    except ParleyError:
        return value


def start():
    ProcessFunction()
    ObjectFunction()
