/** A quiz: each answer is kept on this device until the server has it, and the time left is told. */

import { type Answer, forgetSheet, postAnswer, readSheet, writeSheet } from "./lib/answers";

const TYPING_PAUSE = 800;
const RETRY_PAUSES = [2000, 4000, 8000, 15000];
const TOO_LATE = 409;

/** A UUID of version 4; the browser makes one itself only where the page came over HTTPS. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends the answers of a quiz one after the other, and says in words how that stands. */
class AnswerKeeper {
  private readonly given = new Map<string, Answer>(); // also what was sent: a page that was kept does not show it
  private readonly files = new Map<string, File>(); // these are too large to be kept here
  private readonly refused = new Set<string>();
  private readonly attempt: string;
  private sequence = 0;
  private sending = false;
  private failures = 0;
  private timer = 0;
  private handingIn: string | null = null; // what the learner pressed, while answers are on their way

  constructor(
    private readonly form: HTMLFormElement,
    private readonly state: HTMLElement,
  ) {
    this.attempt = form.dataset.attempt ?? "";
    for (const question of form.querySelectorAll<HTMLElement>("[data-sequence]")) {
      this.sequence = Math.max(this.sequence, Number(question.dataset.sequence));
    }
    this.restore();
    form.addEventListener("change", (event) => this.note(event, 0));
    form.addEventListener("input", (event) => this.note(event, TYPING_PAUSE));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.handIn(((event as SubmitEvent).submitter as HTMLButtonElement | null)?.value ?? "save");
    });
    window.addEventListener("online", () => this.wait(0));
    window.addEventListener("beforeunload", (event) => {
      if (this.next() && this.handingIn === null) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => this.wait(0));
  }

  /** Send all that is left, then hand in as `then` says; without a connection as soon as there is one. */
  handIn(then: string): void {
    this.handingIn = then;
    this.wait(0);
  }

  private note(event: Event, pause: number): void {
    const input = event.target as HTMLInputElement;
    const name = input.name.split(".")[0] ?? ""; // a question of several fields is sent as a whole
    if (!name.startsWith("q-")) return;
    const file = input.files?.[0];
    if (file) this.files.set(name, file);
    if (input.type === "file" && !file) return;
    this.given.set(name, { id: newId(), sequence: ++this.sequence, fields: file ? [] : this.fieldsOf(name), isSent: false });
    this.keep();
    this.say("saving", "");
    this.wait(pause);
  }

  private fieldsOf(name: string): [string, string][] {
    return [...new FormData(this.form)]
      .filter(([field, value]) => (field === name || field.startsWith(`${name}.`)) && typeof value === "string")
      .map(([field, value]) => [field, String(value)]);
  }

  private wait(pause: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), pause);
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    try {
      if (!navigator.onLine) throw new Error("no network");
      for (let next = this.next(); next; next = this.next()) await this.sendOne(...next);
      if (this.handingIn !== null) await this.finish(this.handingIn);
      this.failures = 0;
    } catch {
      this.say(this.handingIn === null ? "unsent" : "waits", "tone-error");
      this.wait(RETRY_PAUSES[Math.min(this.failures++, RETRY_PAUSES.length - 1)] ?? 0);
    }
    this.sending = false;
    if (this.next() && this.failures === 0) this.wait(0); // answered meanwhile
  }

  private next(): [string, Answer] | undefined {
    return [...this.given].find(([, answer]) => !answer.isSent);
  }

  private async sendOne(name: string, answer: Answer): Promise<void> {
    const token = this.form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const heard = await postAnswer(this.form.dataset.answerUrl ?? "", name, answer, token, this.files.get(name));
    this.hear(name, heard.status, await heard.text());
    answer.isSent = true;
    if (this.given.get(name)?.id === answer.id) this.files.delete(name);
    this.keep();
  }

  /** Show what the server said of one answer. */
  private hear(name: string, status: number, words: string): void {
    const kept = status < 400;
    if (kept) this.refused.delete(name);
    else this.refused.add(name);
    const error = document.getElementById(`${name}-error`);
    if (error) {
      error.hidden = kept;
      error.textContent = kept ? "" : words;
    }
    document.getElementById(name)?.setAttribute("aria-invalid", String(!kept));
    this.state.className = `saved-state ${kept ? "tone-success" : "tone-error"}`;
    this.state.textContent = kept ? words : (this.form.dataset[status === TOO_LATE ? "late" : "refused"] ?? "");
  }

  /** Everything is saved: hand in as a page, once the server is known to be there. */
  private async finish(then: string): Promise<void> {
    await fetch("/healthz", { cache: "no-store" });
    const fields = { then, ...(this.refused.size ? {} : { sent: "1" }) };
    for (const [name, value] of Object.entries(fields)) {
      const input = document.createElement("input");
      [input.type, input.name, input.value] = ["hidden", name, value];
      this.form.append(input);
    }
    if (then !== "save") forgetSheet(this.attempt);
    this.form.submit();
  }

  private say(key: string, tone: string): void {
    this.state.className = `saved-state ${tone}`;
    this.state.textContent = this.form.dataset[key] ?? "";
  }

  // --- On this device ---
  private keep(): void {
    const answers = [...this.given].filter(([name]) => !this.files.has(name));
    const { answerUrl = "", keptFor: user = "", keptTitle: title = "" } = this.form.dataset;
    writeSheet(this.attempt, { user, url: location.pathname, answerUrl, title, answers });
  }

  /** What was answered before on this device stands in its fields again, unless it was answered anew elsewhere. */
  private restore(): void {
    for (const [name, answer] of readSheet(this.attempt)?.answers ?? []) {
      this.given.set(name, answer);
      this.sequence = Math.max(this.sequence, answer.sequence);
      const there = Number(document.getElementById(name)?.dataset.sequence ?? 0);
      if (answer.sequence >= there) this.fill(name, answer.fields);
    }
    if (this.next()) {
      this.say("saving", "");
      this.wait(0);
    }
  }

  private fill(name: string, fields: [string, string][]): void {
    const own = [...this.form.elements].filter(
      (element): element is HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement =>
        "name" in element && (element.name === name || String(element.name).startsWith(`${name}.`)),
    );
    for (const input of own) {
      const values = fields.filter(([field]) => field === input.name).map(([, value]) => value);
      if (input instanceof HTMLInputElement && (input.type === "radio" || input.type === "checkbox")) {
        input.checked = values.includes(input.value);
      } else if (input.type !== "file") {
        input.value = values[0] ?? "";
      }
    }
  }
}

/** Shows the time left all the time, and says it aloud at a few moments only. */
function runClock(clock: HTMLElement, atEnd: () => void): void {
  const shown = clock.querySelector<HTMLElement>("[data-left-now]");
  const figure = shown?.querySelector("b");
  if (shown) shown.hidden = false;
  const said = clock.querySelector<HTMLElement>("[data-said]");
  const keptAt = Number(document.documentElement.dataset.keptAt ?? Date.now()); // the page may be an old one
  const ends = performance.now() + Number(clock.dataset.clock) * 1000 - (Date.now() - keptAt); // clocks of devices are wrong
  let before = Infinity;
  const tick = (): void => {
    const left = Math.max(0, Math.ceil((ends - performance.now()) / 1000));
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (figure) figure.textContent = time;
    for (const name of Object.keys(clock.dataset)) {
      const minutes = /^at-?(\d+)$/.exec(name)?.[1];
      if (said && minutes && before > Number(minutes) * 60 && left <= Number(minutes) * 60 && before !== Infinity) {
        said.textContent = clock.dataset[name] ?? "";
        clock.classList.add("tone-warning");
      }
    }
    before = left;
    if (left > 0) return;
    window.clearInterval(timer);
    if (said) said.textContent = clock.dataset.over ?? "";
    if (shown) shown.textContent = clock.dataset.over ?? "";
    atEnd();
  };
  const timer = window.setInterval(tick, 1000);
  tick();
}

/** In the grid over a picture the arrow keys go up and down by a row, as one sees it. */
function walkGrid(event: KeyboardEvent): void {
  const grid = (event.target as Element).closest<HTMLElement>(".hot-spot-grid");
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!grid || !step) return;
  const cells = [...grid.querySelectorAll<HTMLInputElement>("input")];
  const next = cells[cells.indexOf(event.target as HTMLInputElement) + step * Number(grid.dataset.columns)];
  event.preventDefault();
  next?.focus();
  next?.click();
}
document.addEventListener("keydown", walkGrid);

const LATEST_HAND_IN = 5000; // so that a whole class does not hand in at the same moment; the server waits that long
const form = document.querySelector<HTMLFormElement>("form[data-answer-url]");
const state = document.querySelector<HTMLElement>("[data-saved-state]");
const clock = document.querySelector<HTMLElement>("[data-clock]");
if (form && state) {
  const keeper = new AnswerKeeper(form, state);
  const handIn = (): void => keeper.handIn("submit-anyway");
  if (clock) runClock(clock, () => window.setTimeout(handIn, Math.random() * LATEST_HAND_IN));
}
