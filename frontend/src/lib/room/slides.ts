/**
 * The slide on show. Everybody follows who teaches; a learner may leaf back and come again. What the server wrote into
 * the page is all that is known here: when other slides are opened, that part of the page is fetched anew.
 */
import type { Connection } from "./connection";
import { followInk, showInk } from "./ink";

const TYPING = "input, textarea, select, [role=tablist], [role=log]";
const PRELOAD = 3_000; // within so many milliseconds, not all at the same moment

export function followSlides(live: Connection): void {
  let area = live.find("[data-slides]");
  if (!area) return;
  const part = <E extends HTMLElement>(selector: string): E | null => area!.querySelector<E>(selector);
  const count = (name: string): number => Number(area!.dataset[name]);
  const total = (): number => part("[data-texts]")?.childElementCount ?? 0;
  const addressOf = (page: number, size: string): string => `${area!.dataset.base}${page}/${size}/`;

  /** Put a page of the open slides into sight. */
  function turnTo(page: number): void {
    const facts = part("[data-texts]")?.children[page - 1] as HTMLElement | undefined;
    const image = part<HTMLImageElement>("[data-large]");
    if (!facts || !image) return;
    area!.dataset.turned = String(page);
    const place = part("[data-slide-number]")!;
    place.textContent = (place.dataset.words ?? "").replace("%1", String(page));
    image.width = Number(facts.dataset.width);
    image.height = Number(facts.dataset.height);
    image.alt = facts.textContent || place.textContent;
    part<HTMLSourceElement & HTMLElement>("[data-small]")!.setAttribute("srcset", addressOf(page, "small"));
    image.src = addressOf(page, "large");
    showInk(area!, page, image.width, image.height);
    arrange();
  }

  /** Let buttons, links and thumbnails fit the page in sight. */
  function arrange(): void {
    const page = count("page");
    const turned = count("turned");
    for (const button of area!.querySelectorAll<HTMLButtonElement>("[data-turn]")) {
      const to = page + Number(button.dataset.turn);
      button.value = String(to);
      button.disabled = to < 1 || to > total();
    }
    for (const link of area!.querySelectorAll<HTMLAnchorElement>("[data-leaf]")) {
      const to = turned + Number(link.dataset.leaf);
      link.search = `?slide=${to}`;
      link.setAttribute("aria-disabled", String(to < 1 || to > count("furthest")));
    }
    for (const button of area!.querySelectorAll<HTMLButtonElement>("[data-of-page]")) button.value = String(turned);
    const back = part("[data-follow]");
    if (back) back.hidden = turned === page;
    const thumbs = [...area!.querySelectorAll<HTMLElement>("[data-thumb]")];
    thumbs.forEach((each, index) => each.setAttribute("aria-current", String(index + 1 === page)));
    const strip = part(".slide-strip");
    const thumb = thumbs[page - 1];
    if (strip && thumb) strip.scrollTo({ left: thumb.offsetLeft - strip.offsetLeft - strip.clientWidth / 2 + thumb.clientWidth / 2 });
  }

  function leaf(step: number): void {
    const to = count("turned") + step;
    if (to >= 1 && to <= count("furthest")) turnTo(to);
  }

  /** Fetch what is likely to be shown next, in the size that is in sight. */
  function preload(): void {
    const next = count("page") + 1;
    if (next > total()) return;
    const size = part<HTMLImageElement>("[data-large]")?.currentSrc.endsWith("/small/") ? "small" : "large";
    window.setTimeout(() => (new Image().src = addressOf(next, size)), Math.random() * PRELOAD);
  }

  function show(page: number): void {
    const follows = count("turned") === count("page");
    area!.dataset.page = String(page);
    area!.dataset.furthest = String(Math.max(page, count("furthest")));
    if (follows) turnTo(page);
    else arrange();
    preload();
  }

  async function fetchAnew(failures = 0): Promise<void> {
    try {
      const answer = await fetch(area!.dataset.url!, { headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = document.importNode(page.querySelector<HTMLElement>("[data-slides]")!, true);
      area!.replaceWith(fresh);
      area = fresh;
      arrange();
      preload();
      tools.attach(area);
    } catch {
      window.setTimeout(() => void fetchAnew(failures + 1), Math.min(30_000, 1_000 * 2 ** failures));
    }
  }

  const tools = followInk(live, () => area!);
  live.on("deck", () => {
    window.setTimeout(() => void fetchAnew(), Math.random() * (part("[data-turn], .slide-choice") ? 0 : 500));
  });
  live.on("slide", (event) => {
    if (area!.dataset.base?.includes(String(event.deck))) show(Number(event.page));
  });
  live.room.addEventListener("click", (event) => {
    const link = (event.target as Element).closest<HTMLElement>("[data-leaf], [data-follow]");
    if (!link || !area!.contains(link)) return;
    event.preventDefault();
    if (link.dataset.leaf) leaf(Number(link.dataset.leaf));
    else turnTo(count("page"));
  });
  document.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 }[event.key];
    const isElsewhere = event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey;
    if (!step || !total() || isElsewhere || (event.target as Element).closest(TYPING)) return;
    event.preventDefault();
    const button = part<HTMLButtonElement>(`[data-turn="${step}"]`);
    if (button) button.click();
    else leaf(step);
  });
  if (total()) {
    tools.attach(area);
    arrange();
    preload();
  }
}
