"""What was recorded of IPC: the trace's rings, and messages and events that wait to be taken."""
import gdb
from parley_command import command, show
from parley_objects import ParleyError, processes, process_by, queue, static, symbol, text, type_of

LAST_DEFAULT = 30
SCALE_SHIFT = 32       # of the clock's factor
LAST_NAMED = "TRACE_PROCESS_ENDED"  # records up to this operation have a name


def newest(ring, count, per_block, records):
    """The last records of one CPU, the oldest first."""
    end = int(ring["next"])
    for position in range(max(0, end - min(count, records - 1)), end):
        place = position % records
        record = ring["blocks"][place // per_block][place % per_block]
        record.fetch_lazy()
        yield record


def last_records(count):
    rings = static("kernel/object/trace.c", "rings")
    if not int(rings):
        raise ParleyError("nothing was recorded: `trace=on` on the kernel's command line records from the boot, "
                          "the tool `trace --record` from when it is called")
    records, per_block = (int(symbol(f"(int){name}")) for name in ("TRACE_RECORDS", "BLOCK_RECORDS"))
    found = [record for cpu in range(int(symbol("processor_count"))) for record in newest(rings[cpu], count, per_block, records)]
    return sorted(found, key=lambda record: int(record["time"]))[-count:]


def record_words(record, names, texts, last_named):
    operation = int(record["operation"])
    words = texts[operation]
    process, peer = int(record["process"]), int(record["peer"])

    def called(process):
        return f"{names.get(process, 'ended') if process else 'the kernel'}[{process}]"
    said = f"{called(process)} {words['design'].string()} {words['text'].string()}"
    if peer:
        said += f", peer {called(peer)}"
    if int(record["object"]):
        said += f", object {int(record['object'])}"
    if operation > last_named:
        said += f", id {int(record['id'])}, {int(record['size'])} bytes"
    else:
        said += f" \"{text(record['name'])}\""
    return said + (f", refused: status {int(record['status'])}" if int(record["status"]) else "")


@command("trace", "[COUNT]")
def show_trace(count=str(LAST_DEFAULT)):
    """Tells the last operations of all IPC designs, where they were recorded."""
    found = last_records(int(count, 0))
    names = {int(process["id"]): text(process["object"]["name"]) for process in processes()}
    texts, last_named = static("debug/commands/trace.c", "operation_texts"), int(symbol(f"(int){LAST_NAMED}"))
    scale = int(static("kernel/arch/x86_64/clock.c", "nanoseconds_per_count"))
    for record in found:
        before = (int(found[-1]["time"]) - int(record["time"])) * scale >> SCALE_SHIFT
        show(f"{before // 1000:9} us before the last, CPU {int(record['processor'])}: "
             + record_words(record, names, texts, last_named))


def attachment(process, place, structure):
    pointer = process["attachments"][int(symbol(f"(int){place}"))]
    if not int(pointer):
        raise ParleyError("it has no queue")
    return pointer.cast(type_of(structure).pointer()).dereference()


@command("messages", "PID|NAME", 1)
def show_messages(wanted):
    """Lists the messages that lie in a process's queue."""
    messages = attachment(process_by(wanted), "ATTACHMENT_MESSAGES", "message_queue")
    show("  id sender    size reply to  told")
    for name in ("messages", "replies"):
        for message in queue(messages[name]["tqh_first"], "link", "tqe_next"):
            show(f"{int(message['id']):4} {int(message['sender']):6} {int(message['size']):7} "
                 f"{int(message['in_reply_to']):8}  {'yes' if message['told'] else 'no'}")


@command("events", "PID|NAME", 1)
def show_events(wanted):
    """Lists the events that lie in a process's queue."""
    pending = attachment(process_by(wanted), "ATTACHMENT_EVENTS", "event_queue")["pending"]
    show("sender  times event")
    for notice in queue(pending["tqh_first"], "link", "tqe_next"):
        show(f"{int(notice['process']):6} {int(notice['count']):6} {notice['event'].format_string()}")
