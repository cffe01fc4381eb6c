/**
 * Files go to the server in parts as soon as they are chosen (tus 1.0), and are kept on this device until they have
 * arrived: a cut network, or a page that is opened anew, costs one part.
 */

const PART = 512 * 1024;
const PAUSES = [1000, 2000, 4000, 8000, 15000];

interface Coming {
  id?: number;
  page: string;
  /** The field of a form that it is for; empty: it goes to the page by itself. */
  field: string;
  file: File;
  /** Where the server takes its parts; empty: not begun. */
  url: string;
}

/** What is kept on this device; where that is not allowed, a file lives as long as its page. */
async function store<T>(act: (files: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open("malaka-uploads", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files", { keyPath: "id", autoIncrement: true });
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error ?? new Error("indexedDB"));
  });
  return await new Promise<T>((resolve, reject) => {
    const request = act(db.transaction("files", "readwrite").objectStore("files"));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexedDB"));
  }).finally(() => db.close());
}

/** The server says no: nothing is gained by sending it again. */
class Refused extends Error {}

/** Sends the files of one input, one after the other; `element` has the words and where they go. */
class Sender {
  private readonly waiting: Coming[] = [];
  private isSending = false;

  constructor(
    private readonly element: HTMLElement,
    private readonly form: HTMLFormElement,
    private readonly state: HTMLElement,
    private readonly field: string,
    private readonly finish: (coming: Coming) => Promise<void>,
  ) {
    window.addEventListener("beforeunload", (event) => this.waiting.length && event.preventDefault());
    void store<Coming[]>((files) => files.getAll() as IDBRequest<Coming[]>).then((kept) => {
      const own = kept.filter((one) => one.page === location.pathname && (one.field ?? "") === field);
      this.waiting.push(...own);
      void this.run();
    });
  }

  get isBusy(): boolean {
    return this.waiting.length > 0;
  }

  async send(files: File[]): Promise<void> {
    for (const file of files) {
      const coming: Coming = { page: location.pathname, field: this.field, file, url: "" };
      this.waiting.push(coming); // before anything else, so that a form that is sent at once waits for it
      coming.id = await store((kept) => kept.add(coming)).then(Number, () => undefined);
      if (!this.waiting.includes(coming)) void drop(coming);
    }
    void this.run();
  }

  /** Nothing that was chosen before is wanted any more. */
  forget(): void {
    for (const one of this.waiting.splice(0)) void drop(one);
  }

  say(key: string, words: string, tone: string): void {
    this.state.className = `saved-state ${tone}`;
    this.state.textContent = key ? `${this.element.dataset[key] ?? ""} ${words}` : words;
  }

  async ask(url: string, init: RequestInit): Promise<Response> {
    const token = this.form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const headers = { ...init.headers, "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
    const answer = await fetch(url, { ...init, headers });
    if (answer.ok) return answer;
    const isOurs = answer.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
    if (isOurs && answer.status < 500 && answer.headers.get("Upload-Offset") === null) throw new Refused(await answer.text());
    throw new Error(String(answer.status)); // ask anew where to go on
  }

  private async run(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      await this.sendOne(next);
      if (this.waiting[0] === next) this.waiting.shift();
    }
    this.isSending = false;
  }

  private async sendOne(coming: Coming): Promise<void> {
    for (let failures = 0; this.waiting.includes(coming); failures++) {
      try {
        await this.sendParts(coming, () => (failures = 0));
        if (!this.waiting.includes(coming)) return;
        await this.finish(coming);
        return this.say("sent", coming.file.name, "tone-success");
      } catch (error) {
        if (error instanceof Refused) {
          await drop(coming);
          return this.say("", error.message, "tone-error");
        }
        this.say("unsent", coming.file.name, "tone-error");
        await new Promise((resolve) => window.setTimeout(resolve, PAUSES[Math.min(failures, PAUSES.length - 1)]));
      }
    }
  }

  private async sendParts(coming: Coming, onPart: () => void): Promise<void> {
    if (!coming.url) await this.begin(coming);
    const { file } = coming;
    for (let offset = await this.offsetOf(coming); offset < file.size && this.waiting.includes(coming); ) {
      this.say("sending", `${file.name}: ${Math.floor((100 * offset) / file.size)} %`, "");
      const body = file.slice(offset, offset + PART);
      const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
      const answer = await this.ask(coming.url, { method: "PATCH", body, headers });
      offset = Number(answer.headers.get("Upload-Offset"));
      onPart();
    }
  }

  private async begin(coming: Coming): Promise<void> {
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(coming.file.name)));
    const headers = { "Upload-Length": String(coming.file.size), "Upload-Metadata": `filename ${name}` };
    const answer = await this.ask(this.element.dataset.uploadUrl ?? "", { method: "POST", headers });
    coming.url = answer.headers.get("Location") ?? "";
    if (coming.id !== undefined) await store((files) => files.put(coming)).catch(() => undefined);
  }

  /** How much of it the server has; one that it has forgotten is begun anew. */
  private async offsetOf(coming: Coming): Promise<number> {
    const answer = await fetch(coming.url, { method: "HEAD", cache: "no-store" });
    if (answer.status === 404) {
      await this.begin(coming);
      return 0;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    return Number(answer.headers.get("Upload-Offset"));
  }
}

async function drop(coming: Coming): Promise<void> {
  if (coming.id !== undefined) await store((files) => files.delete(coming.id ?? 0)).catch(() => undefined);
}

function idOf(coming: Coming): string {
  return coming.url.split("/").at(-2) ?? "";
}

/** A page that takes each file as soon as it has arrived, and lists what it has. */
function sendToPage(form: HTMLFormElement, list: HTMLElement, state: HTMLElement): void {
  const sender = new Sender(form, form, state, "", async (coming) => {
    const body = new FormData();
    body.set("upload", idOf(coming));
    const answer = await sender.ask(form.dataset.filesUrl ?? "", { method: "POST", body });
    await drop(coming);
    if (answer.redirected) location.assign(answer.url);
    else {
      list.innerHTML = await answer.text();
      window.htmx.process(list); // what is being made tells how far it is
    }
  });
  form.addEventListener("change", (event) => {
    const input = event.target as HTMLInputElement;
    if (input.type !== "file" || !input.files) return;
    const chosen = [...input.files];
    input.value = ""; // so that they do not go along with the form as well
    void sender.send(chosen);
  });
}

/** A field whose file goes ahead of its form, which then names it; the form waits for it. */
function sendBeforeForm(input: HTMLInputElement, form: HTMLFormElement, name: HTMLInputElement, state: HTMLElement): void {
  let last: Coming | undefined;
  let pressed: HTMLElement | null | undefined; // what sends the form once the file is there
  const sender = new Sender(input, form, state, input.name, async (coming) => {
    name.value = idOf(coming);
    last = coming;
    if (pressed !== undefined) window.setTimeout(() => form.requestSubmit(pressed));
  });
  input.addEventListener("change", () => {
    const chosen = [...(input.files ?? [])];
    input.value = ""; // so that it does not go along with the form as well
    if (!chosen.length) return;
    sender.forget();
    if (last) void drop(last);
    pressed = undefined;
    name.value = "";
    void sender.send(chosen);
  });
  form.addEventListener("submit", (event) => {
    if (sender.isBusy && !name.value) {
      pressed = event.submitter;
      sender.say("waits", "", "");
      event.preventDefault();
      event.stopImmediatePropagation();
    } else if (last) void drop(last);
  }, { capture: true });
}

const page = document.querySelector<HTMLFormElement>("form[data-upload-url]");
const list = page?.querySelector<HTMLElement>("[data-files]");
const state = page?.querySelector<HTMLElement>("[data-upload-state]");
if (page && list && state) sendToPage(page, list, state);

for (const input of document.querySelectorAll<HTMLInputElement>("input[type=file][data-upload-url]")) {
  const name = input.form?.querySelector<HTMLInputElement>(`input[name=${input.name}_upload]`);
  const said = input.parentElement?.querySelector<HTMLElement>("[data-upload-state]");
  if (input.form && name && said) {
    input.required = false; // the file goes ahead
    sendBeforeForm(input, input.form, name, said);
  }
}

export {};
