/** The lobby: whoever waits asks again and again whether they are let in; who leads sees who waits. */
import type { Connection } from "./connection";
import { announce } from "./panels";

const AGAIN = 4_000; // milliseconds until one asks again at first
const LONGEST = 10_000;
const SOON = 300; // milliseconds in which changes share a fetch

/** Ask whether one is let in, ever more slowly; then show what is to be seen. */
export function waitInLobby(page: HTMLElement): void {
  const place = page.querySelector<HTMLElement>("[data-lobby-place]")!;
  page.querySelector("[data-scripted]")?.removeAttribute("hidden");
  let wait = AGAIN;

  async function look(): Promise<void> {
    const answer = await fetch(page.dataset.lobbyWait!).catch(() => null);
    if (answer && (answer.status === 204 || answer.redirected || [403, 404, 410].includes(answer.status))) return location.reload();
    if (answer?.ok) {
      const text = await answer.text();
      const shown = new DOMParser().parseFromString(text, "text/html").body.textContent?.trim();
      if (shown !== place.textContent?.trim()) place.innerHTML = text; // of our own template; read out, as it changed
    }
    wait = Math.min(LONGEST, wait * 1.1);
    window.setTimeout(() => void look(), wait * (0.8 + Math.random() * 0.4));
  }

  window.setTimeout(() => void look(), wait);
  document.addEventListener("visibilitychange", () => (wait = AGAIN));
}

export function followLobby(live: Connection): void {
  const area = live.find("[data-lobby]");
  if (!area) return;
  const now = area.querySelector<HTMLElement>("[data-lobby-now]")!;
  const word = (): string => now.querySelector("[data-lobby-word]")?.textContent ?? "";
  let timer = 0;

  async function show(): Promise<void> {
    const answer = await fetch(area!.dataset.lobby!).catch(() => null);
    if (!answer?.ok) return fetchSoon(AGAIN);
    const before = word();
    now.innerHTML = await answer.text(); // of our own template
    if (word() === before) return;
    area!.querySelector("[data-lobby-told]")!.textContent = word();
    if (word()) announce(now);
  }

  function fetchSoon(wait: number): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void show(), wait);
  }

  live.onFrame("news", (frame) => frame.passing?.lobby && fetchSoon(SOON));
  let isBack = false; // the page has just been read with all who wait
  live.onFrame("welcome", () => {
    if (isBack) fetchSoon(SOON);
    isBack = true;
  });
}
