"""Checks OpenAPI documents by openapi-spec-validator, and every example of theirs by its schema."""

import json
import sys

import yaml
from jsonschema import Draft4Validator, Draft202012Validator
from openapi_spec_validator import validate


def examples(document):
    """Media types with an example, with the place of each."""
    operations = [
        (f"{method} {path}", operation)
        for group in ("paths", "webhooks", "x-webhooks")
        for path, item in document.get(group, {}).items()
        for method, operation in item.items()
        if isinstance(operation, dict)
    ]
    operations += document.get("x-unconfirmed", {}).items()
    for place, operation in operations:
        answers = operation["responses"].values()
        bodies = (operation.get(key, {}) for key in ("requestBody", "x-request-body"))
        for part in [*bodies, *answers]:
            for media in part.get("content", {}).values():
                if "example" in media:
                    yield place, media["schema"], media["example"]


def without_nulls(value):
    """Null is an absent key. Of a reference, 3.0 cannot say so in a way that validators of JSON Schema see."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [without_nulls(inner) for inner in value] if isinstance(value, list) else value


def check(path):
    with open(path, encoding="utf-8") as file:
        document = json.load(file) if path.endswith(".json") else yaml.safe_load(file)
    validate(document)
    # 3.0 is JSON Schema of an older draft, apart from `nullable`.
    is_old = document["openapi"].startswith("3.0")
    validator = Draft4Validator if is_old else Draft202012Validator
    count = 0
    wrong = []
    for place, schema, example in examples(document):
        whole = {**schema, "components": document["components"]}
        errors = list(validator(whole).iter_errors(without_nulls(example) if is_old else example))
        wrong += [f"{path}: {place}: the example is not what its schema says: {error.message}" for error in errors]
        count += 1
    return count, wrong


paths = sys.argv[1:]
checked = [check(path) for path in paths]
wrong = [text for _, texts in checked for text in texts]
if wrong:
    sys.exit("\n".join(wrong))
print(f"openapi-spec-validator: {len(paths)} documents are valid, and so are their {sum(count for count, _ in checked)} examples")
