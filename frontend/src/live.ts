/**
 * A class, kept in step over a socket. The page works without it: each act is a form, which this sends over the socket
 * instead while that is open. docs/live.asyncapi.yaml describes the frames.
 *
 * What happens has a number. An event is shown when its turn comes, so none is shown twice and none is left out: where
 * one is missing, or after a time without connection, the server is asked for all that came after the last one shown.
 */

type Person = { id: string; name: string; teaches?: boolean };
type Happening = {
  seq: number; kind: string; at: string; by?: Person; about?: Person; text?: string; key?: string; of?: number; hidden?: boolean;
};
type Frame = {
  op: string; seq?: number; here?: number; people?: Person[]; joined?: Person[]; left?: string[];
  events?: Happening[]; more?: boolean; code?: string; detail?: string;
};

const BEAT = 15_000;
const LONGEST_WAIT = 30_000;
const OVER = 4410;
const CROWDED = 4429;
const FINAL = new Set([4401, 4404, OVER, CROWDED]);

const room = document.querySelector<HTMLElement>("[data-room]");
if (room) keepInStep(room);

function keepInStep(room: HTMLElement): void {
  const me = room.dataset.me!;
  const find = <E extends HTMLElement>(selector: string): E | null => room.querySelector<E>(selector);
  const status = find<HTMLOutputElement>("[data-connection]")!;
  const chat = find("[data-chat]");
  const scroll = chat?.parentElement ?? room;
  const hands = find("[data-hands]");
  const people = find("[data-people]");
  const muted = new Set([...room.querySelectorAll<HTMLElement>(".is-muted")].map((row) => row.dataset.person!));
  const early = new Map<number, Happening>();
  const unsent = new Map<string, string>(); // messages by key, until they come back as events

  let socket: WebSocket | null = null;
  let seen = Number(room.dataset.seq);
  let failures = 0;
  let heardAt = 0;
  let isFinal = false;

  // --- The connection ---------------------------------------------------------------------------
  function connect(): void {
    show(failures ? "reconnecting" : "connecting");
    const url = new URL(room.dataset.room!, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = `language=${document.documentElement.lang}`;
    socket = new WebSocket(url);
    socket.onmessage = (message) => hear(JSON.parse(message.data as string) as Frame);
    socket.onclose = (event) => lose(event.code);
  }

  function lose(code: number): void {
    socket = null;
    if (code === OVER) return reload(); // the page then says what is left of the class
    isFinal = FINAL.has(code);
    if (isFinal) return show(code === CROWDED ? "crowded" : "closed");
    failures += 1;
    show("reconnecting");
    // Twice as long each time, and not all clients at the same moment.
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.5 + Math.random() / 2);
    window.setTimeout(connect, wait);
  }

  function send(op: string, fields: Record<string, unknown> = {}): boolean {
    if (socket?.readyState !== WebSocket.OPEN) return false;
    socket.send(JSON.stringify({ op, ...fields }));
    return true;
  }

  function show(state: "connecting" | "connected" | "reconnecting" | "closed" | "crowded"): void {
    status.hidden = false;
    status.textContent = status.dataset[state] ?? "";
  }

  window.setInterval(() => {
    if (socket && heardAt && Date.now() - heardAt > 3 * BEAT) socket.close(); // it only seems to be open
    else send("beat");
  }, BEAT);

  const reload = (): void => void window.setTimeout(() => location.reload(), Math.random() * 1500);

  // --- What comes -------------------------------------------------------------------------------
  function hear(frame: Frame): void {
    heardAt = Date.now();
    switch (frame.op) {
      case "welcome":
        failures = 0;
        show("connected");
        people?.replaceChildren();
        for (const person of frame.people ?? []) welcome(person);
        count(frame.here);
        if (frame.seq! > seen) send("sync", { since: seen });
        for (const [key, text] of unsent) send("say", { key, text });
        break;
      case "news":
      case "events":
        take(frame.events ?? []);
        for (const id of frame.left ?? []) drop(people, id);
        for (const person of frame.joined ?? []) welcome(person);
        count(frame.here);
        if (early.size || frame.more) send("sync", { since: seen });
        break;
      case "beat":
        if (frame.seq! > seen) send("sync", { since: seen });
        break;
      case "error":
        refuse(frame);
    }
  }

  function take(events: Happening[]): void {
    for (const event of events) if (event.seq > seen) early.set(event.seq, event);
    for (let event = early.get(seen + 1); event; event = early.get(seen + 1)) {
      early.delete(event.seq);
      seen = event.seq;
      happen(event);
    }
  }

  function happen(event: Happening): void {
    const who = event.about?.id ?? "";
    if (event.kind === "start" || event.kind === "end") reload();
    else if (event.kind === "say") say(event);
    else if (event.kind === "hide") remove(event.of!);
    else if (event.kind === "hand") raise(event.about!);
    else if (event.kind === "lower") lower(who);
    else if (event.kind === "mute" || event.kind === "unmute") mute(who, event.kind === "mute");
  }

  // --- What is shown ----------------------------------------------------------------------------
  function copy(template: string, id: string, name: string): HTMLElement {
    const source = find<HTMLTemplateElement>(`template[data-template=${template}]`)!;
    const row = (source.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
    row.dataset.person = id;
    for (const place of row.querySelectorAll("[data-name]")) place.textContent = name;
    for (const place of row.querySelectorAll("[data-initials]")) {
      place.textContent = name.split(" ").slice(0, 2).map((part) => part.charAt(0)).join("");
    }
    for (const input of row.querySelectorAll<HTMLInputElement>("input[name=who]")) input.value = id;
    return row;
  }

  const words = (template: string): string =>
    find<HTMLTemplateElement>(`template[data-template=${template}]`)?.content.textContent?.trim() ?? "";

  function addMessage(text: string, by: Person, at: Date): HTMLElement {
    const row = copy(by.id === me ? "mine" : "message", by.id, by.name);
    row.querySelector("[data-text]")!.textContent = text;
    const time = row.querySelector("time")!;
    time.dateTime = at.toISOString();
    // Every clock of Malaka shows the time of Tashkent.
    time.textContent = at.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tashkent" });
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    chat!.querySelector("[data-empty]")?.remove();
    chat!.append(row);
    if (isAtEnd || by.id === me) scroll.scrollTop = scroll.scrollHeight;
    return row;
  }

  function say(event: Happening): void {
    if (!chat || !event.by) return;
    if (event.key && unsent.delete(event.key)) chat.querySelector(`[data-key="${event.key}"]`)?.remove();
    const row = addMessage(event.hidden ? words("removed") : event.text!, event.by, new Date(event.at));
    row.dataset.seq = String(event.seq);
    const seq = row.querySelector<HTMLInputElement>("input[name=seq]");
    if (seq) seq.value = String(event.seq);
    if (event.hidden) remove(event.seq);
  }

  function remove(seq: number): void {
    const row = chat?.querySelector(`[data-seq="${seq}"]`);
    const text = row?.querySelector("[data-text]");
    if (!row || !text) return;
    text.textContent = words("removed");
    text.classList.add("is-removed");
    row.querySelector("form")?.remove();
  }

  const rowOf = (list: HTMLElement | null, id: string): Element | null =>
    list?.querySelector(`[data-person="${id}"]`) ?? null;
  const drop = (list: HTMLElement | null, id: string): void => rowOf(list, id)?.remove();

  function raise(person: Person): void {
    if (hands && !rowOf(hands, person.id)) hands.append(copy("hand", person.id, person.name));
    settleHands(person.id, true);
  }

  function lower(id: string): void {
    drop(hands, id);
    settleHands(id, false);
  }

  function settleHands(id: string, isUp: boolean): void {
    const none = find("[data-none=hands]");
    if (none) none.hidden = Boolean(hands?.childElementCount);
    if (id === me) find(".class-bar")?.classList.toggle("is-up", isUp);
  }

  function welcome(person: Person): void {
    if (!people || rowOf(people, person.id)) return;
    const row = copy(person.teaches ? "teacher" : "person", person.id, person.name);
    row.classList.toggle("is-muted", muted.has(person.id));
    people.append(row);
  }

  function count(here?: number): void {
    const place = find("[data-here]");
    if (place && here !== undefined) place.textContent = String(here);
  }

  function mute(id: string, isMuted: boolean): void {
    if (isMuted) muted.add(id);
    else muted.delete(id);
    rowOf(people, id)?.classList.toggle("is-muted", isMuted);
    const word = find("[data-muted]");
    if (id === me && word) word.hidden = !isMuted;
  }

  function refuse(frame: Frame): void {
    const place = find("[data-refusal]");
    if (!place) return;
    place.hidden = false;
    place.textContent = frame.detail ?? "";
    if (frame.code === "too-many-requests") {
      window.setTimeout(() => unsent.forEach((text, key) => send("say", { key, text })), 5_000);
    } else if (["muted", "invalid", "class-over"].includes(frame.code ?? "")) {
      for (const row of chat?.querySelectorAll("[data-key]") ?? []) row.remove();
      const field = find<HTMLTextAreaElement>("#say");
      if (field && !field.value) field.value = [...unsent.values()].join("\n"); // nothing that was typed is lost
      unsent.clear();
    }
  }

  // --- What is done -----------------------------------------------------------------------------
  room.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const op = form.dataset.op;
    if (!op || isFinal || (op === "say" && !chat)) return; // sent as it would be without a script
    event.preventDefault();
    const fields = Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));
    find("[data-refusal]")?.setAttribute("hidden", "");
    if (op === "say") speak(form, String(fields.text).trim());
    else if (!send(op, op === "hide" ? { seq: Number(fields.seq) } : fields)) {
      refuse({ op: "error", detail: status.textContent ?? "" });
    }
  });

  function speak(form: HTMLFormElement, text: string): void {
    if (!text) return;
    const key = newKey();
    unsent.set(key, text);
    const row = addMessage(text, { id: me, name: "" }, new Date());
    row.dataset.key = key;
    row.classList.add("is-unsent");
    row.querySelector("form")?.remove();
    row.querySelector("time")!.textContent = words("sending");
    form.reset();
    send("say", { key, text });
  }

  room.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || (event.target as Element).id !== "say") return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  });

  /** A random UUID; crypto.randomUUID is missing where a page is not served over TLS. */
  function newKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  find("[data-scripted]")?.removeAttribute("hidden");
  scroll.scrollTop = scroll.scrollHeight;
  connect();
}
