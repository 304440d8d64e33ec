"""How a helper becomes a command: `@command` makes `parley NAME` of a function."""
import difflib
import inspect
import shlex

import gdb

from parley_objects import ParleyError, check_build

COMMANDS = []
USAGES = {}  # by name: the usage, and what it does


def show(line=""):
    gdb.write(line.rstrip() + "\n")


def words_of(line):
    """As a shell divides it, but quotes within a word stay: they are an expression's."""
    return [word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[0] == word[-1] else word
            for word in shlex.split(line, posix=False)]


def usage_error(name):
    """Of wrong arguments. GDB takes `parley thread 3` for `parley threads`: what takes none names those that do, of the same things if
    there are such."""
    own = USAGES[name][0]
    if own != f"parley {name}":
        return ParleyError(f"usage: {own}")
    taking = [(usage, does) for usage, does in USAGES.values() if "|" in usage or "ID" in usage]
    noun = name.removesuffix("es") if name.endswith("sses") else name.removesuffix("s")
    near = [usage for usage, does in taking if noun in does.split(", ")[0]] or [usage for usage, _ in taking]
    return ParleyError(f"{own} takes no arguments; these do: {', '.join(near)}")


def unknown_error(name):
    near = difflib.get_close_matches(name, USAGES) or sorted(USAGES)
    return ParleyError(f"there is no command parley {name}; there are: {', '.join(near)} (help parley)")


def takes(function, words):
    try:
        inspect.signature(function).bind(*words)
    except TypeError:
        return False
    return True


def command(name, arguments="", least=0, reads=True):
    """The function's first line of documentation is the help. `reads`: it reads the kernel's structures, which are those of the file
    only where the kernel that runs was made from it."""
    def make(function):
        USAGES[name] = (f"parley {name} {arguments}".rstrip(), function.__doc__)

        class Command(gdb.Command):
            __doc__ = f"parley {name} {arguments}\n{function.__doc__}"

            def __init__(self):
                super().__init__("parley " + name, gdb.COMMAND_STATUS)

            def invoke(self, line, _from_tty):
                words = words_of(line)
                if len(words) < least or not takes(function, words):
                    raise usage_error(name)
                if reads:
                    check_build()
                function(*words)
        COMMANDS.append(Command)
        return function
    return make


class Parley(gdb.Command):
    """What the kernel knows, by its memory. `help parley` lists the commands."""

    def __init__(self):
        super().__init__("parley", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE, True)

    def invoke(self, line, _from_tty):
        """Of what is no command, or nothing."""
        if not line.strip():
            gdb.execute("help parley")
        else:
            raise unknown_error(line.split()[0])


def start():
    Parley()
    for make in COMMANDS:
        make()
