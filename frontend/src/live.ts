/** A class. The page works without this: each act is a form, which is sent over the socket instead while that is open. */
import { stayAwake } from "./lib/room/awake";
import { followBreakouts } from "./lib/room/breakouts";
import { followCaptions } from "./lib/room/captions";
import { followChat } from "./lib/room/chat";
import { answerChecks } from "./lib/room/checks";
import { countDown } from "./lib/room/clock";
import { followConference } from "./lib/room/conference";
import { Connection } from "./lib/room/connection";
import { tryDevices } from "./lib/room/devices";
import { followInquiries } from "./lib/room/inquiries";
import { followLobby, waitInLobby } from "./lib/room/lobby";
import { followMedia } from "./lib/room/media";
import { followNotes } from "./lib/room/notes";
import { arrangePanels } from "./lib/room/panels";
import { followPeople } from "./lib/room/people";
import { followPolls } from "./lib/room/polls";
import { followReactions } from "./lib/room/reactions";
import { followSlides } from "./lib/room/slides";
import { followTimer } from "./lib/room/timer";

const page = document.querySelector<HTMLElement>("[data-room]");
if (page) keepInStep(page);
const lobby = document.querySelector<HTMLElement>("[data-lobby-wait]");
if (lobby) waitInLobby(lobby);

function keepInStep(room: HTMLElement): void {
  const live = new Connection(room, room.querySelector<HTMLElement>("[data-connection]")!);
  arrangePanels(live);
  followChat(live);
  followPeople(live);
  followPolls(live);
  followInquiries(live);
  followNotes(live);
  followReactions(live);
  followMedia(live);
  followConference(live);
  followSlides(live);
  answerChecks(live);
  followCaptions(live);
  followTimer(live);
  followBreakouts(live);
  followLobby(live);
  live.on("start end", () => live.reload());
  live.onFrame("error", (frame) => frame.code !== "media-away" && live.refuse(frame.detail ?? ""));
  room.addEventListener("submit", (event) => sendForm(live, event));
  live.find("[data-scripted]")?.removeAttribute("hidden");
  const clock = live.find("[data-begins]");
  if (clock) {
    countDown(clock);
    tryDevices(room);
  } else stayAwake();
  live.start();
}

/**
 * Carry a form out over the socket, where its command takes what the form holds: text, numbers in `data-numbers`, and
 * in `data-lists` what may come several times.
 */
function sendForm(live: Connection, event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const op = form.dataset.op;
  if (!op || op === "say" || live.isFinal || event.defaultPrevented) return;
  event.preventDefault();
  live.refuse("");
  const named = (list?: string): string[] => (list ?? "").split(" ");
  const data = new FormData(form, event.submitter);
  const fields = Object.fromEntries(
    [...new Set(data.keys())]
      .filter((name) => name !== "csrfmiddlewaretoken")
      .map((name) => {
        if (named(form.dataset.lists).includes(name)) return [name, data.getAll(name)];
        return [name, named(form.dataset.numbers).includes(name) ? Number(data.get(name)) : data.get(name)];
      }),
  );
  if (!live.send(op, fields)) live.refuse(live.stateInWords);
}
