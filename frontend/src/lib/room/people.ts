/** Who is in a class, whose hand is up, and who may not write. */
import { type Connection, copyRow, type Person } from "./connection";

export function followPeople(live: Connection): void {
  const hands = live.find("[data-hands]");
  const people = live.find("[data-people]");
  const muted = new Set([...live.room.querySelectorAll<HTMLElement>(".is-muted")].map((row) => row.dataset.person!));
  const speaking = new Set([...live.room.querySelectorAll<HTMLElement>(".has-word")].map((row) => row.dataset.person!));
  const hosts = new Set([...live.room.querySelectorAll<HTMLElement>(".is-host")].map((row) => row.dataset.person!));
  const removed = live.find("[data-removed]");
  const rowOf = (list: HTMLElement | null, id: string): Element | null =>
    list?.querySelector(`[data-person="${id}"]`) ?? null;

  function settleHands(id: string, isUp: boolean): void {
    const area = live.find("[data-raised]");
    if (area) area.hidden = !hands?.childElementCount;
    if (id === live.me) live.find(".class-bar")?.classList.toggle("is-up", isUp);
  }

  function raise(person: Person): void {
    if (hands && !rowOf(hands, person.id)) hands.append(copyRow(live.room, "hand", person.id, person.name));
    settleHands(person.id, true);
  }

  function lower(id: string): void {
    rowOf(hands, id)?.remove();
    settleHands(id, false);
  }

  function welcome(person: Person): void {
    if (!people || rowOf(people, person.id)) return;
    const row = copyRow(live.room, person.teaches ? "teacher" : person.guest ? "guest" : "person", person.id, person.name);
    row.classList.toggle("is-muted", muted.has(person.id));
    row.classList.toggle("has-word", speaking.has(person.id));
    row.classList.toggle("is-host", hosts.has(person.id));
    people.append(row);
  }

  function count(here?: number): void {
    if (here === undefined) return;
    for (const place of live.room.querySelectorAll("[data-here]")) place.textContent = String(here);
  }

  function mute(id: string, isMuted: boolean): void {
    if (isMuted) muted.add(id);
    else muted.delete(id);
    rowOf(people, id)?.classList.toggle("is-muted", isMuted);
    const word = live.find("[data-muted]");
    if (id === live.me && word) word.hidden = !isMuted;
  }

  function giveWord(id: string, hasWord: boolean): void {
    if (hasWord) speaking.add(id);
    else speaking.delete(id);
    rowOf(people, id)?.classList.toggle("has-word", hasWord);
  }

  /** Whoever begins or ceases to help to lead reads the page anew: it holds other things. */
  function letHelp(id: string, helps: boolean): void {
    if (id === live.me) return live.reload();
    if (helps) hosts.add(id);
    else hosts.delete(id);
    rowOf(people, id)?.classList.toggle("is-host", helps);
  }

  function sendOut(person: Person, isOut: boolean): void {
    if (!removed) return;
    rowOf(removed, person.id)?.remove();
    if (isOut) removed.append(copyRow(live.room, "removed-person", person.id, person.name));
    live.find("[data-sent-out]")!.hidden = !removed.childElementCount;
  }

  live.on("host unhost", (event) => letHelp(event.about!.id, event.kind === "host"));
  live.on("remove readmit", (event) => sendOut(event.about!, event.kind === "remove"));
  live.on("hand", (event) => raise(event.about!));
  live.on("lower", (event) => lower(event.about!.id));
  live.on("mute unmute", (event) => mute(event.about!.id, event.kind === "mute"));
  live.on("speak hush", (event) => giveWord(event.about!.id, event.kind === "speak"));
  live.onFrame("welcome", (frame) => {
    people?.replaceChildren();
    for (const person of frame.people ?? []) welcome(person);
    count(frame.here);
  });
  live.onFrame("news", (frame) => {
    for (const id of frame.left ?? []) rowOf(people, id)?.remove();
    for (const person of frame.joined ?? []) welcome(person);
    count(frame.here);
  });
}
