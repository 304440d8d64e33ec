"""How a helper becomes a command: `@command` makes `parley NAME` of a function."""
import shlex

import gdb

from parley_objects import ParleyError, check_build

COMMANDS = []


def show(line=""):
    gdb.write(line.rstrip() + "\n")


def words_of(line):
    """As a shell divides it, but quotes within a word stay: they are an expression's."""
    return [word[1:-1] if len(word) > 1 and word[0] in "'\"" and word[0] == word[-1] else word
            for word in shlex.split(line, posix=False)]


def command(name, arguments="", least=0, reads=True):
    """The function's first line of documentation is the help. `reads`: it reads the kernel's structures, which are those of the file
    only where the kernel that runs was made from it."""
    def make(function):
        class Command(gdb.Command):
            __doc__ = f"parley {name} {arguments}\n{function.__doc__}"

            def __init__(self):
                super().__init__("parley " + name, gdb.COMMAND_STATUS)

            def invoke(self, line, _from_tty):
                words = words_of(line)
                if len(words) < least:
                    raise ParleyError(f"usage: parley {name} {arguments}")
                if reads:
                    check_build()
                try:
                    function(*words)
                except TypeError as error:
                    if "positional argument" in str(error):
                        raise ParleyError(f"usage: parley {name} {arguments}")
                    raise
        COMMANDS.append(Command)
        return function
    return make


class Parley(gdb.Command):
    """What the kernel knows, by its memory. `help parley` lists the commands."""

    def __init__(self):
        super().__init__("parley", gdb.COMMAND_STATUS, gdb.COMPLETE_NONE, True)


def start():
    Parley()
    for make in COMMANDS:
        make()
