import { draftOf } from "./lib/room/notes";

/** The film of a class: it goes on where one left, leads to what was said at the time, and tells what was watched. */
const OFTEN = 20_000; // milliseconds between two words about what was watched
for (const film of document.querySelectorAll<HTMLVideoElement>("video[data-film]")) follow(film);

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
  for (const end of ["pause", "ended"]) film.addEventListener(end, tell);
  window.addEventListener("pagehide", tell);
  window.setInterval(tell, OFTEN);

  const go = (at: number): void => {
    film.currentTime = at;
    void film.play();
  };
  for (const button of film.parentElement!.querySelectorAll<HTMLElement>("button[data-at]")) {
    button.addEventListener("click", () => go(Number(button.dataset.at)));
  }
  lead(film, go);
}

/** Turn the times of messages and slides into ways to that place of the film. */
function lead(film: HTMLVideoElement, go: (at: number) => void): void {
  const began = Date.parse(film.parentElement!.dataset.filmOf!);
  film.addEventListener("loadedmetadata", () => {
    for (const time of document.querySelectorAll<HTMLTimeElement>(".message time, .shown-slides time")) {
      const at = (Date.parse(time.dateTime) - began) / 1000;
      if (at < 0 || at > film.duration || time.closest("button")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.addEventListener("click", () => go(at));
      time.replaceWith(button);
      button.append(time);
    }
  }, { once: true });
}

/** What was typed into the notes when the class had ended already. */
const unsaved = document.querySelector<HTMLElement>("[data-unsaved-notes]");
const draft = unsaved && sessionStorage.getItem(draftOf(unsaved.dataset.unsavedNotes!));
const typed = draft ? (JSON.parse(draft) as { text: string }).text : "";
if (unsaved && typed && typed !== document.querySelector(".notes-read")?.textContent) {
  unsaved.hidden = false;
  unsaved.querySelector("textarea")!.value = typed;
}
