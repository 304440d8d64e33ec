"""The kernel's structures, read out of its memory by the types that its own debugging information has."""
import os
import struct

import gdb

LIST_MAX = 65536  # longer chains are broken ones
WAIT_NOT = 0
BUILD_ID_OFFSET, BUILD_ID_SIZE = 16, 20  # of the note: behind its head and its owner's name


class ParleyError(gdb.GdbError):
    """What is shown to the person instead of a traceback."""


def symbol(name):
    try:
        return gdb.parse_and_eval(name)
    except gdb.error as error:
        raise ParleyError(f"{name}: {error}; is the file the running kernel's?")


def static(file, name):
    """A variable of one file of the kernel's: others have some of the same name."""
    for found in gdb.lookup_static_symbols(name):
        if found.symtab.filename.endswith(file):
            return found.value()
    raise ParleyError(f"{file} has no {name}: is the file the running kernel's?")


def kernel_file():
    """The file of symbols that is the kernel's."""
    for file in gdb.objfiles():
        if os.path.basename(file.filename or "").startswith("parley.elf"):
            return file
    raise ParleyError("no kernel's symbols: `file build/debug/parley.elf`")


def check_build():
    """That the kernel in memory was made from the file whose types are used to read it: else all would be lies."""
    file = kernel_file()
    place = int(symbol("(unsigned long)&kernel_build_id")) + BUILD_ID_OFFSET
    try:
        held = gdb.selected_inferior().read_memory(place, BUILD_ID_SIZE).tobytes().hex()
    except gdb.MemoryError:
        raise ParleyError("the kernel has not begun yet, or the memory of this thread is not the kernel's")
    if held != file.build_id:
        raise ParleyError(f"the kernel in memory is another build than {file.filename}: give GDB its file, and start anew")


def type_of(name):
    try:
        return gdb.lookup_type("struct " + name)
    except gdb.error as error:
        raise ParleyError(f"struct {name}: {error}")


def text(value):
    """A name that the kernel padded with zeros."""
    return value.string(errors="replace").split("\0")[0]


def container(pointer, structure, field):
    """The structure that embeds a field, by the field's address."""
    wanted = type_of(structure)
    place = next(entry.bitpos // 8 for entry in wanted.fields() if entry.name == field)
    return (pointer.cast(gdb.lookup_type("char").pointer()) - place).cast(wanted.pointer())


def queue(first, link, following="le_next"):
    """The elements of one of libbsd's lists."""
    for _ in range(LIST_MAX):
        if not int(first):
            return
        element = whole(first)
        yield element
        first = element[link][following]
    raise ParleyError("a list of the kernel has no end")


def whole(pointer):
    """What a pointer names, read in one piece: a line has room for few questions."""
    value = pointer.dereference()
    value.fetch_lazy()
    return value


def bucket_heads():
    """The first object of each bucket of the object table, as addresses."""
    buckets = static("kernel/object/object.c", "registry")["buckets"]
    raw = gdb.selected_inferior().read_memory(int(buckets.address), buckets.type.sizeof).tobytes()
    return struct.unpack(f"<{len(raw) // 8}Q", raw)


def bucket_objects(head):
    return queue(gdb.Value(head).cast(type_of("object").pointer()), "registry_link")


def objects(kind=None):
    """All objects by id, each as struct object."""
    found = [(int(value["id"]), value) for head in bucket_heads() if head for value in bucket_objects(head)]
    for _, value in sorted(found, key=lambda pair: pair[0]):
        if kind is None or kind_of(value) == kind:
            yield value


_kinds = {}  # address of a type to its name: they are constants


def kind_of(value):
    place = int(value["type"])
    if place not in _kinds:
        _kinds[place] = text(value["type"]["name"])
    return _kinds[place]


def object_by_id(wanted):
    heads = bucket_heads()
    for value in bucket_objects(heads[wanted % len(heads)]):
        if int(value["id"]) == wanted:
            return value
    raise ParleyError(f"there is no object {wanted}")


def as_type(value, structure):
    """The structure that an object is the start of."""
    return whole(value.address.cast(type_of(structure).pointer()))


def threads():
    """All threads of programs that have not ended."""
    for value in objects("thread"):
        thread = as_type(value, "thread")
        if state_of(thread) != "ended" and int(thread["process"]["id"]):
            yield thread


def processes():
    for value in objects("process"):
        process = as_type(value, "process")
        if int(process["id"]) and not process["ended"]:
            yield process


def process_by(wanted):
    """A process by id, or by name: the newest of that name."""
    found = [process for process in processes()
             if wanted in (str(int(process["id"])), text(process["object"]["name"]))]
    if not found:
        raise ParleyError(f"there is no process {wanted}")
    return found[-1]


def enumerators(name, prefix):
    """Names of an enumeration's values, in lower case."""
    fields = gdb.lookup_type("enum " + name).fields()
    return {field.enumval: field.name[len(prefix):].lower().replace("_", " ") for field in fields
            if field.name.startswith(prefix)}


def state_of(thread):
    return enumerators("thread_state", "THREAD_").get(int(thread["state"]), "new")


def wait_text(reason):
    """A reason to wait in words, which are the kernel's own."""
    try:
        return gdb.parse_and_eval(f"wait_text::texts[{reason}]").string()
    except gdb.error:
        return "for " + enumerators("wait_reason", "WAIT_").get(reason, "?")


def wait_of(thread):
    """What a thread waits for, in words; empty: it does not."""
    record = thread["wait"]
    if state_of(thread) != "waiting" or int(record["reason"]) == WAIT_NOT:
        return ""
    words = "waits " + wait_text(int(record["reason"]))
    if int(record["object"]):
        words += f", object {int(record['object'])}"
    return words
