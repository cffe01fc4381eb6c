/**
 * Signs without a word: what came within the last seconds stands at its button, and rises from it where motion is
 * welcome. A screen reader hears the sum now and then.
 */
import type { Connection } from "./connection";

const SHOWN = 6_000;
const TOLD_EVERY = 5_000;
const MOST_RISING = 5; // of one kind in one frame

export function followReactions(live: Connection): void {
  const bar = live.find("[data-reactions]");
  if (!bar) return;
  const told = bar.querySelector<HTMLElement>("[data-told]")!;
  const untold = new Map<string, number>();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0;

  function show(kind: string, count: number): void {
    const button = bar!.querySelector<HTMLElement>(`[data-kind="${CSS.escape(kind)}"]`);
    if (!button) return;
    add(button, count);
    window.setTimeout(() => add(button, -count), SHOWN);
    if (!isCalm.matches) for (let n = 0; n < Math.min(count, MOST_RISING); n++) rise(button, n);
    const label = button.querySelector("[data-label]")!.textContent!;
    untold.set(label, (untold.get(label) ?? 0) + count);
    timer ||= window.setTimeout(tell, TOLD_EVERY);
  }

  function add(button: HTMLElement, count: number): void {
    const place = button.querySelector<HTMLElement>("[data-count]")!;
    const sum = Number(place.textContent) + count;
    place.textContent = String(sum);
    place.hidden = sum < 1;
  }

  function rise(button: HTMLElement, number: number): void {
    const sign = button.querySelector("svg")!.cloneNode(true) as SVGElement;
    sign.classList.add("reaction-rising");
    button.append(sign);
    const aside = (Math.random() - 0.5) * 40;
    const steps = [
      { transform: "translate(0, 0)", opacity: 1 },
      { transform: `translate(${aside}px, -7rem)`, opacity: 0 },
    ];
    sign.animate(steps, { duration: 1500, delay: number * 120, easing: "ease-out", fill: "both" }).onfinish = () => sign.remove();
  }

  function tell(): void {
    timer = 0;
    told.textContent = [...untold].map(([label, count]) => `${label}: ${count}`).join(", ");
    untold.clear();
  }

  live.onFrame("news", (frame) => {
    for (const [kind, count] of Object.entries((frame.passing?.reactions ?? {}) as Record<string, number>)) show(kind, count);
  });
}
