/** The player: a video goes on where it was left; notes are kept as they are typed; a bookmark is one tap. */
import { keepNotes } from "./lib/notes";

const POSITION_EVERY = 15;

const token = (): string => document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function post(url: string, body: FormData): Promise<Response> {
  return fetch(url, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } });
}

/** Go on where the learner left, and keep the place now and then. */
function keepPlace(video: HTMLVideoElement, url: string): void {
  let kept = Number(video.dataset.resume);
  const keep = (): void => {
    const seconds = video.ended ? 0 : Math.floor(video.currentTime);
    if (seconds === kept) return;
    kept = seconds;
    const body = new FormData();
    body.set("seconds", String(seconds));
    post(url, body).catch(() => (kept = -1));
  };
  video.addEventListener("timeupdate", () => {
    if (Math.abs(video.currentTime - kept) >= POSITION_EVERY) keep();
  });
  for (const moment of ["pause", "ended"]) video.addEventListener(moment, keep);
  window.addEventListener("pagehide", keep);
}

/** Another size of the film goes on where this one was; the server remembers the choice. */
function chooseQuality(film: HTMLVideoElement, form: HTMLFormElement): void {
  form.querySelector("button")?.remove();
  form.addEventListener("change", (event) => {
    const kind = (event.target as HTMLSelectElement).value;
    const [time, wasPlaying] = [film.currentTime || Number(film.dataset.resume), !film.paused];
    film.src = `${form.dataset.film}${kind}/`;
    form.querySelector<HTMLAnchorElement>("[data-save]")?.setAttribute("href", film.src);
    film.addEventListener("loadedmetadata", () => (film.currentTime = time), { once: true });
    if (wasPlaying) void film.play();
    void fetch(`?${new URLSearchParams({ quality: kind })}`, { method: "HEAD" });
  });
}

/** Mark the lesson, and where in its film, without leaving it. */
function markAtOnce(form: HTMLFormElement): void {
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    if (!button) return;
    event.preventDefault();
    const place = form.querySelector<HTMLInputElement>("[name=seconds]");
    if (place && video) place.value = String(Math.floor(video.currentTime));
    const body = new FormData(form, button);
    const isOn = button.value === "1";
    const show = (on: boolean): void => {
      button.value = on ? "0" : "1";
      button.setAttribute("aria-pressed", String(on));
    };
    show(isOn);
    fetch(form.action, { method: "POST", body, redirect: "manual" })
      .then((answer) => answer.type === "opaqueredirect" || Promise.reject(new Error(String(answer.status))))
      .catch(() => {
        show(!isOn);
        const words = document.querySelector<HTMLTemplateElement>("#trouble");
        if (words) document.querySelector("#messages")?.replaceChildren(words.content.cloneNode(true));
      });
  });
}

const video = document.querySelector<HTMLVideoElement>("video[data-resume]");
if (video) {
  const at = new URLSearchParams(location.search).get("at");
  if (at && /^\d{1,5}$/.test(at)) video.dataset.resume = at;
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("a[data-at]") : null;
    if (!link) return;
    event.preventDefault();
    video.currentTime = Number(link.dataset.at);
    void video.play();
  });
  video.addEventListener("loadedmetadata", () => (video.currentTime = Number(video.dataset.resume)), { once: true });
  if (video.dataset.positionUrl) keepPlace(video, video.dataset.positionUrl);
  const quality = document.querySelector<HTMLFormElement>("form[data-film]");
  if (quality) chooseQuality(video, quality);
}

const notes = document.querySelector<HTMLElement>("[data-notes]");
if (notes) keepNotes(notes);
const bookmark = document.querySelector<HTMLFormElement>("form[data-bookmark]");
if (bookmark) markAtOnce(bookmark);
document.addEventListener("keydown", (event) => {
  const sheet = event.key === "Escape" && document.querySelector<HTMLDetailsElement>("details[data-sheet][open]");
  if (!sheet) return;
  sheet.open = false;
  sheet.querySelector("summary")?.focus();
});
