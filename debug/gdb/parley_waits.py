"""Who waits for whom, by the kernel's memory: for each type of object, who could end a wait for it, and the circles in that."""
import struct

import gdb
from parley_command import command, show
from parley_objects import (ParleyError, as_type, enumerators, kind_of, object_by_id, process_by, processes, state_of, text,
                            threads, type_of, wait_text)

NEVER = 2 ** 64 - 1


# ---- who holds an object ----

def slots_of(process):
    """What the number table of a process names: addresses of objects."""
    table = process["numbers"]
    size = type_of("number_slot").sizeof
    per_chunk, left, index = 4096 // size, int(table["slots"]), 0
    while left > 0:
        count = min(left, per_chunk)
        raw = gdb.selected_inferior().read_memory(int(table["chunks"][index]), count * size).tobytes()
        yield from (slot[0] for slot in struct.iter_unpack(f"<Q{size - 8}x", raw))
        left, index = left - count, index + 1


def holders(value):
    wanted = int(value.address)
    return [int(process["id"]) for process in processes() if wanted in slots_of(process)]


# ---- of each type: who could end a wait for an object of it ----

def peer_holders(end):
    """Of a link's end: who has the other one."""
    link = end["link"]
    peer = link["ends"][1 - int(end["side"])]
    if not int(peer) or not peer["open"]:
        return []
    owner = [int(link["parties"][int(peer["side"])]["process"])] if int(peer["thread"]) else []
    return owner + holders(peer["object"])


def pipe_edges(value, reason):
    end = as_type(value, "pipe_end")
    pipe = end["pipe"]
    if reason == "pipe turn":
        return [int(pipe["reader"]), int(pipe["writer"])]
    peer = pipe["ends"][1 - int(end["side"])]
    if not int(peer) or not peer["open"]:
        return []
    return ([int(peer["process"])] if peer["unread"] else []) + holders(peer["object"])


def owner(value):
    return [int(value["account"]["process"])]


def memory_edges(value, reason):
    part_of = int(as_type(value, "memory")["part_of"])
    return edges_of(object_by_id(part_of), reason) if part_of else []


def client_edges(value, _reason):
    client = as_type(value, "interface_client")
    return [int(client["process"]), int(client["interface"]["server"])]


def pager_edges(value, _reason):
    end = as_type(value, "pager")["end"]
    return peer_holders(end) if int(end) else []


def set_edges(value, _reason):
    found = []

    def walk(listing):
        if int(listing):
            walk(listing["in_set"]["rbe_left"])
            found.extend(peer_holders(listing["end"]))
            walk(listing["in_set"]["rbe_right"])
    walk(as_type(value, "link_set")["listings"]["rbh_root"])
    return found


EDGES = {
    "process": lambda value, _: [int(as_type(value, "process")["id"])],
    "thread": lambda value, _: [int(as_type(value, "thread")["process"]["id"])],
    "events": lambda value, reason: owner(value) if reason == "event room" else [],
    "messages": lambda value, reason: [] if reason == "message" else owner(value),
    "pipe": pipe_edges,
    "memory": memory_edges,
    "interface client": client_edges,
    "port": lambda value, reason: [] if reason == "port message" else holders(value),
    "link": lambda value, _: peer_holders(as_type(value, "link_end")),
    "listener": lambda value, _: [int(as_type(value, "listener")["process"])],
    "links": set_edges,
    "pager": pager_edges,
    "handler": lambda value, _: [int(as_type(value, "page_handler")["box"]["id"])],
}


def edges_of(value, reason):
    find = EDGES.get(kind_of(value))
    return list(dict.fromkeys(process for process in find(value, reason) if process)) if find else []


# ---- one wait ----

class Wait:
    """What a thread waits for, and who could end it."""

    def __init__(self, thread):
        record = thread["wait"]
        self.thread, self.number = thread, int(record["object"])
        self.reason = int(record["reason"])
        self.has_deadline = int(record["deadline"]) != NEVER
        self.value, self.wakers = None, []
        name = enumerators("wait_reason", "WAIT_").get(self.reason, "")
        try:
            self.value = object_by_id(self.number) if self.number else None
        except ParleyError:
            pass  # it is gone: only the deadline ends this
        if self.value is not None:
            self.wakers = edges_of(self.value, name)
        elif not self.number and name == "futex":
            self.wakers = [int(thread["process"]["id"])]

    def words(self, names):
        process = self.thread["process"]
        said = f"{text(process['object']['name'])}[{int(process['id'])}] waits {wait_text(self.reason)}"
        if self.value is not None:
            said += f" ({kind_of(self.value)} {self.number} \"{text(self.value['name'])}\")"
        elif self.number:
            said += f" (object {self.number}, gone)"
        if self.has_deadline:
            said += ", not for ever"
        if self.wakers:
            said += "; it could be ended by " + ", ".join(called(names, process) for process in self.wakers)
        return said


def called(names, process):
    return f"{names.get(process, 'ended')}[{process}]"


def waiting(thread):
    return state_of(thread) == "waiting" and int(thread["wait"]["reason"]) != 0


class System:
    """All processes and their threads, read once."""

    def __init__(self):
        self.names, self.threads = {}, {}
        for process in processes():
            self.names[int(process["id"])] = text(process["object"]["name"])
        for thread in threads():
            self.threads.setdefault(int(thread["process"]["id"]), []).append(thread)
        self._waits = {}

    def wait(self, thread):
        number = int(thread["object"]["id"])
        if number not in self._waits:
            self._waits[number] = Wait(thread)
        return self._waits[number]

    def waits(self):
        return [self.wait(thread) for process in sorted(self.threads) for thread in self.threads[process] if waiting(thread)]

    def stuck(self, process):
        """The wait of a process all of whose threads wait; None: one can go on."""
        found = self.threads.get(process, [])
        return self.wait(found[0]) if found and all(waiting(thread) for thread in found) else None

    def chain(self, process):
        """The waits from a process on as long as one process alone could end each; and where the chain comes back to, or None."""
        met, waits = [], []
        while process not in met:
            met.append(process)
            wait = self.stuck(process)
            if wait is None:
                return met, waits, None
            waits.append(wait)
            if len(wait.wakers) != 1 or wait.has_deadline:
                return met, waits, None
            process = wait.wakers[0]
        return met, waits, met.index(process)

    def circle_words(self, circle):
        ends = [called(self.names, process) for process in [*circle, circle[0]]]
        return "deadlock: " + " waits for ".join(ends) + ": none of them can go on"

    def circles(self):
        for process in sorted(self.names):
            met, _, place = self.chain(process)
            if place == 0 and process == min(met):
                yield met


@command("waits")
def show_waits():
    """Tells who waits for whom, and circles."""
    system = System()
    for wait in system.waits():
        show(wait.words(system.names))
    for circle in system.circles():
        show(system.circle_words(circle))


@command("why", "PID|NAME", 1)
def show_why(wanted):
    """Follows what a process waits for to the end of the chain."""
    system = System()
    met, waits, place = system.chain(int(process_by(wanted)["id"]))
    for wait in waits:
        show(wait.words(system.names))
    if len(waits) < len(met):
        show(f"{called(system.names, met[-1])} does not wait")
    if place is not None:
        show(system.circle_words(met[place:]))


@command("waiters", "ID", 1)
def show_waiters(number):
    """Lists the threads that wait for an object, and who holds it."""
    value = object_by_id(int(number, 0))
    for thread in threads():
        if waiting(thread) and int(thread["wait"]["object"]) == int(value["id"]):
            show(Wait(thread).words({int(process["id"]): text(process["object"]["name"]) for process in processes()}))
    for process in holders(value):
        show(f"held by {text(process_by(str(process))['object']['name'])}[{process}]")
