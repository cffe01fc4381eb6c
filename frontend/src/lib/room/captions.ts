/** Captions that somebody types along. Whoever reads may have them large, or not at all; that is kept on this device. */
import { type Connection, newKey } from "./connection";

const KEPT_LINES = 3;
const CHOICE = "malaka-captions";

export function followCaptions(live: Connection): void {
  const area = live.find("[data-captions]");
  const lines = area?.querySelector("[data-lines]");
  if (!area || !lines) return;
  const form = area.querySelector("form");

  function choose(size: string): void {
    for (const each of ["large", "hidden"]) area!.classList.toggle(`is-${each}`, each === size);
    for (const button of area!.querySelectorAll<HTMLElement>("[data-size]")) button.setAttribute("aria-pressed", String(button.dataset.size === size));
  }

  live.on("caption", (event) => {
    const line = document.createElement("li");
    line.textContent = String(event.text);
    lines.append(line);
    while (lines.childElementCount > KEPT_LINES) lines.firstElementChild!.remove();
    area.classList.remove("is-empty");
    const key = form?.querySelector<HTMLInputElement>("[name=key]");
    if (!form || key?.value !== event.key) return;
    form.reset(); // what was typed is there
    key!.value = newKey();
  });
  area.querySelector<HTMLElement>("[data-sizes]")!.hidden = false;
  area.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-size]");
    if (!button) return;
    const size = button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.size!;
    localStorage.setItem(CHOICE, size);
    choose(size);
  });
  choose(localStorage.getItem(CHOICE) ?? "");
}
