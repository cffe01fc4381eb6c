/** The player: each answer is sent as it is given, and a video goes on where it was left. */

const TYPING_PAUSE = 800;
const RETRY_PAUSE = 3000;
const POSITION_EVERY = 15;

const token = (): string => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function post(url: string, body: FormData): Promise<Response> {
  return fetch(url, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } });
}

/** Send the answers of a quiz one after the other, and say in words how that stands. */
class AnswerKeeper {
  private readonly unsent = new Set<string>();
  private sending = false;
  private timer = 0;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly state: HTMLElement,
  ) {
    form.addEventListener("change", (event) => this.note(event, 0));
    form.addEventListener("input", (event) => this.note(event, TYPING_PAUSE));
    form.addEventListener("submit", () => this.unsent.clear());
    window.addEventListener("online", () => void this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.unsent.size) event.preventDefault();
    });
  }

  private note(event: Event, pause: number): void {
    const input = event.target as HTMLInputElement;
    const name = input.name.split(".")[0] ?? ""; // a question of several fields is sent as a whole
    if (!name.startsWith("q-")) return;
    this.unsent.add(name);
    this.say(this.form.dataset.saving ?? "", "");
    this.wait(pause);
  }

  private wait(pause: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), pause);
  }

  private async send(): Promise<void> {
    const [name] = this.unsent;
    if (name === undefined || this.sending) return;
    this.sending = true;
    this.unsent.delete(name);
    const body = new FormData();
    body.set("question", name);
    for (const [field, value] of new FormData(this.form)) {
      if (field === name || field.startsWith(`${name}.`)) body.append(field, value);
    }
    try {
      const answer = await post(this.form.dataset.answerUrl ?? "", body);
      const isPlain = answer.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
      if (!isPlain) throw new Error(String(answer.status)); // an error page, or one that asks to sign in
      this.hear(name, answer.ok, await answer.text());
    } catch {
      this.unsent.add(name);
      this.say(this.form.dataset.unsent ?? "", "tone-error");
    }
    this.sending = false;
    if (this.unsent.size) this.wait(this.unsent.has(name) ? RETRY_PAUSE : 0);
  }

  /** Show what the server said of one answer. */
  private hear(name: string, kept: boolean, words: string): void {
    const error = document.getElementById(`${name}-error`);
    if (error) {
      error.hidden = kept;
      error.textContent = kept ? "" : words;
    }
    document.getElementById(name)?.setAttribute("aria-invalid", String(!kept));
    this.say(kept ? words : (this.form.dataset.refused ?? ""), kept ? "tone-success" : "tone-error");
  }

  private say(words: string, tone: string): void {
    this.state.className = `saved-state ${tone}`;
    this.state.textContent = words;
  }
}

/** Go on where the learner left, and keep the place now and then. */
function keepPlace(video: HTMLVideoElement, url: string): void {
  let kept = Number(video.dataset.resume);
  const keep = (): void => {
    const seconds = video.ended ? 0 : Math.floor(video.currentTime);
    if (seconds === kept) return;
    kept = seconds;
    const body = new FormData();
    body.set("seconds", String(seconds));
    post(url, body).catch(() => (kept = -1));
  };
  video.addEventListener("timeupdate", () => {
    if (Math.abs(video.currentTime - kept) >= POSITION_EVERY) keep();
  });
  for (const moment of ["pause", "ended"]) video.addEventListener(moment, keep);
  window.addEventListener("pagehide", keep);
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

const form = document.querySelector<HTMLFormElement>("form[data-answer-url]");
const state = document.querySelector<HTMLElement>("[data-saved-state]");
if (form && state) new AnswerKeeper(form, state);

const video = document.querySelector<HTMLVideoElement>("video[data-resume]");
if (video) {
  video.addEventListener("loadedmetadata", () => (video.currentTime = Number(video.dataset.resume)), { once: true });
  if (video.dataset.positionUrl) keepPlace(video, video.dataset.positionUrl);
}
