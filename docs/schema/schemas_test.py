"""The schemas are what the program takes and writes. TAP; asks the program's tables and readers through schema-ask.

Usage: schemas_test.py SCHEMA-ASK SOURCE-ROOT [WRONG-MATRICES]

WRONG-MATRICES is the suite matrix_wrong, which writes its cases into the folder $MATRIX_WRONG_DIR.
"""
import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap

sys.dont_write_bytecode = True
try:
    import schemas
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(77)

try:
    from re import _parser as sre_parse  # Python 3.11 and newer
except ImportError:
    import sre_parse

ASK, ROOT = sys.argv[1:3]
WRONG = sys.argv[3] if len(sys.argv) > 3 else None
SCHEMAS = schemas.load()
CHECKERS = {name: schemas.validator(SCHEMAS, name) for name in SCHEMAS}
results = []


def check(name, problems):
    """One test: it fails if there are problems, or none could be looked for (None)."""
    results.append((name, list(problems)))
    print(f"{'not ok' if problems else 'ok'} {len(results)} - {name}")
    for problem in list(problems)[:20]:
        print(f"#   {problem}")


def same(name, here, there):
    """Both directions."""
    here, there = set(here), set(there)
    check(name, [f"only in the schema: {word}" for word in sorted(here - there)] +
          [f"only in the program: {word}" for word in sorted(there - here)] + ([] if there else ["the program has none"]))


def resolve(schema, name):
    """The schema behind a chain of "$ref", and the name of the file that it is in."""
    while "$ref" in schema:
        file, pointer = schema["$ref"].split("#") if "#" in schema["$ref"] else (schema["$ref"], "")
        name = file[:-len(".json")] if file else name
        schema = SCHEMAS[name]
        for part in [part for part in pointer.split("/") if part]:
            schema = schema[part]
    return schema, name


def alternatives(schema, name):
    """A schema and all in its "anyOf" and "oneOf", resolved."""
    schema, name = resolve(schema, name)
    yield schema, name
    for key in ("anyOf", "oneOf"):
        for inner in schema.get(key, []):
            yield from alternatives(inner, name)


def below(schema, name, step):
    """The schemas of an entry of a list, or of the value of a key."""
    for inner, where in alternatives(schema, name):
        if isinstance(step, int):
            if "items" in inner:
                yield inner["items"], where
        elif step in inner.get("properties", {}):
            yield inner["properties"][step], where
        elif isinstance(inner.get("additionalProperties"), dict):
            yield inner["additionalProperties"], where


def at(name, path):
    """All schemas of what is at that path of a document."""
    found = [(SCHEMAS[name], name)]
    for step in path:
        found = [inner for schema, where in found for inner in below(schema, where, step)]
    return [inner for schema, where in found for inner in alternatives(schema, where)]


def properties(name, path):
    """The keys that a closed object at that path may have, None if there is no such object."""
    keys = [set(schema["properties"]) for schema, _ in at(name, path)
            if "properties" in schema and schema.get("additionalProperties") is False]
    return set().union(*keys) if keys else None


def walk(schema, name, seen, path=""):
    """Each property of a schema and of what it refers to: (PATH, schema, file)."""
    for inner, where in alternatives(schema, name):
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        for key, value in inner.get("properties", {}).items():
            yield f"{path}/{key}", value, where
            yield from walk(value, where, seen, f"{path}/{key}")
        for key in ("items", "additionalProperties"):
            if isinstance(inner.get(key), dict):
                yield from walk(inner[key], where, seen, f"{path}/*")


def forms(pattern):
    """The fields of a pattern of `igd-harness plan --fields`: "slot/NN[/class|/driver]", "goes_on/steps|disk", "ending"."""
    if "[" in pattern:
        fixed, rest = pattern.rstrip("]").split("[")
        return [fixed] + [fixed + one for one in rest.split("|")]
    fixed, slash, rest = pattern.partition("/")
    return [fixed + slash + one for one in rest.split("|")]


def language(tree):
    """All texts that a parsed regular expression of a schema matches; it has neither * nor +."""
    texts = [""]
    for kind, value in tree:
        kind = str(kind)
        if kind == "LITERAL":
            more = [chr(value)]
        elif kind == "IN":
            more = [chr(code) for inner, one in value
                    for code in ([one] if str(inner) == "LITERAL" else range(one[0], one[1] + 1))]
        elif kind == "BRANCH":
            more = [text for branch in value[1] for text in language(branch)]
        elif kind == "SUBPATTERN":
            more = language(value[3])
        elif kind == "MAX_REPEAT":
            more = [text for count in range(value[0], value[1] + 1) for text in language(list(value[2]) * count)]
        elif kind == "AT":
            more = [""]
        else:
            raise ValueError(f"the pattern of a schema has {kind}")
        texts = [text + end for text in texts for end in more]
    return texts


def enum(schema):
    """The words of a schema, without those of older versions and null."""
    return [word for word in schema["enum"] if word is not None]


# Formats, descriptions.

def formats_and_descriptions():
    with open(f"{ROOT}/src/document.h", encoding="utf-8") as header:
        written = re.findall(r'^#define DOCUMENT_\w+\s+"igd-harness ([^"]+)"', header.read(), re.MULTILINE)
    by_hand = {"config", "known", "matrix", "patterns", "host-description", "guest", "igd-ids", "symbols", "does-not-matter", "xen-messages"}
    same("every document has a schema", set(SCHEMAS) - by_hand - {"common"}, [name.replace(" ", "-") for name in written])
    check("each schema has the format that its file is named after", [
        name for name, schema in SCHEMAS.items()
        if name != "common" and schemas.name_of({"format": schema["properties"]["format"]["const"]}) != name])
    with open(f"{schemas.FOLDER}/meson.build", encoding="utf-8") as build:
        same("all are installed", SCHEMAS, re.findall(r"^  '([a-z-]+)',$", build.read(), re.MULTILINE))
    named = set()
    for file in glob.glob(f"{ROOT}/harness/**/*.[ch]", recursive=True):
        with open(file, encoding="utf-8") as source:
            named |= set(re.findall(r"docs/schema/([a-z-]+)\.json", source.read()))
    check(f"{len(named)} schemas that comments name are there", sorted(named - set(SCHEMAS)) if named else ["none"])
    check("each property has a description", [
        f"{name}.json: {path}" for name, schema in SCHEMAS.items() if name != "common"
        for path, value, where in walk(schema, name, set())
        if set(value) != {"const"} and "description" not in value and "description" not in resolve(value, where)[0]])


# The program's own lists of words.

def without_words(schema):
    """A schema without what the program's table cannot say: descriptions, and the pattern of a text."""
    return {key: without_words(value) if isinstance(value, dict) else value
            for key, value in schema.items() if key not in ("description", "pattern")}


def tables():
    table = json.loads(subprocess.run([ASK, "tables"], check=True, capture_output=True, text=True).stdout)
    defs = SCHEMAS["common"]["$defs"]
    for word in ("verdict", "hostVerdict", "ending", "limitName", "backend", "viewLayer"):
        same(f"{word}: the words of the program", enum(defs[word]), table[word])
    same("state: the words of the program", set(enum(defs["state"])) - set(enum(defs["oldState"])), table["state"])
    same("capability: the words of the program", defs["capability"]["anyOf"][0]["enum"], table["capability"])
    same("log: the words of the program", enum(SCHEMAS["patterns"]["$defs"]["log"]), table["log"])
    for word in ("use", "class"):
        same(f"{word} of a symbol: the words of the program",
             enum(at("abi", ["files", 0, "unstable", 0, word])[0][0]), table[word])
        same(f"{word} of a file of symbols: the words of the program", enum(SCHEMAS["symbols"]["$defs"][word]), table[word])
    same("answer of a step: the words of the program", enum(at("bisection", ["steps", 0, "answer"])[0][0]), table["answer"])
    same("the limits of a cell of a plan", properties("plan", ["cells", 0, "limits_ms"]), table["limitName"])
    same("the limits of a word of a matrix", properties("matrix", ["axes", "a", "w", "limits_ms"]), table["limitName"])
    views = properties("findings", ["cells", 0, "views", "devices", 0]) - {"device", "what", "parts_at", "why"}
    same("the views of a device", views, table["viewLayer"])
    shapes = []
    for setting in table["settings"]:
        schema = SCHEMAS["matrix"]["$defs"][setting["backend"] + "Settings"]["properties"].get(setting["name"], {})
        low, high = setting["min"], setting["max"]
        whole = {"type": "integer", "minimum": low, "maximum": high}
        kind = {"bool": {"type": "boolean"}, "word": {"enum": setting["words"]}, "whole": whole,
                "text": {"type": "string", "maxLength": high, **({"minLength": low} if low else {})},
                "texts": {"type": "array", "items": {"type": "string", "minLength": 1, "maxLength": table["textMax"]},
                          "maxItems": high},
                "wholes": {"type": "array", "items": whole, "maxItems": table["itemsMax"]},
                "tree": {"type": "object"}}[setting["kind"]]
        if without_words(schema) != kind:
            shapes.append(f"{setting['backend']} {setting['name']}: {kind}")
    check("each setting has the values of the program", shapes)
    for backend in table["backend"]:
        same(f"the settings of {backend}", SCHEMAS["matrix"]["$defs"][backend + "Settings"]["properties"],
             [setting["name"] for setting in table["settings"] if setting["backend"] == backend])


# The fields that an expectation can be about.

def fields():
    table = json.loads(subprocess.run([ASK, "tables"], check=True, capture_output=True, text=True).stdout)
    slots = [f"{high}{low}" for high in "01" for low in "0123456789abcdefABCDEF"]

    def names(patterns):
        """All fields of patterns, but those with FIELD or an address in them."""
        return [name.replace("NN", slot, 1).replace(".F", f".{function}", 1)
                for pattern in patterns for name in forms(pattern) if "FIELD" not in name and "BB:" not in name
                for slot in (slots if "NN" in name else [""]) for function in (range(8) if ".F" in name else [""])]

    every = [name for pattern in table["fields"] for name in forms(pattern)]
    of_report = names(table["reportFields"])
    before = [name[:-len("FIELD")] for name in every if name.endswith("FIELD")]
    defs = SCHEMAS["common"]["$defs"]
    language_of = {name: language(sre_parse.parse(pattern)) for name, pattern in
                   (("reportField", defs["reportField"]["pattern"]), ("field", defs["field"]["anyOf"][0]["pattern"]))}
    same("the fields of a report", language_of["reportField"], of_report)
    same("the fields of an expectation", language_of["field"],
         names(table["fields"]) + [prefix + name for prefix in before for name in of_report])
    # Of addresses there are too many to list: some, and all keys.
    passed = [name for name in every if "BB:DD.F" in name]
    taken = [name.replace("BB:DD.F", address) for name in passed for address in ("00:1f.3", "0000:00:02.0", "10000:ff:1F.7")]
    left = [name.replace("BB:DD.F", address) for name in passed
            for address in ("00:20.0", "00:1f.8", "0:1f.3", "000000000:00:1f.3", "00:1f.3/", "00:1f")]
    matches = re.compile(defs["passedField"]["pattern"]).match
    check(f"the fields of a passed device: {len(taken)} are taken, {len(left)} are not",
          [name for name in taken if not matches(name)] + [name for name in left if matches(name)] if passed else ["none"])
    with open(f"{ROOT}/docs/use/matrix.md", encoding="utf-8") as page:
        rows = re.findall(r"^\| `([^`]+)` \|(.*)$", page.read(), re.MULTILINE)
    described = set()
    for first, rest in rows:
        for word in [first] + re.findall(r"`([^`]+)`", rest):
            described |= {word, first.split("/")[0] + "/" + word}
    check(f"docs/use/matrix.md has the {len(every)} fields", [name for name in every if name not in described] if every else ["none"])


# What people write. Each sample has every key that its schema has; they are changed in every place.

MATRIX = """
format: igd-harness matrix
version: 1
name: sample
about: every key
axes:
  m:
    a:
      about: the first
      backends: [libxl, qemu]
      to: {libxl: {hap: true}, qemu: {vga: std}, requires: {libxl: hvm, qemu: [hvm]}}
      guest: linux
      cmdline: quiet
      limits_ms: {create: 1, first-frame: 1, report: 1, save: 1, restore: 1, power-off: 1, clean-up: 3600000}
      requires: {libxl: [hvm], qemu: hvm}
      libxl: {LIBXL}
      qemu: {QEMU}
    b: {about: the second}
defaults:
  guest: linux
  cmdline: quiet
  limits_ms: {create: 1, first-frame: 1, report: 1, save: 1, restore: 1, power-off: 1, clean-up: 1}
  requires: {libxl: hvm, qemu: hvm}
  libxl: {memory: 512}
  qemu: {memory: 512}
cells:
  - {m: [a, b]}
tags:
  fast:
    - {m: [a]}
expect:
  - id: one
    when: {m: a}
    backends: libxl
    versions: {qemu: ">=7.0 <10.0", xen: ">=4.17", libxl: "=4.17"}
    on_host: {igd/class: ["0x030000"]}
    not_on_host: {igd/device: "0x0402"}
    field: slot/02
    value: "5853:0001"
    source: a commit
  - {id: two, field: igd/device, same_as: host/igd/device, source: a file}
"""
KNOWN = """
format: igd-harness known
version: 1
matrix: sample
known:
  - {id: k1, expect: one, when: {m: [a]}, backends: [libxl], versions: {qemu: ">=7.2", xen: ">=4.17", libxl: ">=4.17"},
     on_host: {igd/class: "0x030000"}, not_on_host: {igd/class: ["0x038000"]}, value: null, why: a reason, link: a mail,
     until: {date: 2027-06-30}, flaky: true}
  - {id: k2, expect: [two], value: x, why: a reason, link: a mail, until: {qemu: ">=11.0"}}
  - {id: k3, expect: two, value: y, why: a reason, link: a mail, until: {xen: ">=5.0"}}
  - {id: k4, expect: two, value: z, why: a reason, link: a mail, until: {libxl: ">=5.0"}}
"""
HOST = """
format: igd-harness host-description
version: 1
name: rack-3
about: by the door
labels: [uefi]
ssh: {address: root@rack-3, options: [-p, "2222"]}
console: show
power: {on: switch on, off: switch off, status: ask}
labgrid: {place: rack-3, coordinator: "head:20408", config: lab.yaml}
prepare: modprobe xen-pciback
tree: /opt/tree
work: /var/tmp/work
limits: {answer: 1, boot: 1, power: 1, copy: 1, silence: 1, place: 86400}
"""
REACHED = """
format: igd-harness host-description
version: 1
name: rack-4
reach: [program, -p]
labgrid: {place: rack-4, use: [console]}
"""
GUEST = """
format: igd-harness guest
version: 1
about: Debian
disk: disk.qcow2
disk_format: qcow2
"""
PATTERNS = """
format: igd-harness patterns
version: 1
patterns:
  - {label: one, log: [qemu, libxl], text: some text, layer: qemu, severity: cause, known: measured, explains: [done, silent], meaning: what it means,
     advice: what to do, reference: a commit, versions: {qemu: ">=7.2", xen: ">=4.17", libxl: ">=4.17"}, samples: [some text]}
  - {label: two, log: xen, pattern: "some +text", layer: guest kernel, severity: note, known: source, meaning: m, advice: a,
     reference: r, samples: some text}
  - {label: three, log: [dom0, xen], text: some text, layer: host, severity: grave, breaks_host: true, known: source, meaning: m,
     advice: a, reference: r, samples: some text}
"""

IDS = """
format: igd-harness igd ids
version: 1
platforms:
  - {name: coffee-lake, title: Coffee Lake, graphics: 9, gmch: gen9, bdsm: "0x5c", macro: INTEL_CFL_IDS, ids: ["0x3e92", "0x3e98"]}
  - {name: gemini-lake, title: Gemini Lake, graphics: "9.1", gmch: none, bdsm: none, macro: INTEL_GLK_IDS, ids: "0x3184"}
isa_bridges:
  - {device: "0xa306", ids: ["0x3e92"]}
"""

MESSAGES = """
format: igd-harness xen messages
version: 1
checked: {first: "4.11", last: 4.23}
messages:
  - {fact: iommu, says: "yes", text: I/O virtualisation enabled, source: iommu.c, commit: b8038beeeb}
  - {fact: igd_off, text: "off <text>", source: vtd, versions: "<4.16", commit: dbf2a76856, until: d3b05f9b16}
"""

SYMBOLS = """
format: igd-harness symbols
version: 1
libraries:
  - {name: libxenctrl, abi: unstable, prefixes: [xc_], use: toolstack, class: rebuild, replacement: build it for each Xen}
  - {name: libxencall, abi: stable, prefixes: xencall}
symbols:
  - {name: xc_one, library: libxenctrl, use: basics, class: handle, replacement: nothing, hypercall: none, only: old, where: here,
     source: list}
interfaces:
  - {xen: "4.17", domctl: "0x15", sysctl: "0x16"}
"""

NOT = """
format: igd-harness does-not-matter
version: 1
allowed_misses: 7
leaves:
  - {path: "agent/*", changes: [gone, "null"], matrix: seed-igd, reason: a reason, source: a file}
  - {path: dmi/x, changes: zero, reason: a reason, source: a file}
lines:
  - {label: one, matrix: seed-igd, reason: a reason, source: a file}
"""

# What is wrong between two places of a file, or of a form that a schema cannot say: the program's sentences. The names of
# those that were used are kept: none may be here for nothing.
BETWEEN = ["there is no axis", "has no word", "have no word of axis", "is listed twice", "is given twice",
           "has no guest",
           "no back end can run cell", "no cell of this deviation", "applies to no cell", "excludes [a-z]+, but its", "is the field itself",
           "only the back end libxl detects", "is of the matrix|of the matrix .* not of", "an expectation ",
           "is the expected value", "does not match its pattern", "a host is reached by one of",
           "no version is in the range", "reads .* as a kind of number", "`value` is empty", "two expectations of",
           "starts its guest again on one back end",
           "cell .* cannot run", "is chosen by", "is an empty list", "passes through the same device", "asks for (the same slot|slot 00)",
           "asks for function", "is not a device id", "there is no library"]
used = set()


def is_between(sentence):
    found = [pattern for pattern in BETWEEN if re.search(pattern, sentence)]
    used.update(found)
    return bool(found)


class Rows:
    """Files that are asked about, many at a time."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0

    def ask(self, kind, documents, matrix=None):
        """The program's sentence about each, "" if it takes it."""
        files = []
        for document in documents:
            self.count += 1
            files.append(f"{self.folder}/{self.count}.yaml")
            with open(files[-1], "w", encoding="utf-8") as stream:
                stream.write(document if isinstance(document, str) else json.dumps(document))
        words = [ASK, kind] + ([matrix] if matrix else []) + files
        lines = subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines()
        return [line.split("\t", 1)[1] for line in lines]


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from paths(inner, path + (key,))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths(inner, path + (index,))


def get(document, path):
    for step in path:
        document = document[step]
    return document


REPLACEMENTS = ("x y!", "", 0, 99999999, True, {}, [], [[1]], {"a": 1}, "n" * 700)


def changed(document):
    """Copies that differ in one place: (PATH, what was done, copy)."""
    for path in paths(document):
        if isinstance(get(document, path), dict):
            copied = copy.deepcopy(document)
            get(copied, path)["zzzzzzzz"] = 1
            yield path, "unknown key", copied
        if not path:
            continue
        for new in REPLACEMENTS:
            copied = copy.deepcopy(document)
            get(copied, path[:-1])[path[-1]] = new
            yield path, f"is {json.dumps(new)[:20]}", copied
        copied = copy.deepcopy(document)
        del get(copied, path[:-1])[path[-1]]
        yield path, "removed", copied


def listed(sentence):
    """The keys that a sentence about the key zzzzzzzz says there are; None if it names none, or refers to the axes."""
    if "`axes`" in sentence:
        return None
    found = re.search(r"zzzzzzzz`?[\"]?( is detected)?[:,]? (?:it may have|they are|it is|use|there are) (.*)$", sentence) or \
        re.search(r"(zzzzzzzz).*(?:it may have|they are|has settings: write|: use) (.*)$", sentence)
    return set(re.split(r", | and | or ", found[2])) if found else None


def compare(kind, name, document, rows, matrix=None):
    """A sample and its changed copies: what does the program say, what does the schema?"""
    copies = list(changed(document))
    sentences = rows.ask(kind, [document] + [copied for _, _, copied in copies], matrix)
    check(f"{name}: the program and the schema take the sample",
          ([sentences[0]] if sentences[0] else []) + schemas.errors(CHECKERS[kind], document))
    strict, lax, keys, asked = [], [], [], 0
    for (path, done, copied), sentence in zip(copies, sentences[1:]):
        wrong = schemas.errors(CHECKERS[kind], copied, 1)
        if wrong and not sentence:
            strict.append(f"{path} {done}: {wrong[0]}")
        if sentence and not wrong and not is_between(sentence):
            lax.append(f"{path} {done}: {sentence}")
        said = listed(sentence) if done == "unknown key" else None
        if said is not None:
            asked += 1
            mine = properties(kind, path)
            if mine != said:
                keys.append(f"{path}: {sorted(mine or [])} and not {sorted(said)}")
    check(f"{name}: the schema refuses only what the program refuses, of {len(copies)}", strict)
    check(f"{name}: the program refuses only what the schema refuses, or what it cannot say", lax)
    check(f"{name}: the keys of {asked} mappings are those that the program names", keys if asked else ["none was named"])


def covered(kind, documents):
    """Does the sample have every key? Of settings the tables speak."""
    have = {re.sub(r"\b\d+\b", "*", "/".join(map(str, path))) for document in documents for path in paths(document)}
    keys = {path.rsplit("/", 1)[-1] for path in have}
    check(f"{kind}: the samples have every key", [
        path for path, value, _ in walk(SCHEMAS[kind], kind, set())
        if path.rsplit("/", 1)[-1] not in keys and not re.search(r"/(libxl|qemu)/", path)])


def by_hand():
    table = json.loads(subprocess.run([ASK, "tables"], check=True, capture_output=True, text=True).stdout)
    text = MATRIX
    for backend in table["backend"]:
        some = {}
        for setting in table["settings"]:
            if setting["backend"] == backend:
                some[setting["name"]] = json.loads(setting["example"])
        text = text.replace(backend.upper(), json.dumps(some)[1:-1], 1)
    with tempfile.TemporaryDirectory() as folder:
        rows = Rows(folder)
        load = lambda text: schemas.yaml.load(text, Loader=schemas.CoreLoader)
        matrix, known, host, reached, guest, patterns, ids, messages, symbols, does_not_matter = (
            load(part) for part in (text, KNOWN, HOST, REACHED, GUEST, PATTERNS, IDS, MESSAGES, SYMBOLS, NOT))
        with open(f"{folder}/matrix", "w", encoding="utf-8") as stream:
            json.dump(matrix, stream)
        covered("matrix", [matrix])
        covered("known", [known])
        covered("host-description", [host, reached])
        covered("guest", [guest])
        covered("patterns", [patterns])
        covered("igd-ids", [ids])
        covered("xen-messages", [messages])
        covered("symbols", [symbols])
        covered("does-not-matter", [does_not_matter])
        compare("matrix", "a matrix", matrix, rows)
        compare("known", "known deviations", known, rows, f"{folder}/matrix")
        compare("host-description", "a host", host, rows)
        compare("host-description", "a host reached otherwise", reached, rows)
        compare("guest", "a guest of one's own", guest, rows)
        compare("patterns", "patterns", patterns, rows)
        compare("igd-ids", "ids of GPUs", ids, rows)
        compare("xen-messages", "messages of Xen", messages, rows)
        compare("symbols", "symbols", symbols, rows)
        compare("does-not-matter", "what does not matter", does_not_matter, rows)


# What is in the tree.

def in_the_tree():
    for kind, pattern in (("matrix", "results/matrices/*.yaml"), ("patterns", "results/data/patterns.yaml"),
                          ("igd-ids", "results/data/igd-ids.yaml"),
                          ("xen-messages", "results/data/xen-messages.yaml"), ("symbols", "results/data/abi/*.yaml"),
                          ("does-not-matter", "results/data/does-not-matter.yaml"),
                          ("", "results/recorded/*/*.yaml"), ("", "results/recorded/**/*.json")):
        files = glob.glob(f"{ROOT}/{pattern}", recursive=True)
        wrong, count = [], 0
        for file in files:
            if file.endswith(".json"):
                with open(file, encoding="utf-8") as stream:
                    document = json.load(stream)
            else:
                document = schemas.read_yaml(file)
            name = schemas.name_of(document)
            if name in CHECKERS:
                count += 1
                wrong += [f"{file}: {error}" for error in schemas.errors(CHECKERS[name], document)]
            else:
                wrong.append(f"{file}: no schema")
        check(f"{pattern}: {count} documents are valid", wrong if count else ["no file was found"])
    lines = []
    for file in glob.glob(f"{ROOT}/results/matrices/*.yaml") + glob.glob(f"{ROOT}/results/data/**/*.yaml", recursive=True):
        with open(file, encoding="utf-8") as stream:
            line = stream.readline().strip()
        kind = schemas.name_of(schemas.read_yaml(file))
        named = os.path.normpath(os.path.join(os.path.dirname(file), line.rpartition("$schema=")[2]))
        if os.path.realpath(named) != os.path.realpath(f"{schemas.FOLDER}/{kind}.json"):
            lines.append(f"{file}: {line}")
    check("the first line of each names its schema for editors", lines)
    with open(f"{ROOT}/docs/labs/hosts-under-test.md", encoding="utf-8") as page:
        blocks = re.findall(r"^```yaml\n(format: igd-harness host-description\n.*?)^```", page.read(), re.MULTILINE | re.DOTALL)
    check(f"the {len(blocks)} descriptions of hosts in the docs are valid", [
        error for block in blocks
        for error in schemas.errors(CHECKERS["host-description"], schemas.yaml.load(block, Loader=schemas.CoreLoader))]
        if blocks else ["there are none"])
    with open(f"{ROOT}/docs/labs/guests.md", encoding="utf-8") as page:
        block = re.search(r"^```yaml\n(format: igd-harness guest\n.*?)^```", page.read(), re.MULTILINE | re.DOTALL)
    check("the description of a guest in the docs is valid", schemas.errors(
        CHECKERS["guest"], schemas.yaml.load(block[1], Loader=schemas.CoreLoader)) if block else ["there is none"])
    with open(f"{ROOT}/docs/use/config.md", encoding="utf-8") as page:
        example = re.search(r"^    format: igd-harness config\n(?:    .*\n)*", page.read(), re.MULTILINE).group()
    example = schemas.yaml.load(textwrap.dedent(example), Loader=schemas.CoreLoader)
    check("the configuration file in the docs is valid", schemas.errors(CHECKERS["config"], example))
    check("and has every key", sorted(set(SCHEMAS["config"]["properties"]) - set(example)))
    check("a host that is only a name is not", [] if schemas.errors(
        CHECKERS["config"], {**example, "hosts": {"a": "rack-3"}}) else ["it is taken"])


def wrong_matrices():
    """The cases of the suite matrix_wrong: NNN.yaml, and the program's sentence, NNN.why."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([WRONG], env={**os.environ, "MATRIX_WRONG_DIR": folder}, check=True, stdout=subprocess.DEVNULL)
        refused, unread, lax = 0, 0, []
        for file in sorted(glob.glob(f"{folder}/*.yaml")):
            with open(file[:-len("yaml")] + "why", encoding="utf-8", errors="replace") as stream:
                sentence = stream.read()
            try:
                document = schemas.read_yaml(file)
            except (ValueError, schemas.yaml.YAMLError):
                unread += 1
                continue
            kind = "known" if "known" in os.path.basename(file) else "matrix"
            if schemas.errors(CHECKERS[kind], document, 1):
                refused += 1
            elif not is_between(sentence):
                lax.append(sentence)
    check(f"wrong matrices: {refused} are refused by the schema, {unread} are not YAML, others only the program can refuse",
          lax if refused else ["none"])


formats_and_descriptions()
tables()
fields()
by_hand()
in_the_tree()
if WRONG:
    wrong_matrices()
    check("each exception is needed", [pattern for pattern in BETWEEN if pattern not in used])
print(f"1..{len(results)}")
sys.exit(any(problems for _, problems in results))
