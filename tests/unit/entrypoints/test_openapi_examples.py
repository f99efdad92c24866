"""The description of the API has an example of every operation, and each is what its schema says."""

import json

import msgspec
import pytest
from tools.api_examples import faults_of, validators_of

from comity.entrypoints.api.api_examples import examples
from comity.entrypoints.api.app import ROUTES, show_openapi
from comity.entrypoints.api.openapi import API_VERSION, openapi_document

STREAMS = {
    "GET /v1/events": "docs/spec/events.md",
    "GET /v1/air/stream": "docs/spec/track-stream.md",
}


@pytest.fixture(scope="module")
def document():
    return json.loads(msgspec.json.encode(openapi_document((*ROUTES, show_openapi))))


@pytest.mark.requirement("DOORS-012")
def test_every_operation_has_an_example_of_its_body_and_its_answer(document):
    validators = validators_of(document)
    told = json.loads(msgspec.json.encode(examples()))
    without = {f"{name} {what}" for name, what in validators if what not in told.get(name, {})}
    assert not without, sorted(without)
    faults = [each for name, made in told.items() for each in faults_of(name, made, validators)]
    assert faults == []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = f"{method.upper()} {path}"
            named = {each["name"]: each for each in operation["parameters"] if each["in"] == "path"}
            assert all("example" in each for each in named.values()) or name in STREAMS, name
    # an example that is wrong is found
    name = "GET /v1/status"
    assert faults_of(name, {"answer": {**told[name]["answer"], "peers": 7}}, validators)


@pytest.mark.requirement("DOORS-012")
def test_the_description_and_its_streams_have_versions(document):
    assert document["info"]["x-api-version"] == API_VERSION
    assert all(path.startswith(f"/v{API_VERSION}/") for path in document["paths"])
    for name, page in STREAMS.items():
        method, path = name.split()
        stream = document["paths"][path][method.lower()]["responses"]["200"]["x-stream"]
        assert (stream["version"], stream["specification"]) == (1, page)
    item = document["paths"]["/v1/events"]["get"]["responses"]["200"]["x-stream"]["item"]["$ref"]
    assert item.removeprefix("#/components/schemas/") in document["components"]["schemas"]
