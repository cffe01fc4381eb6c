/** The frame of a conference system: it is loaded when its part of the page opens, and left when that closes. */
import type { Connection } from "./connection";
import { isSlow } from "./network";

const WIDE = "(min-width: 48rem)";

export function followConference(live: Connection): void {
  const part = live.find<HTMLDetailsElement>("[data-conference]");
  if (!part) return;
  const enterAnew = (): void => {
    const frame = part.querySelector("iframe")!;
    frame.replaceWith(frame.cloneNode()); // loads lazily: not before it is shown
  };
  part.addEventListener("toggle", () => part.open || enterAnew());
  live.find("[data-apart]")?.addEventListener("click", () => (part.open = false)); // nobody is there twice
  if ("roleInDoor" in part.dataset) {
    live.on("speak hush host unhost", (event) => event.about!.id === live.me && part.open && enterAnew());
  }
  if (matchMedia(WIDE).matches && !isSlow()) part.open = true;
}
