/**
 * The socket of a class: docs/live.asyncapi.yaml describes the frames.
 *
 * What happens has a number. An event is handed on when its turn comes, so none is shown twice and none is left out:
 * where one is missing, or after a time without connection, the server is asked for all that came after the last one.
 */

export type Person = { id: string; name: string; teaches?: boolean; guest?: boolean };
/** One event; the fields besides these are the body of its kind. */
export type Happening = { seq: number; kind: string; at: string; by?: Person; about?: Person; key?: string; [field: string]: unknown };
export type Frame = {
  op: string; seq?: number; here?: number; people?: Person[]; joined?: Person[]; left?: string[];
  events?: Happening[]; more?: boolean; passing?: Record<string, unknown>; code?: string; detail?: string; [field: string]: unknown;
};
type State = "connecting" | "connected" | "reconnecting" | "closed" | "crowded";

const BEAT = 15_000;
const LONGEST_WAIT = 30_000;
const OVER = 4410;
const SENT_OUT = 4403;
const WAITING = 4423;
const CROWDED = 4429;
const FINAL = new Set([4401, 4404, OVER, CROWDED]);

export class Connection {
  readonly me: string;
  isFinal = false;
  private socket: WebSocket | null = null;
  private seen: number;
  private failures = 0;
  private heardAt = 0;
  private timer = 0;
  private readonly early = new Map<number, Happening>();
  private readonly ofKind = new Map<string, ((event: Happening) => void)[]>();
  private readonly ofOp = new Map<string, ((frame: Frame) => void)[]>();

  constructor(readonly room: HTMLElement, private readonly status: HTMLElement) {
    this.me = room.dataset.me!;
    this.seen = Number(room.dataset.seq);
  }

  /** Find an element of the page of this class. */
  find<E extends HTMLElement>(selector: string): E | null {
    return this.room.querySelector<E>(selector);
  }

  /** What to do when an event of these kinds has its turn. */
  on(kinds: string, act: (event: Happening) => void): void {
    for (const kind of kinds.split(" ")) this.ofKind.set(kind, [...(this.ofKind.get(kind) ?? []), act]);
  }

  /** What to do with a frame, besides what its number and its events ask for. */
  onFrame(ops: string, act: (frame: Frame) => void): void {
    for (const op of ops.split(" ")) this.ofOp.set(op, [...(this.ofOp.get(op) ?? []), act]);
  }

  /** Send a command; false where there is no connection. */
  send(op: string, fields: Record<string, unknown> = {}): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify({ op, ...fields }));
    return true;
  }

  /** Say why something was not done. */
  refuse(detail: string): void {
    const place = this.find("[data-refusal]");
    if (!place) return;
    place.hidden = !detail;
    place.textContent = detail;
  }

  /** What the connection's state is called, in the reader's language. */
  get stateInWords(): string {
    return this.status.textContent ?? "";
  }

  reload(): void {
    window.setTimeout(() => location.reload(), Math.random() * 1500);
  }

  start(): void {
    window.setInterval(() => this.beat(), BEAT);
    window.addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.wake(); // a telephone that was locked gave no sign of life
    });
    this.connect();
  }

  /** Give a sign of life, and give up a connection that only seems to be open. */
  private beat(): void {
    if (!this.socket || Date.now() - this.heardAt < 3 * BEAT) return void this.send("beat");
    this.socket.onclose = null; // the other side may never answer
    this.socket.close();
    this.lose(0);
  }

  /** Do not wait any longer to connect. */
  private wake(): void {
    this.beat();
    if (this.socket || this.isFinal) return;
    window.clearTimeout(this.timer);
    this.connect();
  }

  private connect(): void {
    this.show(this.failures ? "reconnecting" : "connecting");
    const url = new URL(this.room.dataset.room!, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    url.search = `language=${document.documentElement.lang}`;
    this.heardAt = Date.now();
    this.socket = new WebSocket(url);
    this.socket.onmessage = (message) => this.hear(JSON.parse(message.data as string) as Frame);
    this.socket.onclose = (event) => this.lose(event.code);
  }

  private lose(code: number): void {
    this.socket = null;
    if ([OVER, SENT_OUT, WAITING].includes(code)) return this.reload(); // the page then says what is left of the class
    this.isFinal = FINAL.has(code);
    if (this.isFinal) return this.show(code === CROWDED ? "crowded" : "closed");
    this.failures += 1;
    this.show("reconnecting");
    // Twice as long each time, and not all clients at the same moment.
    const wait = Math.min(LONGEST_WAIT, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  private show(state: State): void {
    this.status.hidden = false;
    this.status.textContent = this.status.dataset[state] ?? "";
  }

  private hear(frame: Frame): void {
    this.heardAt = Date.now();
    if (frame.op === "welcome") {
      this.failures = 0;
      this.show("connected");
    }
    this.take(frame.events ?? []);
    for (const act of this.ofOp.get(frame.op) ?? []) act(frame);
    const isBehind = ["welcome", "beat"].includes(frame.op) && frame.seq! > this.seen;
    if (isBehind || this.early.size || frame.more) this.send("sync", { since: this.seen });
  }

  private take(events: Happening[]): void {
    for (const event of events) if (event.seq > this.seen) this.early.set(event.seq, event);
    for (let event = this.early.get(this.seen + 1); event; event = this.early.get(this.seen + 1)) {
      this.early.delete(event.seq);
      this.seen = event.seq;
      for (const act of this.ofKind.get(event.kind) ?? []) act(event);
    }
  }
}

/** A copy of a row of the page's templates, about a person. */
export function copyRow(room: HTMLElement, template: string, id: string, name: string): HTMLElement {
  const source = room.querySelector<HTMLTemplateElement>(`template[data-template=${template}]`)!;
  const row = (source.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  row.dataset.person = id;
  for (const place of row.querySelectorAll("[data-name]")) place.textContent = name;
  for (const place of row.querySelectorAll("[data-initials]")) {
    place.textContent = name.split(" ").slice(0, 2).map((part) => part.charAt(0)).join("");
  }
  for (const input of row.querySelectorAll<HTMLInputElement>("input[name=who]")) input.value = id;
  return row;
}

/** The words of a template that holds nothing else. */
export function wordsOf(room: HTMLElement, template: string): string {
  return room.querySelector<HTMLTemplateElement>(`template[data-template=${template}]`)?.content.textContent?.trim() ?? "";
}

/** A random UUID; crypto.randomUUID is missing where a page is not served over TLS. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
