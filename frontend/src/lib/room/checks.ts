/** "Are you here?": shown when it is asked, for as long as it may be answered. */
import type { Connection } from "./connection";

export function answerChecks(live: Connection): void {
  const form = live.find<HTMLFormElement>("[data-check]");
  if (!form) return;
  let timer = 0;

  function show(millis: number): void {
    form!.hidden = millis <= 0;
    window.clearTimeout(timer);
    if (millis > 0) timer = window.setTimeout(() => show(0), millis);
  }

  live.on("check", (event) => {
    show(Date.parse(String(event.until)) - Date.now());
    if (!form.hidden) navigator.vibrate?.(200);
  });
  form.addEventListener("submit", () => window.setTimeout(() => show(0)));
}
