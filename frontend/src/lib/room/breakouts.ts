/**
 * Small groups. Who is where is written by the server: when that changes for the reader, the parts of the page about it
 * are fetched anew. What is said in a group comes as an event, which others hear of without its words.
 */
import { type Connection, copyRow, type Happening, newKey, wordsOf } from "./connection";
import { announce } from "./panels";

const SOON = 400; // milliseconds in which changes share a fetch
const SPREAD = 1_500; // within so many, not all at the same moment, where it changed for everybody
const LATE = 2_500; // after the end, for whoever does not lead

export function followBreakouts(live: Connection): void {
  const panel = live.find("[data-groups]");
  if (!panel) return;
  const tab = live.find<HTMLAnchorElement>("[data-groups-tab]")!;
  const leads = Boolean(live.find("[data-op=breakouts], [data-op=breakouts-end]"));
  const part = (name: string): HTMLElement => live.find(`[data-part=${name}]`)!;
  const word = (): string => live.find("[data-groups-word]")?.textContent ?? "";
  let looked = leads ? (part("chat").dataset.breakout ?? "") : "";
  let timer = 0;
  let isToldDue = false;

  const tell = (text: string): void => void (panel.querySelector("[data-groups-told]")!.textContent = text);
  const goTo = (breakout: string): void => void live.room.dispatchEvent(new CustomEvent("breakout", { detail: breakout }));

  function fetchSoon(wait: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void fetchParts(), wait);
  }

  /** Put the parts as they stand now into the page; the chat of another group takes the place of the one before. */
  async function fetchParts(): Promise<void> {
    const answer = await fetch(`${panel!.dataset.groups!}?group=${looked}`).catch(() => null);
    if (!answer?.ok) return fetchSoon(SPREAD + Math.random() * SPREAD);
    const before = word();
    const fetched = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const name of ["state", "now", "chat"]) {
      const anew = fetched.querySelector<HTMLElement>(`[data-part=${name}]`)!;
      const isSame = name === "chat" && anew.dataset.breakout === part(name).dataset.breakout;
      if (!isSame || !anew.childElementCount || !part(name).childElementCount) part(name).replaceWith(anew);
    }
    settle(before);
  }

  function settle(before: string): void {
    const isDivided = Boolean(word());
    tab.hidden = !isDivided && !leads;
    isToldDue = false;
    if (word() !== before) {
      tell(word());
      if (!leads) (isDivided ? tab : live.find<HTMLAnchorElement>("[data-panels] a")!).click();
      if (!leads || !isDivided) goTo(part("chat").dataset.breakout ?? "");
    }
    scrollDown();
    count();
  }

  function scrollDown(): void {
    const scroll = panel!.querySelector(".group-chat");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }

  /** Show how long it lasts; when it is over, say so to the server, in case nobody else does. */
  function count(): void {
    const place = live.find("[data-groups-end]");
    if (!place) return;
    const left = Math.max(0, Math.round((Date.parse(place.dataset.groupsEnd!) - Date.now()) / 1000));
    place.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (left || isToldDue) return;
    isToldDue = true;
    window.setTimeout(() => live.send("breakouts-due"), 500 + (leads ? 0 : LATE) + Math.random() * LATE);
  }

  function hear(event: Happening): void {
    const list = panel!.querySelector("[data-group-messages]");
    const isHere = event.breakout === undefined || event.breakout === part("chat").dataset.breakout;
    if (event.elsewhere || !event.by || !isHere) return;
    if (event.key === keyField()?.value) clear();
    if (!list) return;
    const row = copyRow(live.room, event.by.id === live.me ? "mine" : "message", event.by.id, event.by.name);
    row.querySelector("[data-text]")!.textContent = event.hidden ? wordsOf(live.room, "removed") : String(event.text);
    const at = new Date(event.at);
    const time = row.querySelector("time")!;
    time.dateTime = at.toISOString();
    time.textContent = at.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tashkent" });
    row.dataset.seq = String(event.seq);
    const seq = row.querySelector<HTMLInputElement>("input[name=seq]");
    if (seq) seq.value = String(event.seq);
    list.querySelector("[data-empty]")?.remove();
    list.append(row);
    scrollDown();
    if (event.by.id !== live.me) announce(row);
  }

  const form = (): HTMLFormElement | null => panel.querySelector<HTMLFormElement>("[data-group-say]");
  const keyField = (): HTMLInputElement | undefined => form()?.elements.namedItem("key") as HTMLInputElement | undefined;

  function clear(): void {
    form()!.reset();
    keyField()!.value = newKey();
  }

  function remove(seq: number): void {
    const text = panel!.querySelector(`[data-seq="${seq}"] [data-text]`);
    if (!text) return;
    text.textContent = wordsOf(live.room, "removed");
    text.classList.add("is-removed");
    text.closest("[data-seq]")?.querySelector("form")?.remove();
  }

  /** Somebody else was placed elsewhere: show it in the lists that are in sight. */
  function place(event: Happening): void {
    if (event.about!.id === live.me) return fetchSoon(0);
    if (leads) return fetchSoon(SOON);
    panel!.querySelector(`[data-group-people] [data-person="${event.about!.id}"]`)?.remove();
    const list = panel!.querySelector<HTMLElement>(`[data-group="${CSS.escape(String(event.to))}"] [data-group-people]`);
    if (list) list.append(copyRow(live.room, "group-person", event.about!.id, event.about!.name));
  }

  live.on("breakouts breakouts-over", () => {
    looked = "";
    fetchSoon(leads ? 0 : Math.random() * SPREAD);
  });
  live.on("breakouts-end", () => fetchSoon(leads ? 0 : Math.random() * SPREAD));
  live.on("breakout-call breakout-come", (event) => {
    if (event.elsewhere) return;
    fetchSoon(SOON);
    if (event.kind === "breakout-call" && leads) announce(part("now"));
  });
  live.on("breakout-place", place);
  live.on("breakout-say", hear);
  live.on("hide", (event) => remove(Number(event.of)));
  panel.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-look]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    looked = link.dataset.look!;
    goTo(looked);
    fetchSoon(0);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || (event.target as Element).id !== "group-say") return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  });
  window.setInterval(count, 1_000);
  if (word()) settle("");
  if (looked) goTo(looked);
}
