"""The JSON Schemas in this folder, for its programs."""
import json
import os
import re
import warnings

import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jsonschema 4.18 and newer: RefResolver is the only way that older ones have too
    from jsonschema import Draft202012Validator, RefResolver

FOLDER = os.path.dirname(os.path.abspath(__file__))
PREFIX = "igd-harness "


def load(folder=FOLDER):
    """{NAME: schema}, each checked against the meta-schema."""
    schemas = {}
    for file in sorted(os.listdir(folder)):
        if file.endswith(".json"):
            with open(os.path.join(folder, file), encoding="utf-8") as stream:
                schemas[file[:-len(".json")]] = json.load(stream)
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    return schemas


def validator(schemas, name):
    """The validator of one of them; "$ref" is relative to the folder."""
    store = {f"file:///{other}.json": schema for other, schema in schemas.items()}
    return Draft202012Validator(schemas[name], resolver=RefResolver(f"file:///{name}.json", schemas[name], store=store))


def name_of(document):
    """The name of the schema of a document, by its "format"; None if it is not a document of igd-harness."""
    text = document.get("format") if isinstance(document, dict) else None
    return text[len(PREFIX):].replace(" ", "-") if isinstance(text, str) and text.startswith(PREFIX) else None


def errors(checker, document, limit=3):
    """What is wrong with a document, one line each."""
    found = []
    for error in checker.iter_errors(document):
        while error.context:  # of "anyOf": what is wrong with the alternative that is nearest
            error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator not in ("type", "const")))
        where = "/".join(map(str, error.absolute_path)) or "the document"
        found.append(f"{where}: {error.message[:200]}")
        if len(found) == limit:
            break
    return found


class CoreLoader(yaml.SafeLoader):
    """YAML with the scalars of YAML 1.2's core schema, as editors and igd-harness read it: `on` is a text."""

    yaml_implicit_resolvers = {}


for tag, pattern, first in (
        ("null", r"~|null|Null|NULL|", "~nN"),
        ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
        ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789")):
    letters = list(first) + ([""] if tag == "null" else [])
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), letters)


def core_int(loader, node):
    """A whole number: PyYAML's own takes 010 for octal."""
    text = node.value
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text, 10)


CoreLoader.add_constructor("tag:yaml.org,2002:int", core_int)


def read_yaml(file):
    """A YAML file as a document."""
    with open(file, encoding="utf-8") as stream:
        return yaml.load(stream, Loader=CoreLoader)
