/** A timer that runs down on every page by the server's word for when it ends. */
import type { Connection, Happening } from "./connection";

export function followTimer(live: Connection): void {
  const place = live.find("[data-timer]");
  if (!place) return;
  const time = place.querySelector<HTMLElement>("[data-time]")!;
  const over = place.querySelector<HTMLElement>("[data-over-word]")!;

  function seconds(): number | null {
    if (place!.dataset.left) return Number(place!.dataset.left);
    if (!place!.dataset.ends) return null;
    return Math.max(0, Math.round((Date.parse(place!.dataset.ends) - Date.now()) / 1000));
  }

  function show(): void {
    const left = seconds();
    place!.querySelector<HTMLElement>(".timer-shown")!.hidden = left === null;
    place!.classList.toggle("is-running", left !== null && !place!.dataset.left);
    place!.classList.toggle("is-paused", Boolean(place!.dataset.left));
    place!.classList.toggle("is-over", left === 0);
    over.hidden = left !== 0;
    if (left !== null) time.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }

  live.on("timer", (event: Happening) => {
    place.dataset.ends = String(event.ends_at ?? "");
    place.dataset.left = String(event.left ?? "");
    show();
  });
  window.setInterval(show, 1_000);
  show();
}
