"""The socket of a class: who may come in, and which command is whose. What happens there reaches it by the hub."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async
from channels.exceptions import StopConsumer
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.middleware import unmet_duty
from accounts.models import User
from base import origin
from base.errors import DomainError
from live import rules
from live.commands import COMMANDS
from live.commands.media import AtDesk
from live.commands.table import Command, Meter, Rate
from live.hub import MOST_SOCKETS, Close, Frame, Hub, Pulse, Room, Socket, encode
from live.media.relay import Desk, NotAtDesk, Relay, spoken
from live.models import LiveSession
from live.queries.room import events_since, people_here
from live.schemas import event_data, person_data
from live.services import presence
from live.tasks import settle_rooms

MOST_BYTES = 16 * 1024  # of one frame
MOST_EVENTS = 500  # that one pulse brings
ALL_COMMANDS = Rate(60, 20)  # one socket that sends more is closed


def _take_pulse(room: UUID, since: int | None, visits: set[int]) -> Pulse:
    session = LiveSession.objects.only("last_seq").get(uuid=room)
    events = []
    if since is not None and since < session.last_seq:
        events = [event_data(event) for event in events_since(session.pk, since, limit=MOST_EVENTS)]
    going = presence.keep_alive(session.pk, visits)
    return Pulse(session.last_seq, events, [person_data(stay) for stay in people_here(session.pk)], going)


RELAY = Relay(sync_to_async(settle_rooms.delay))
HUB = Hub(database_sync_to_async(_take_pulse), heed=RELAY.heed)


class Refused(Exception):
    """This connection may not be; `code` says why."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


class RoomConsumer(AsyncConsumer):
    """One socket in one class."""

    channel_layer_alias = None  # type: ignore[assignment]  # the hub alone listens, for all sockets of a room

    room: Room | None = None  # once it has been entered
    desk: Desk | None = None  # for picture and sound, once it was asked for
    session: LiveSession
    socket: Socket

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave()

    async def websocket_connect(self, message: Frame) -> None:
        await self.send({"type": "websocket.accept"})  # first, since a close before it tells the browser no code
        client = self.scope.get("client")
        origin.address.set(client[0] if client else None)
        self.language = _language_of(self.scope["query_string"])
        self.meter = Meter()
        room_id: UUID = self.scope["url_route"]["kwargs"]["uuid"]
        try:
            self.session, person, visit = await database_sync_to_async(self._enter)(room_id)
        except Refused as refusal:
            await self.send({"type": "websocket.close", "code": int(refusal.code)})
            return
        self.socket = Socket(self.base_send, person=person, visit=visit)
        self.room = await HUB.join(room_id, self.socket)

    def _enter(self, room_id: UUID) -> tuple[LiveSession, dict[str, Any], int]:
        """Ask the rules that the page asks, and write the visit down. Raises Refused."""
        user = self._user()
        if unmet_duty(user):
            raise Refused(Close.SIGN_IN)
        session = LiveSession.objects.visible_to(user).select_related("cohort", "lesson").filter(uuid=room_id).first()
        if session is None:
            raise Refused(Close.NOT_FOUND)
        if not rules.can_join(user, session):
            raise Refused(Close.OVER)
        if HUB.count(room_id, str(user.uuid)) >= MOST_SOCKETS:
            raise Refused(Close.TOO_MANY)
        visit = presence.join(session, by=user)
        return session, person_data(visit), visit.pk

    def _user(self) -> User:
        """Read the user anew: rights may have gone since the socket was opened. Raises Refused."""
        user = self.scope["user"]
        found = User.objects.select_related("person").filter(pk=user.pk, is_active=True).first() if user else None
        if found is None:
            raise Refused(Close.SIGN_IN)
        return found

    async def websocket_receive(self, message: Frame) -> None:
        if self.room is None:
            return
        self.socket.hear()
        text = message.get("text")
        if text is None or len(text.encode()) > MOST_BYTES:
            self.socket.close(Close.TOO_LARGE)
        elif not self.meter.allows("", ALL_COMMANDS):
            self.socket.close(Close.TOO_MANY)
        else:
            answer = await self._obey(text)
            if answer:
                self.socket.write(encode(answer))

    async def _obey(self, text: str) -> Frame | None:
        """Carry a command out; the answer, if any, is for this socket alone."""
        assert self.room
        ref = None
        try:
            frame = json.loads(text)
            ref, op = frame.pop("ref", None), frame.pop("op")
            command = COMMANDS[op] if op != "beat" else None
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return self._error(ref, "unknown-command", _("There is no such command."))
        if command is None:
            return {"op": "beat", "seq": self.room.seq}
        if not self.meter.allows(op, command.rate):
            return self._error(ref, "too-many-requests", _("That was too often. Wait a moment."))
        try:
            answer = await database_sync_to_async(self._serve)(command, frame)
            if command.at_desk:
                return await self._at_desk(op, answer)
        except ValidationError as error:
            return self._error(ref, "invalid", "; ".join(f"{each['loc']}: {each['msg']}" for each in error.errors()))
        except DomainError as error:
            return self._error(ref, error.code, error)
        except Refused as refusal:
            self.socket.close(refusal.code)
            return None
        return answer if command.answers else None

    def _serve(self, command: Command, fields: Frame) -> Any:
        arguments = command.payload.model_validate(fields).model_dump()
        with translation.override(self.language):
            return command.service(self.session, by=self._user(), **arguments)

    async def _at_desk(self, op: str, act: AtDesk) -> Frame | None:
        """Do what the command asks for; `media` alone takes a desk, in the room of this class."""
        assert self.room
        with spoken():
            if op == "media" and (self.desk is None or self.desk.is_closed):
                self.desk = await RELAY.enter(self.room.uuid, self.socket.person, self.socket.write)
            if self.desk is None or self.desk.is_closed:
                raise NotAtDesk
            return await act(self.desk)

    def _error(self, ref: object, code: str, detail: object) -> Frame:
        with translation.override(self.language):
            frame = {"op": "error", "code": code, "detail": str(detail)}
        return frame | ({"ref": ref} if isinstance(ref, int) or (isinstance(ref, str) and len(ref) <= 64) else {})

    async def websocket_disconnect(self, message: Frame) -> None:
        raise StopConsumer

    async def _leave(self) -> None:
        if self.room is None:
            return
        try:
            if self.desk:
                await RELAY.leave(self.desk)
            await HUB.leave(self.room, self.socket)
        finally:
            await database_sync_to_async(presence.leave)(self.socket.visit)


def _language_of(query: bytes) -> str:
    """The language of the page that opened the socket: `?language=ru`."""
    asked = query.decode("ascii", "replace").removeprefix("language=")
    with suppress(LookupError):
        return translation.get_supported_language_variant(asked)
    return settings.LANGUAGE_CODE
