/** What every page carries: htmx, and small comforts on top of pages that work without any script. */
import htmx from "htmx.org";

declare global {
  interface Window {
    htmx: typeof htmx;
  }
}
window.htmx = htmx;

/** A form that was changed and not sent asks before one leaves. */
let unsaved: HTMLFormElement | null = null;

const closest = <E extends Element>(event: Event, selector: string): E | null =>
  event.target instanceof Element ? event.target.closest<E>(selector) : null;

/** Django's token stands in every page, in the form that switches the language. */
document.addEventListener("htmx:config:request", (event) => {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]");
  if (token) (event as CustomEvent).detail.ctx.request.headers["X-CSRFToken"] = token.value;
});

/** Say it in words when a request in the background fails; a refused form (422) carries its own words. */
function sayTrouble(event: Event): void {
  const status: number | undefined = (event as CustomEvent).detail.ctx?.response?.raw?.status;
  const words = document.querySelector<HTMLTemplateElement>("#trouble");
  if (status === 422 || !words || document.querySelector("[data-trouble]")) return;
  document.querySelector("#messages")?.append(words.content.cloneNode(true));
}
document.addEventListener("htmx:before:request", () => document.querySelector("[data-trouble]")?.remove());
document.addEventListener("htmx:error", sayTrouble);
document.addEventListener("htmx:response:error", sayTrouble);

/** A page that stays open, or is kept on the device, no longer leads to what is over. */
function partWithPast(): void {
  for (const band of document.querySelectorAll<HTMLElement>("[data-until]")) {
    if (Date.parse(band.dataset.until!) < Date.now()) band.remove();
  }
}
partWithPast();
window.setInterval(partWithPast, 60_000);

/** Put in use what is hidden from those without a script. */
function prepare(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLElement>("[data-dismiss], [data-print]")) button.hidden = false;
  root.querySelector<HTMLElement>("[data-focus]")?.focus();
}

document.addEventListener("click", (event) => {
  closest(event, "[data-dismiss]")?.parentElement?.remove();
  if (closest(event, "[data-print]")) window.print();
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.drop[open]")) {
    if (!menu.contains(event.target as Node)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector<HTMLDetailsElement>("details.drop[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary")?.focus();
});

document.addEventListener("change", (event) => {
  const filters = closest<HTMLFormElement>(event, "form[data-filters]");
  if (filters && event.target instanceof HTMLSelectElement) filters.requestSubmit();
});

document.addEventListener("input", (event) => {
  unsaved = closest<HTMLFormElement>(event, "form[data-guard]") ?? unsaved;
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form === unsaved) unsaved = null;
  if (form.matches("[data-theme-switch]")) switchTheme(event as SubmitEvent, form);
});

window.addEventListener("beforeunload", (event) => {
  if (unsaved?.isConnected) event.preventDefault();
});

/** Show the chosen appearance at once, and tell the server, which keeps it. */
function switchTheme(event: SubmitEvent, form: HTMLFormElement): void {
  const chosen = event.submitter as HTMLButtonElement;
  event.preventDefault();
  if (chosen.value === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen.value;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === chosen));
  }
  const body = new FormData(form, chosen);
  void fetch(form.action, { method: "POST", body, redirect: "manual" });
}

document.addEventListener("htmx:after:swap", () => prepare(document));
prepare(document);
