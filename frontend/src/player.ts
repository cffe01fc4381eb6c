/** The player: a video goes on where it was left. */

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

const video = document.querySelector<HTMLVideoElement>("video[data-resume]");
if (video) {
  video.addEventListener("loadedmetadata", () => (video.currentTime = Number(video.dataset.resume)), { once: true });
  if (video.dataset.positionUrl) keepPlace(video, video.dataset.positionUrl);
  const quality = document.querySelector<HTMLFormElement>("form[data-film]");
  if (quality) chooseQuality(video, quality);
}
