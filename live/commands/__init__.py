"""The table of commands: what somebody in a class may ask for, by `op`, over the socket or by a form of the page.

docs/live.asyncapi.yaml describes each. The heartbeat, `beat`, is the consumer's own: it touches no row.
"""

from live.commands import (
    breakouts,
    captions,
    chat,
    checks,
    guests,
    hands,
    inquiries,
    lobby,
    media,
    notes,
    people,
    polls,
    reactions,
    recording,
    room,
    slides,
    timer,
)

TABLES = (
    *(room, chat, hands, media, recording, slides, captions, checks, guests, notes),
    *(polls, reactions, inquiries, people, timer, breakouts, lobby),
)
COMMANDS = {name: command for table in TABLES for name, command in table.COMMANDS.items()}
