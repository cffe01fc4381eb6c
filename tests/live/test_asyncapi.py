"""docs/live.asyncapi.yaml says what the code does."""

from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from live.commands import COMMANDS
from live.models import RoomEvent
from live.sockets import Close

DOCUMENT: dict[str, Any] = yaml.safe_load(
    Path(settings.BASE_DIR, "docs", "live.asyncapi.yaml").read_text(encoding="utf-8")
)
ROOM = DOCUMENT["channels"]["room"]
MESSAGES = DOCUMENT["components"]["messages"]


def names(operation: str) -> set[str]:
    return {each["$ref"].rpartition("/")[2] for each in DOCUMENT["operations"][operation]["messages"]}


def test_every_command_is_described_and_none_besides() -> None:
    assert names("command") == {*COMMANDS, "beat"}


@pytest.mark.parametrize("op", COMMANDS)
def test_fields_of_a_command_are_those_described(op: str) -> None:
    described, asked = MESSAGES[op]["payload"], COMMANDS[op].payload.model_json_schema()
    assert described["properties"]["op"] == {"const": op}
    assert described["properties"].keys() - {"op"} == asked.get("properties", {}).keys()
    assert set(described["required"]) - {"op"} == set(asked.get("required", ()))


@pytest.mark.parametrize("op", COMMANDS)
def test_rate_of_a_command_is_described_where_it_is_not_the_usual(op: str) -> None:
    rate = COMMANDS[op].rate
    assert op in {"start", "end"} or f"{rate.count} in {rate.seconds:g} seconds" in MESSAGES[op]["summary"]


def test_every_message_is_part_of_an_operation() -> None:
    assert names("command") | names("tell") == ROOM["messages"].keys() == MESSAGES.keys()


def test_every_close_code_is_described() -> None:
    assert issubclass(Close, Enum)
    for code in Close:
        assert f"| {code.value} |" in ROOM["description"]


def test_every_kind_of_event_is_described() -> None:
    event = DOCUMENT["components"]["schemas"]["event"]["properties"]
    assert set(event["kind"]["enum"]) == set(RoomEvent.Kind.values)
