"""The table of commands: what somebody in a class may ask for, by `op`, over the socket or by a form of the page.

docs/live.asyncapi.yaml describes each. The heartbeat, `beat`, is the consumer's own: it touches no row.
"""

from live.commands import captions, chat, hands, media, recording, room, slides

COMMANDS = (
    room.COMMANDS
    | chat.COMMANDS
    | hands.COMMANDS
    | media.COMMANDS
    | recording.COMMANDS
    | slides.COMMANDS
    | captions.COMMANDS
)
