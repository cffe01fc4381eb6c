/** Work without a network: keeps the page and what is typed, shows what waits, sends it when it can. */
import { forgetSheets, sendAnswers, unsentSheets } from "./lib/answers";
import { all, find, forget, fromForm, keep, type Kept } from "./lib/kept";
import { guardSignOut } from "./lib/leave";
import { onSent, sendWaiting } from "./lib/send";
import { clearShelves, keepFrame, keepPage, refreshPage } from "./lib/shelf";

const TYPING_PAUSE = 400;
const FIRST_RETRY = 2_000;
const LAST_RETRY = 60_000;
const board = document.querySelector<HTMLElement>("[data-kept-for]");
const form = document.querySelector<HTMLFormElement>("form[data-keep]");
const field = (name: string): HTMLInputElement | null => form?.querySelector<HTMLInputElement>(`[name="${name}"]`) ?? null;

/** What another user left on this device goes; a sign-out has cleared it already, unless it was to stay. */
async function forgetOthers(user: string): Promise<void> {
  for (const item of await all()) if (item.user !== user) await forget(item.key);
  forgetSheets(user);
  await clearShelves(user);
}

/** What an address names has arrived. */
async function forgetArrived(): Promise<void> {
  for (const item of await all()) if (location.href.includes(item.key)) await forget(item.key);
}

/** Keep this page and the files that it uses; of the player's pages an attempt, and lessons that the learner keeps. */
async function keepThis(user: string): Promise<void> {
  if (!navigator.onLine || document.documentElement.dataset.keptAt) return;
  if (form || document.querySelector("form[data-answer-url]")) {
    const words = await keepPage(await caches.open(`pages-${user}`), location.href);
    await keepFrame(words, location.href);
  } else if (document.querySelector(".player")) {
    await refreshPage(user);
  }
}

/** A form that stands for something new gets an id of its own, even where the page was kept with another. */
function freshen(): void {
  const uuid = field("uuid");
  const kept = field("kept");
  if (form?.dataset.keep === "new" && uuid && kept) uuid.value = kept.value = crypto.randomUUID();
}

async function restore(user: string): Promise<void> {
  if (!form || form.dataset.keep === "answered") return;
  const path = location.pathname;
  const mine = (await all()).filter((item) => item.user === user && new URL(item.url).pathname === path);
  const item = form.dataset.keep === "new" ? mine.find((one) => one.state === "draft") : await find(field("kept")?.value ?? "");
  if (!item || item.user !== user) return;
  for (const [name, value] of item.fields) {
    const input = field(name);
    const isSeen = name.startsWith("was-") || name === "csrfmiddlewaretoken";
    if (input && !isSeen && input.type !== "checkbox" && input.type !== "radio") input.value = value;
    const choice = form.querySelector<HTMLSelectElement>(`select[name="${name}"]`);
    if (choice) choice.value = value;
  }
  if (item.state === "draft") show("draft", item);
}

function watch(): void {
  let timer = 0;
  form?.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void keepDraft(), TYPING_PAUSE);
  });
  form?.addEventListener("submit", () => clearTimeout(timer));
}

async function keepDraft(): Promise<void> {
  const item = form && fromForm(new FormData(form), location.href, "draft");
  if (item && (await find(item.key))?.state !== "waiting") await keep(item);
}

/** Say of one thing that is kept how it stands, from the template of that name. */
function show(state: string, item: Kept, url = ""): void {
  const template = board?.querySelector<HTMLTemplateElement>(`template[data-kept="${state}"]`);
  if (!board || !template) return;
  const before = board.querySelector<HTMLElement>(`[data-key="${CSS.escape(item.key)}"]`);
  if (before?.dataset.state === state) return; // said already
  before?.remove();
  const words = template.content.cloneNode(true) as DocumentFragment;
  const callout = words.firstElementChild as HTMLElement;
  callout.dataset.key = item.key;
  callout.dataset.state = state;
  for (const title of words.querySelectorAll("[data-title]")) title.textContent = item.title;
  const link = words.querySelector<HTMLAnchorElement>("a[data-open]");
  if (link) link.href = url || item.url;
  words.querySelector("[data-decide]")?.addEventListener("click", () => decide(item));
  words.querySelector("[data-throw-away]")?.addEventListener("click", () => void throwAway(item));
  board.append(words);
}

/** Let the server ask in its own words: the form is sent as a page. */
function decide(item: Kept): void {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  const sheet = document.createElement("form");
  sheet.method = "post";
  sheet.action = item.url;
  for (const [name, value] of [...item.fields, ["csrfmiddlewaretoken", token]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name ?? "";
    input.value = value ?? "";
    sheet.append(input);
  }
  document.body.append(sheet);
  sheet.submit();
}

async function throwAway(item: Kept): Promise<void> {
  await forget(item.key);
  form?.reset();
  freshen();
  board?.querySelector(`[data-key="${CSS.escape(item.key)}"]`)?.remove();
}

let retry = 0;

/** Try to send what waits and show what is left; while something waits, again after a pause, each twice as long. */
async function sendAndSay(user: string, pause = FIRST_RETRY): Promise<void> {
  clearTimeout(retry);
  if (navigator.onLine) {
    await sendWaiting();
    await sendAnswers(user, (sheet, isTaken) => show(isTaken ? "sent" : "late", { ...noted(user, sheet), state: "asks" }, sheet.url));
  }
  const asked = form?.dataset.keep === "answered" ? field("kept")?.value : ""; // the page is about this one itself
  const left = (await all()).filter((item) => item.user === user && item.state !== "draft");
  for (const item of left) if (item.key !== asked) show(item.state, item);
  const sheets = unsentSheets(user).filter((sheet) => sheet.url !== location.pathname);
  for (const sheet of sheets) show("waiting", noted(user, sheet));
  clearTimeout(retry);
  if (!left.some((item) => item.state === "waiting") && !sheets.length) return;
  retry = window.setTimeout(() => void sendAndSay(user, Math.min(pause * 2, LAST_RETRY)), pause);
}

const noted = (user: string, { url, title }: { url: string; title: string }): Kept => ({ key: url, user, url, title, fields: [], state: "waiting", at: 0 });

/** Say that this page is the one that was kept. */
function sayKept(): void {
  const at = document.documentElement.dataset.keptAt;
  const words = board?.querySelector<HTMLTemplateElement>("template[data-kept=page]")?.content.cloneNode(true) as DocumentFragment | undefined;
  const time = words?.querySelector("time");
  if (!at || !words || !time) return;
  time.textContent = new Date(Number(at)).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  board?.append(words);
}

async function begin(user: string): Promise<void> {
  await forgetOthers(user);
  await guardSignOut(user);
  await forgetArrived();
  freshen();
  await restore(user);
  watch();
  onSent(({ item, url }) => item.user === user && show(url ? "sent" : "asks", item, url));
  await sendAndSay(user);
  window.addEventListener("online", () => void sendAndSay(user));
  await keepThis(user).catch(() => undefined);
}

if (board?.dataset.keptFor && "serviceWorker" in navigator && "indexedDB" in window) {
  if ("worker" in board.dataset) void navigator.serviceWorker.register("/worker.js");
  sayKept();
  void begin(board.dataset.keptFor);
}
