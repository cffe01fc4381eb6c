/** The film of a class: it goes on where one left, the time line leads into it and follows it, and it tells what was watched. */
import { draftOf } from "./lib/room/notes";

const OFTEN = 20_000; // milliseconds between two words about what was watched
const films = new Map([...document.querySelectorAll<HTMLVideoElement>("video[data-film]")].map((film) => [film.dataset.film!, film]));
for (const film of films.values()) follow(film);

function follow(film: HTMLVideoElement): void {
  let start = -1; // from where on it plays without a jump

  function tell(): void {
    if (start < 0 || film.currentTime - start < 1) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", film.querySelector<HTMLInputElement>("input")!.value);
    body.set("start", String(Math.floor(start)));
    body.set("end", String(Math.floor(film.currentTime)));
    void fetch(film.dataset.watched!, { method: "POST", body, keepalive: true }).catch(() => undefined);
    start = film.paused ? -1 : film.currentTime;
  }

  film.addEventListener("loadedmetadata", () => {
    const at = Number(film.dataset.resume);
    if (at && at < film.duration - 10) film.currentTime = at;
  }, { once: true });
  film.addEventListener("playing", () => (start = start < 0 ? film.currentTime : start));
  film.addEventListener("seeking", () => (start = -1));
  film.addEventListener("seeked", () => (start = film.paused ? -1 : film.currentTime));
  film.addEventListener("timeupdate", () => mark(film));
  for (const end of ["pause", "ended"]) film.addEventListener(end, tell);
  window.addEventListener("pagehide", tell);
  window.setInterval(tell, OFTEN);
}

/** Whatever has a place in a film leads there, also what comes onto the page later. */
document.addEventListener("click", (event) => {
  const way = (event.target as Element).closest<HTMLElement>("[data-at]");
  const film = films.get(way?.dataset.film ?? "");
  if (!way || !film) return;
  event.preventDefault();
  film.currentTime = Number(way.dataset.at);
  film.scrollIntoView({ block: "nearest" });
  void film.play();
});

/** Mark what happens where the film is, in sight unless somebody reads elsewhere on the time line. */
function mark(film: HTMLVideoElement): void {
  const list = document.querySelector<HTMLElement>("[data-moments]");
  const ways = [...(list?.querySelectorAll<HTMLElement>(`[data-film="${film.dataset.film}"]`) ?? [])];
  const now = ways.filter((way) => Number(way.dataset.at) <= film.currentTime).at(-1)?.closest<HTMLElement>("li");
  const before = list?.querySelector<HTMLElement>("[aria-current]");
  if (!list || now === before) return;
  before?.removeAttribute("aria-current");
  now?.setAttribute("aria-current", "true");
  if (now?.nextElementSibling?.matches(".moment-more")) now.nextElementSibling.querySelector<HTMLElement>("[data-more]")?.click();
  const scroll = list.parentElement!;
  if (now && !scroll.matches(":hover, :focus-within")) scroll.scrollTop = now.offsetTop - scroll.clientHeight / 3;
}

/** What was typed into the notes when the class had ended already. */
const unsaved = document.querySelector<HTMLElement>("[data-unsaved-notes]");
const draft = unsaved && sessionStorage.getItem(draftOf(unsaved.dataset.unsavedNotes!));
const typed = draft ? (JSON.parse(draft) as { text: string }).text : "";
if (unsaved && typed && typed !== document.querySelector(".notes-read")?.textContent) {
  unsaved.hidden = false;
  unsaved.querySelector("textarea")!.value = typed;
}
