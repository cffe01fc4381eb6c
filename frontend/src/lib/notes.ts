/** Notes of a lesson: what is typed is kept on the device at once and on the server soon, and it is said in words. */
import { all, find, forget, fromForm, keep } from "./kept";
import { sendWaiting } from "./send";

const DEVICE_PAUSE = 300;
const SERVER_PAUSE = 1500;
const RETRY_PAUSE = 5000;

interface Answer {
  uuid?: string;
  revision?: number;
  words: string;
}

const film = document.querySelector<HTMLVideoElement>("video[data-resume]");
const field = (form: HTMLFormElement, name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;

class NoteKeeper {
  private keeping = 0;
  private sending = 0;
  private isSending = false;
  private isUnsent = false;

  constructor(readonly form: HTMLFormElement) {
    form.addEventListener("input", () => {
      if (form.dataset.note === "new" && film && !this.isUnsent) field(form, "seconds").value = String(Math.floor(film.currentTime));
      this.isUnsent = true;
      this.keeping = this.after(this.keeping, DEVICE_PAUSE, () => this.keepHere());
      this.sending = this.after(this.sending, SERVER_PAUSE, () => this.send());
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    window.addEventListener("online", () => this.isUnsent && void this.send());
    window.addEventListener("pagehide", () => this.isUnsent && void this.keepHere());
  }

  get key(): string {
    return field(this.form, "kept").value;
  }

  /** What was typed before and not sent. */
  goOn(fields: [string, string][]): void {
    for (const [name, value] of fields) if (name !== "csrfmiddlewaretoken") field(this.form, name).value = value;
    void this.send();
  }

  private after(timer: number, pause: number, act: () => Promise<unknown>): number {
    window.clearTimeout(timer);
    return window.setTimeout(() => void act(), pause);
  }

  private async keepHere(): Promise<number> {
    const item = fromForm(new FormData(this.form), this.form.action, "waiting");
    if (item && field(this.form, "text").value.trim()) await keep(item).catch(() => undefined);
    return item?.at ?? 0;
  }

  async send(): Promise<void> {
    if (!field(this.form, "text").value.trim()) return;
    if (this.isSending) {
      this.sending = this.after(this.sending, SERVER_PAUSE, () => this.send());
      return;
    }
    this.isSending = true;
    const [key, at] = [this.key, await this.keepHere()];
    this.isUnsent = false;
    this.say(this.form.dataset.saving ?? "", "");
    try {
      const body = new FormData(this.form);
      const answer = await fetch(this.form.dataset.saveUrl ?? "", { method: "POST", body });
      if (!(answer.ok || answer.status === 422)) throw new Error(String(answer.status));
      await this.hear((await answer.json()) as Answer, answer.ok);
      if (!this.isUnsent && ((await find(key))?.at ?? 0) <= at) await forget(key);
    } catch {
      this.isUnsent = true;
      this.say(this.form.dataset.unsent ?? "", "tone-error");
      this.sending = this.after(this.sending, RETRY_PAUSE, () => this.send());
    }
    this.isSending = false;
  }

  /** It is known by another id where a newer one said something else: that one stays too. */
  private async hear(answer: Answer, isSaved: boolean): Promise<void> {
    if (answer.uuid && answer.uuid !== this.key) {
      await forget(this.key);
      field(this.form, "uuid").value = field(this.form, "kept").value = answer.uuid;
    }
    if (isSaved) {
      field(this.form, "seen").value = String(answer.revision);
      this.form.dataset.note = "";
    }
    this.say(answer.words, isSaved ? "tone-success" : "tone-error");
  }

  private say(words: string, tone: string): void {
    const state = this.form.querySelector<HTMLElement>("[data-saved-state]");
    if (!state) return;
    state.className = `saved-state ${tone}`;
    state.textContent = words;
  }
}

/** A further empty note, like the new one at first. */
function another(blank: HTMLFormElement): HTMLFormElement {
  const form = blank.cloneNode(true) as HTMLFormElement;
  const uuid = crypto.randomUUID();
  field(form, "uuid").value = field(form, "kept").value = uuid;
  const [label, text] = [form.querySelector("label"), form.querySelector("textarea")];
  if (label && text) label.htmlFor = text.id = `note-${uuid}`;
  return form;
}

/** What waits on this device goes into its form, where the page has one, else to the server by itself. */
async function takeUp(user: string, keepers: NoteKeeper[]): Promise<void> {
  for (const item of await all()) {
    if (item.user !== user) await forget(item.key);
    const here = keepers.find((one) => one.key === item.key) ?? keepers.find((one) => one.form.dataset.note === "new" && one.form.action === item.url && !field(one.form, "text").value);
    if (item.user === user && item.state === "waiting") here?.goOn(item.fields);
  }
  if (navigator.onLine) await sendWaiting();
}

export function keepNotes(section: HTMLElement): void {
  const user = section.dataset.keptFor ?? "";
  const keepers = [...section.querySelectorAll<HTMLFormElement>("form[data-note]")].map((form) => new NoteKeeper(form));
  const last = keepers[keepers.length - 1];
  const more = section.querySelector<HTMLButtonElement>("[data-note-more]");
  if (last && more) {
    const blank = another(last.form);
    blank.querySelector("textarea")?.replaceChildren();
    more.hidden = false;
    more.addEventListener("click", () => {
      const form = another(blank);
      more.parentElement?.before(form);
      keepers.push(new NoteKeeper(form));
      form.querySelector("textarea")?.focus();
    });
  }
  void takeUp(user, keepers).catch(() => undefined);
  window.addEventListener("online", () => void sendWaiting().catch(() => undefined));
}
