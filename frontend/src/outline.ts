/**
 * The outline of a draft: its buttons without leaving the page, and its rows dragged by their grips, by mouse, pen or
 * finger. The server decides how the outline stands; what it answers takes the place of what was there.
 */
const outline = (): HTMLElement | null => document.querySelector<HTMLElement>("#outline");
const said = document.querySelector<HTMLElement>("#outline-said");
const EDGE = 60; // pixels from the window's edge within which it scrolls
const STEP = 12;

function prepare(): void {
  for (const grip of outline()?.querySelectorAll<HTMLElement>("[data-grip]") ?? []) grip.hidden = false;
}

/** Do it, show the outline as it is now, and have read out where the row stands. */
async function send(url: string, body: FormData): Promise<void> {
  const focused = document.activeElement?.id;
  const token = outline()?.querySelector<HTMLInputElement>("[name=csrfmiddlewaretoken]");
  if (token) body.set("csrfmiddlewaretoken", token.value);
  try {
    const answer = await fetch(url, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("#outline");
    if (!fresh) return window.location.reload(); // the place is gone, or the session
    outline()?.replaceWith(document.adoptNode(fresh));
    prepare();
    tell(page);
  } catch {
    const words = document.querySelector<HTMLTemplateElement>("#trouble");
    if (words) document.querySelector("#messages")?.replaceChildren(words.content.cloneNode(true));
  }
  focusAgain(focused ?? "");
}

/** The button that was pressed; at the end of the outline, where it is gone, the one of the other way. */
function focusAgain(id: string): void {
  const other = id.startsWith("up-") ? id.replace("up-", "down-") : id.replace("down-", "up-");
  (document.getElementById(id) ?? document.getElementById(other))?.focus();
}

/** A success is only read out; a refusal is shown as well. */
function tell(page: Document): void {
  const refused = page.querySelector("#messages .tone-error");
  document.querySelector("#messages")?.replaceChildren(...(refused ? [document.adoptNode(refused)] : []));
  const words = page.querySelector("#messages .tone-success > div")?.textContent?.trim();
  if (said && words) said.textContent = words;
}

document.addEventListener("submit", (event) => {
  const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (event.target !== outline() || !button?.formAction) return;
  event.preventDefault();
  void send(button.formAction, new FormData());
});

/** Where a dragged row would land: behind a row, or in front of all in a list. */
interface Place {
  list: Element;
  before: Element | null;
}

const rowsOf = (list: Element, moved: Element): Element[] =>
  [...list.children].filter((row) => row !== moved && row.hasAttribute("data-place-url"));

function placeAt(moved: HTMLElement, x: number, y: number): Place | null {
  const isLesson = moved.localName === "li";
  const lists = isLesson ? [...(outline()?.querySelectorAll("ol.lessons") ?? [])] : [outline()].filter((one) => one !== null);
  // A module takes a lesson over its whole height.
  const list = lists.find((one) => {
    const box = (isLesson ? (one.closest("section") ?? one) : one).getBoundingClientRect();
    return y >= box.top && y <= box.bottom && x >= box.left && x <= box.right;
  });
  if (!list) return null;
  const before = rowsOf(list, moved).find((row) => {
    const box = row.getBoundingClientRect();
    return y < box.top + box.height / 2;
  });
  return { list, before: before ?? null };
}

/** What the server is told: the row that the moved one stands behind. */
function nameOf(moved: HTMLElement): string {
  let row = moved.previousElementSibling;
  while (row && !row.hasAttribute("data-place-url")) row = row.previousElementSibling;
  if (row) return row.id;
  return moved.localName === "li" ? (moved.closest("section")?.id ?? "") : "first";
}

document.addEventListener("pointerdown", (event) => {
  const grip = (event.target as Element).closest<HTMLElement>("[data-grip]");
  const moved = grip?.closest<HTMLElement>("[data-place-url]");
  if (!grip || !moved || event.button !== 0) return;
  event.preventDefault();
  const stood = nameOf(moved);
  let pointer = { x: event.clientX, y: event.clientY };
  moved.classList.add("is-dragged");

  const settle = (): void => {
    const place = placeAt(moved, pointer.x, pointer.y);
    if (!place) return;
    const last = rowsOf(place.list, moved).at(-1);
    const stands = place.before ? place.before.previousElementSibling === moved : last?.nextElementSibling === moved;
    if (stands) return;
    if (place.before) place.before.before(moved);
    else if (last) last.after(moved);
    else place.list.prepend(moved);
  };
  const scroll = window.setInterval(() => {
    const way = pointer.y < EDGE ? -1 : pointer.y > window.innerHeight - EDGE ? 1 : 0;
    if (!way) return;
    window.scrollBy(0, way * STEP);
    settle();
  }, 16);
  const over = new AbortController(); // the row leaves the document as it moves, so the document listens
  const move = (step: PointerEvent): void => {
    pointer = { x: step.clientX, y: step.clientY };
    settle();
  };
  const end = (last: Event): void => {
    window.clearInterval(scroll);
    over.abort();
    moved.classList.remove("is-dragged");
    const place = nameOf(moved);
    if (last.type === "pointercancel") return window.location.reload();
    if (place === stood) return;
    const body = new FormData();
    body.set("place", place);
    void send(moved.dataset.placeUrl ?? "", body);
  };
  document.addEventListener("pointermove", move, { signal: over.signal });
  for (const type of ["pointerup", "pointercancel"]) document.addEventListener(type, end, { signal: over.signal });
});

prepare();
