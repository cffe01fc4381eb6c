"""The socket of a class: who may come in, and which command is whose. What happens there reaches it by the hub."""

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import parse_cookie
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError

from accounts.middleware import unmet_duty
from accounts.models import User
from accounts.models.people import read_standings
from accounts.sessions import user_of_session, users_of_sessions
from base import origin
from base.compiled import CompiledQuery
from base.errors import DomainError
from live.commands import COMMANDS
from live.commands.guests import GUEST_COMMANDS
from live.commands.media import AtDesk, Greeting
from live.commands.table import Command, Meter, Rate
from live.hub import Hub, Pulse, Room, TooManySockets
from live.media.relay import Desk, NotAtDesk, Relay, spoken
from live.models import Guest, LiveSession, Visit
from live.queries.breakouts import audience_of
from live.queries.inquiries import supporters
from live.queries.polls import running_results
from live.queries.room import events_since, people_here
from live.schemas import event_data, person_data
from live.services import presence
from live.services.events import ClassOver, NotInClass, SentOut, StillWaiting
from live.services.guests import COOKIE as GUEST_COOKIE
from live.services.guests import guest_by
from live.sockets import Close, Frame, Socket, encode
from live.tasks import settle_rooms
from live.together import Together

MOST_BYTES = 16 * 1024  # of one frame
MOST_EVENTS = 500  # that one pulse brings
ALL_COMMANDS = Rate(200, 20)  # one socket that sends more is closed
CLASSES = CompiledQuery(lambda uuids: LiveSession.objects.select_related("cohort").filter(uuid__in=uuids))


def _take_pulse(room: UUID, since: int | None, visits: set[int]) -> Pulse:
    session = LiveSession.objects.only("last_seq", "division_id").get(uuid=room)
    events = []
    if since is not None and since < session.last_seq:
        events = [event_data(event) for event in events_since(session.pk, since, limit=MOST_EVENTS)]
    going = presence.keep_alive(session.pk, visits)
    people = [person_data(stay) for stay in people_here(session.pk)]
    audience = audience_of(session, session.last_seq) if since is None else None
    return Pulse(session.last_seq, events, people, going, audience)


LOOKS = {"poll": running_results, "inquiry": supporters}  # how what is stale stands now, by what it is


def _look_up(room: UUID, keys: set[str]) -> dict[str, Any]:
    session = LiveSession.objects.only("pk").get(uuid=room)
    passing = {}
    for kind, look in LOOKS.items():
        ids = [key.removeprefix(f"{kind}:") for key in keys if key.startswith(f"{kind}:")]
        passing.update({f"{kind}:{told[kind]}": told for told in (look(session, ids) if ids else ())})
    return passing


RELAY = Relay(sync_to_async(settle_rooms.delay))
HUB = Hub(database_sync_to_async(_take_pulse), heed=RELAY.heed, look_up=database_sync_to_async(_look_up))


class Refused(Exception):
    """This connection may not be; `code` says why."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


REFUSALS = {
    NotInClass: Close.NOT_FOUND,
    ClassOver: Close.OVER,
    SentOut: Close.SENT_OUT,
    StillWaiting: Close.WAITING,
}


def let_in(knocks: Sequence[tuple[UUID, str]]) -> list[Visit | Close]:
    """Ask of all who knock, each at a class with the key of a session, what the page asks; write the visits down."""
    users = users_of_sessions({key for _room, key in knocks})
    read_standings(users.values())
    sessions = {session.uuid: session for session in CLASSES.rows(list({room for room, _key in knocks}))}
    answers = [_admit(users.get(key), sessions.get(room)) for room, key in knocks]
    stays = iter(presence.join_all([answer for answer in answers if not isinstance(answer, Close)]))
    outcomes = [answer if isinstance(answer, Close) else next(stays) for answer in answers]
    return [REFUSALS[type(each)] if isinstance(each, DomainError) else each for each in outcomes]


def _admit(user: User | None, session: LiveSession | None) -> presence.Comer | Close:
    """Who comes to which class, unless what is not about the class forbids it."""
    if user is None or unmet_duty(user):
        return Close.SIGN_IN
    if session is None:
        return Close.NOT_FOUND
    return Close.TOO_MANY if HUB.is_full(session.uuid, str(user.uuid)) else (session, user)


def _see_off(visits: Sequence[int]) -> list[None]:
    presence.leave(*visits)
    return [None] * len(visits)


LET_IN = Together(database_sync_to_async(let_in))
SEE_OFF = Together(database_sync_to_async(_see_off))


async def room_socket(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application of `/live/<uuid>/socket/`."""
    await RoomConsumer(scope, receive, send).run()


async def guest_socket(scope: Any, receive: Any, send: Any) -> None:
    """The ASGI application of `/live/<uuid>/guest/socket/`."""
    await GuestConsumer(scope, receive, send).run()


class RoomConsumer:
    """One socket in one class. The hub gets its `send` bare: what lay between would be paid for at each delivery."""

    commands = COMMANDS
    desk: Desk | None = None  # for picture and sound, once it was asked for
    session: LiveSession
    socket: Socket

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.room: Room | None = None  # once it has been entered
        self.room_id: UUID = scope["url_route"]["kwargs"]["uuid"]
        self.language = _language_of(scope["query_string"])
        self.cookies = _cookies_of(scope["headers"])
        self.meter = Meter()
        self.receive, self.send = receive, send
        origin.address.set(scope["client"][0] if scope.get("client") else None)

    async def run(self) -> None:
        await self.receive()  # the handshake
        await self.send({"type": "websocket.accept"})  # first, since a close before it tells the browser no code
        try:
            await self._join()
        except Refused as refusal:
            await self.send({"type": "websocket.close", "code": int(refusal.code)})
            return
        try:
            while (message := await self.receive())["type"] == "websocket.receive":
                await self._take(message)
        finally:
            await self._leave()

    async def _join(self) -> None:
        """Ask the rules that the page asks, write the visit down and enter the room. Raises Refused."""
        visit = await self._enter()
        self.session = visit.session
        self.socket = Socket(self.send, person=person_data(visit), visit=visit.pk)
        try:
            self.room = await HUB.join(self.room_id, self.socket)
        except BaseException as error:
            await SEE_OFF(visit.pk)
            if isinstance(error, TooManySockets):
                raise Refused(Close.TOO_MANY) from error
            raise

    async def _enter(self) -> Visit:
        answer = await LET_IN((self.room_id, self.cookies.get(settings.SESSION_COOKIE_NAME, "")))
        if isinstance(answer, Close):
            raise Refused(answer)
        return answer

    def _by(self) -> User | Guest:
        """Who speaks, read anew: rights may have gone since the socket was opened. Raises Refused."""
        return self._user()

    def _user(self) -> User:
        """Read the user anew: the session or rights may have gone since the socket was opened. Raises Refused."""
        user = user_of_session(self.cookies.get(settings.SESSION_COOKIE_NAME, ""))
        if user is None:
            raise Refused(Close.SIGN_IN)
        return user

    async def _take(self, message: Frame) -> None:
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
            command = self.commands[op] if op != "beat" else None
        except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
            return self._error(ref, "unknown-command", _("There is no such command."))
        if command is None:
            return {"op": "beat", "seq": self.room.seq}
        if not self.meter.allows(op, command.rate):
            return self._error(ref, "too-many-requests", _("That was too often. Wait a moment."))
        try:
            answer = await database_sync_to_async(self._serve)(command, frame)
            if command.at_desk:
                return await self._at_desk(answer)
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
            return command.service(self.session, by=self._by(), **arguments)

    async def _at_desk(self, act: AtDesk) -> Frame | None:
        """Do what the command asks for; `media` alone takes a desk, in a room of this class."""
        assert self.room
        with spoken():
            if isinstance(act, Greeting) and not (self.desk and self.desk.is_in(act.room)):
                if self.desk:
                    await RELAY.leave(self.desk)
                self.desk = await RELAY.enter(self.room.uuid, self.socket.person, self.socket.write, act.room)
            if self.desk is None or self.desk.is_closed:
                raise NotAtDesk
            return await act(self.desk)

    def _error(self, ref: object, code: str, detail: object) -> Frame:
        with translation.override(self.language):
            frame = {"op": "error", "code": code, "detail": str(detail)}
        return frame | ({"ref": ref} if isinstance(ref, int) or (isinstance(ref, str) and len(ref) <= 64) else {})

    async def _leave(self) -> None:
        assert self.room
        try:
            if self.desk:
                await RELAY.leave(self.desk)
            await HUB.leave(self.room, self.socket)
        finally:
            await SEE_OFF(self.socket.visit)


def _cookies_of(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    return parse_cookie("; ".join(value.decode("latin-1") for name, value in headers if name == b"cookie"))


class GuestConsumer(RoomConsumer):
    """The socket of a guest, who has a signed cookie instead of an account, and a shorter table of commands."""

    commands = GUEST_COMMANDS

    async def _enter(self) -> Visit:
        return await database_sync_to_async(self._come_in)()

    def _come_in(self) -> Visit:
        guest = self._by()
        if HUB.is_full(self.room_id, str(guest.uuid)):
            raise Refused(Close.TOO_MANY)
        try:
            return presence.join_as_guest(guest)
        except StillWaiting as error:
            raise Refused(Close.WAITING) from error

    def _by(self) -> Guest:
        guest = guest_by(self.cookies.get(GUEST_COOKIE, ""), self.room_id)
        if guest is None:
            raise Refused(Close.OVER)  # the page then says that the link is no longer valid
        return guest


def _language_of(query: bytes) -> str:
    """The language of the page that opened the socket: `?language=ru`."""
    asked = query.decode("ascii", "replace").removeprefix("language=")
    with suppress(LookupError):
        return translation.get_supported_language_variant(asked)
    return settings.LANGUAGE_CODE
