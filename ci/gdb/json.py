"""Shows a json_t of jansson in gdb as JSON.

In ~/.config/gdb/gdbinit or at the prompt: source ci/gdb/json.py

    (gdb) print plan
    $1 = 0x5555555aa2c0 {"format":"igd-harness plan","version":1,...
    (gdb) json plan
    {
      "format": "igd-harness plan",
      ...

The running program is asked, by a call of json_dumps(): of a core file only the type is known. `print` shows the first 400
bytes; `json EXPRESSION` all, and with a key or an index of what is in it: `json plan cells 0 name`.
"""
import gdb

SHOWN = 400  # bytes
TYPES = ("object", "array", "string", "integer", "real", "true", "false", "null")  # jansson.h, enum json_type
COMPACT, INDENT, ENCODE_ANY = 0x20, 2, 0x200  # jansson.h, JSON_COMPACT, JSON_INDENT(2), JSON_ENCODE_ANY


def call(name, result, parameters, arguments):
    """Calls a function that may have no debug information."""
    return gdb.parse_and_eval(f"(({result} (*)({parameters})) {name})({arguments})")


def dump(address, flags):
    """The JSON text of the value at that address; gdb.error if it cannot be called."""
    text = call("json_dumps", "char *", "const void *, unsigned long", f"(const void *) {address}, {flags | ENCODE_ANY}UL")
    if int(text) == 0:
        return "no JSON text"
    try:
        return text.string("utf-8", "replace")
    finally:
        call("free", "void", "void *", f"(void *) {int(text)}")


def about(value):
    """The type and the reference count, for when nothing can be called."""
    kind = int(value["type"])
    return f"json {TYPES[kind] if kind < len(TYPES) else kind}, {int(value['refcount'])} references"


class JsonPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        pointer = self.value.type.code == gdb.TYPE_CODE_PTR
        address = int(self.value if pointer else self.value.address)
        shown = f"{address:#x} " if pointer else ""
        try:
            text = dump(address, COMPACT)
        except gdb.error:
            return shown + about(self.value.dereference() if pointer else self.value)
        return shown + (text if len(text) <= SHOWN else text[:SHOWN] + "...")


def find_printer(value):
    kind = value.type.strip_typedefs()
    if kind.code == gdb.TYPE_CODE_PTR:
        kind = kind.target().strip_typedefs()
        if int(value) == 0:
            return None
    return JsonPrinter(value) if kind.code == gdb.TYPE_CODE_STRUCT and kind.unqualified().name == "json_t" else None


class JsonCommand(gdb.Command):
    """json EXPRESSION [KEY-OR-INDEX...]: prints a json_t of jansson, or what is in it."""

    def __init__(self):
        super().__init__("json", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not words:
            raise gdb.GdbError("json needs an expression")
        address = int(gdb.parse_and_eval(words[0]))
        for word in words[1:]:
            if word.isdigit():
                found = call("json_array_get", "void *", "const void *, unsigned long", f"(const void *) {address}, {word}UL")
            else:
                found = call("json_object_get", "void *", "const void *, const char *", f'(const void *) {address}, "{word}"')
            address = int(found)
        if not address:
            raise gdb.GdbError("there is no such value")
        print(dump(address, INDENT))


JsonCommand()
gdb.pretty_printers.insert(0, find_printer)
