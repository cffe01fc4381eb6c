/**
 * Files go to the server in parts as soon as they are chosen (tus 1.0), and are kept on this device until they have
 * arrived: a cut network, or a page that is opened anew, costs one part.
 */

const PART = 512 * 1024;
const PAUSES = [1000, 2000, 4000, 8000, 15000];

interface Coming {
  id?: number;
  page: string;
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

class Sender {
  private readonly waiting: Coming[] = [];
  private isSending = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly list: HTMLElement,
    private readonly state: HTMLElement,
  ) {
    form.addEventListener("change", (event) => void this.choose(event.target as HTMLInputElement));
    window.addEventListener("beforeunload", (event) => this.waiting.length && event.preventDefault());
    void store<Coming[]>((files) => files.getAll() as IDBRequest<Coming[]>).then((kept) => {
      this.waiting.push(...kept.filter((one) => one.page === location.pathname));
      void this.run();
    });
  }

  private async choose(input: HTMLInputElement): Promise<void> {
    if (input.type !== "file" || !input.files) return;
    const chosen = [...input.files];
    input.value = ""; // so that they do not go along with the form as well
    for (const file of chosen) {
      const coming: Coming = { page: location.pathname, file, url: "" };
      coming.id = await store((files) => files.add(coming)).then(Number, () => undefined);
      this.waiting.push(coming);
    }
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      await this.sendOne(next);
      if (next.id !== undefined) await store((files) => files.delete(next?.id ?? 0)).catch(() => undefined);
      this.waiting.shift();
    }
    this.isSending = false;
  }

  private async sendOne(coming: Coming): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        await this.sendParts(coming, () => (failures = 0));
        return this.say("sent", coming.file.name, "tone-success");
      } catch (error) {
        if (error instanceof Refused) return this.say("", error.message, "tone-error");
        this.say("unsent", coming.file.name, "tone-error");
        await new Promise((resolve) => window.setTimeout(resolve, PAUSES[Math.min(failures, PAUSES.length - 1)]));
      }
    }
  }

  private async sendParts(coming: Coming, onPart: () => void): Promise<void> {
    if (!coming.url) await this.begin(coming);
    const { file } = coming;
    for (let offset = await this.offsetOf(coming); offset < file.size; ) {
      this.say("sending", `${file.name}: ${Math.floor((100 * offset) / file.size)} %`, "");
      const body = file.slice(offset, offset + PART);
      const headers = { "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
      const answer = await this.ask(coming.url, { method: "PATCH", body, headers });
      offset = Number(answer.headers.get("Upload-Offset"));
      onPart();
    }
    const body = new FormData();
    body.set("upload", coming.url.split("/").at(-2) ?? "");
    const answer = await this.ask(this.form.dataset.filesUrl ?? "", { method: "POST", body });
    if (answer.redirected) location.assign(answer.url);
    else {
      this.list.innerHTML = await answer.text();
      window.htmx.process(this.list); // what is being made tells how far it is
    }
  }

  private async begin(coming: Coming): Promise<void> {
    const name = btoa(String.fromCharCode(...new TextEncoder().encode(coming.file.name)));
    const headers = { "Upload-Length": String(coming.file.size), "Upload-Metadata": `filename ${name}` };
    const answer = await this.ask(this.form.dataset.uploadUrl ?? "", { method: "POST", headers });
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

  private async ask(url: string, init: RequestInit): Promise<Response> {
    const token = this.form.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
    const headers = { ...init.headers, "Tus-Resumable": "1.0.0", "X-CSRFToken": token };
    const answer = await fetch(url, { ...init, headers });
    if (answer.ok) return answer;
    const isOurs = answer.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
    if (isOurs && answer.status < 500 && answer.headers.get("Upload-Offset") === null) throw new Refused(await answer.text());
    throw new Error(String(answer.status)); // ask anew where to go on
  }

  private say(key: string, words: string, tone: string): void {
    this.state.className = `saved-state ${tone}`;
    this.state.textContent = key ? `${this.form.dataset[key] ?? ""} ${words}` : words;
  }
}

const form = document.querySelector<HTMLFormElement>("form[data-upload-url]");
const list = form?.querySelector<HTMLElement>("[data-files]");
const state = form?.querySelector<HTMLElement>("[data-upload-state]");
if (form && list && state) new Sender(form, list, state);

export {};
