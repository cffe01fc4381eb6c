/** Signing out: whoever has something unsent on this device is asked what becomes of it. */
import { forgetSheets, sendAnswers, unsentSheets } from "./answers";
import { all, forgetAll, type Kept } from "./kept";
import { sendWaiting } from "./send";
import { clearShelves } from "./shelf";

async function unsentOf(user: string): Promise<Kept[]> {
  const sheets = unsentSheets(user).map(({ url, title }): Kept => ({ key: url, user, url, title, fields: [], state: "waiting", at: 0 }));
  return [...(await all()).filter((item) => item.user === user), ...sheets];
}

/** A sign-out from the menu goes to the page that asks, where there is something to ask. */
function guardMenu(user: string): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sign-out]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void unsentOf(user)
        .then((items) => items.length > 0)
        .catch(() => false)
        .then((asks) => (asks ? location.assign(form.action) : form.submit()));
    });
  }
}

/** Show the question with what it is about, or the plain sign-out where nothing is left. */
async function ask(page: HTMLElement, user: string): Promise<void> {
  const items = await unsentOf(user);
  for (const part of page.querySelectorAll<HTMLElement>("[data-when]")) {
    part.hidden = (part.dataset.when === "unsent") !== items.length > 0;
  }
  const row = page.querySelector<HTMLTemplateElement>("template[data-row]");
  const list = page.querySelector("[data-unsent]");
  if (!row || !list) return;
  const rows = items.map((item) => {
    const words = row.content.cloneNode(true) as DocumentFragment;
    const link = words.querySelector("a");
    if (link) [link.href, link.textContent] = [item.url, item.title];
    for (const state of words.querySelectorAll<HTMLElement>("[data-state]")) state.hidden = state.dataset.state !== item.state;
    return words;
  });
  list.replaceChildren(...rows);
  const send = page.querySelector<HTMLButtonElement>("[data-send]");
  if (send) send.hidden = !items.some((item) => item.state === "waiting");
}

async function sendNow(page: HTMLElement, user: string): Promise<void> {
  await sendWaiting();
  await sendAnswers(user, () => undefined);
  await ask(page, user);
  const failed = page.querySelector<HTMLElement>("[data-still]");
  if (failed) failed.hidden = !(await unsentOf(user)).some((item) => item.state === "waiting");
}

export async function guardSignOut(user: string): Promise<void> {
  guardMenu(user);
  const page = document.querySelector<HTMLElement>("[data-leaving]");
  if (!page) return;
  page.querySelector("[data-send]")?.addEventListener("click", () => void sendNow(page, user));
  const stay = page.querySelector<HTMLFormElement>("form[data-when=unsent]");
  stay?.addEventListener("submit", (event) => {
    event.preventDefault();
    const choice = document.createElement("input");
    const answer = (event.submitter as HTMLButtonElement | null)?.value ?? "";
    [choice.type, choice.name, choice.value] = ["hidden", "unsent", answer];
    stay.append(choice);
    if (answer !== "keep") forgetSheets();
    void Promise.all([clearShelves(), answer === "keep" ? null : forgetAll()]).finally(() => stay.submit());
  });
  await ask(page, user);
}
