/**
 * The panels beside the stage: one at a time, chosen by tabs. Without a script they follow one another and the tabs are
 * links to them. A tab says how much is new in a panel that is not shown.
 */
import type { Connection } from "./connection";

export function arrangePanels(live: Connection): void {
  const bar = live.find("[data-panels]");
  if (!bar) return;
  const tabs = [...bar.querySelectorAll<HTMLAnchorElement>("a")];
  const panelOf = (tab: HTMLAnchorElement): HTMLElement => live.find(tab.hash)!;

  function choose(chosen: HTMLAnchorElement): void {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab).hidden = !isChosen;
    }
    tell(chosen, 0);
  }

  function tell(tab: HTMLAnchorElement, count: number): void {
    const place = tab.querySelector<HTMLElement>("[data-new]");
    if (!place) return;
    place.hidden = !count;
    place.dataset.new = place.textContent = String(count);
  }

  bar.setAttribute("role", "tablist");
  for (const tab of tabs) {
    const panel = panelOf(tab);
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      choose(tab);
    });
    panel.addEventListener("news", () => {
      if (panel.hidden) tell(tab, Number(tab.querySelector<HTMLElement>("[data-new]")?.dataset.new ?? 0) + 1);
    });
  }
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const shown = tabs.filter((tab) => !tab.hidden);
    const at = shown.indexOf(document.activeElement as HTMLAnchorElement);
    const next = shown[(at + step + shown.length) % shown.length]!;
    choose(next);
    next.focus();
  });
  choose(tabs.find((tab) => tab.hash === location.hash && !tab.hidden) ?? tabs[0]!);
}

/** Say that something came into the panel that holds `place`. */
export function announce(place: HTMLElement): void {
  place.closest("[data-panel]")?.dispatchEvent(new Event("news"));
}
