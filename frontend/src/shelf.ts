/** The page of lessons that are kept on this device: keeps and removes them, and says how far it is. */
import { entries, entryOf, keepFrame, keepLesson, keepPage, type Lesson, removeLesson } from "./lib/shelf";

const list = document.querySelector<HTMLElement>("[data-shelf]");
const user = list?.dataset.shelf ?? "";

const megabytes = (bytes: number): string =>
  `${(bytes / 1_000_000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 })} MB`;

/** One lesson of the list. */
class Row {
  readonly lesson: Lesson;
  private isBusy = false;

  constructor(private readonly row: HTMLElement) {
    const files = [...row.querySelectorAll<HTMLElement>("[data-file]")].map((one) => one.dataset.file ?? "");
    this.lesson = { url: row.dataset.lesson ?? "", title: row.dataset.title ?? "", stamp: row.dataset.stamp ?? "", files };
    this.button("keep")?.addEventListener("click", () => void this.keep().then(sum));
    this.button("remove")?.addEventListener("click", () => void removeLesson(user, this.lesson).then(() => this.show()).then(sum));
  }

  private button(name: string): HTMLButtonElement | null {
    return this.row.querySelector<HTMLButtonElement>(`[data-${name}]`);
  }

  private say(words = "", tone = ""): void {
    const state = this.row.querySelector<HTMLElement>("[data-state]");
    if (!state) return;
    state.className = `saved-state ${tone}`;
    state.textContent = words;
  }

  /** How it stands; what was mended on the server since is kept anew. */
  async show(): Promise<void> {
    const entry = await entryOf(user, this.lesson.url);
    this.button("keep")?.toggleAttribute("hidden", !!entry);
    this.button("remove")?.toggleAttribute("hidden", !entry);
    if (entry) this.say(`${list?.dataset.kept ?? ""} ${megabytes(entry.size)}`, "tone-success");
    else this.say();
    const isOld = entry && entry.stamp !== this.lesson.stamp;
    if (isOld && navigator.onLine && !document.documentElement.dataset.keptAt) await this.keep();
  }

  async keep(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    const bar = this.row.querySelector("progress");
    if (bar) bar.hidden = false;
    try {
      await keepLesson(user, this.lesson, (bytes) => {
        if (bar && bar.max > 1) bar.value = bytes;
        this.say(`${list?.dataset.loading ?? ""} ${megabytes(bytes)}`);
      });
      await keepThisPage();
      await this.show();
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
      this.say(list?.dataset[isFull ? "full" : "cut"] ?? "", "tone-error");
    }
    if (bar) bar.hidden = true;
    this.isBusy = false;
  }
}

/** The list itself opens without a connection too. */
async function keepThisPage(): Promise<void> {
  const words = await keepPage(await caches.open(`pages-${user}`), location.pathname);
  await keepFrame(words, location.pathname);
}

async function sum(): Promise<void> {
  const total = document.querySelector<HTMLElement>("[data-total]");
  const size = (await entries(user)).reduce((all, entry) => all + entry.size, 0);
  if (total) total.textContent = megabytes(size);
}

/** Without a connection: what can be read all the same. */
async function listKept(place: HTMLElement): Promise<void> {
  const row = place.querySelector("template");
  const kept = await entries();
  place.hidden = !kept.length;
  for (const entry of kept) {
    const link = (row?.content.cloneNode(true) as DocumentFragment | undefined)?.firstElementChild;
    const anchor = link?.querySelector("a");
    if (!link || !anchor) continue;
    [anchor.href, anchor.textContent] = [entry.url, entry.title];
    place.querySelector("ul")?.append(link);
  }
}

if (list && "caches" in window) {
  const rows = [...list.querySelectorAll<HTMLElement>("[data-lesson]")].map((row) => new Row(row));
  for (const row of rows) void row.show();
  for (const part of list.querySelectorAll<HTMLElement>("[data-part]")) {
    const own = rows.filter((row) => part.querySelector(`[data-lesson="${CSS.escape(row.lesson.url)}"]`));
    const all = part.querySelector<HTMLButtonElement>("[data-keep-all]");
    if (!all) continue;
    all.hidden = false;
    all.addEventListener("click", async () => {
      for (const row of own) if (!(await entryOf(user, row.lesson.url))) await row.keep();
      await sum();
    });
  }
  void sum();
}
const shown = document.querySelector<HTMLElement>("[data-kept-lessons]");
if (shown && "caches" in window) void listKept(shown);
