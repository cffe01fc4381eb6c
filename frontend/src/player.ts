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

const video = document.querySelector<HTMLVideoElement>("video[data-resume]");
if (video) {
  video.addEventListener("loadedmetadata", () => (video.currentTime = Number(video.dataset.resume)), { once: true });
  if (video.dataset.positionUrl) keepPlace(video, video.dataset.positionUrl);
}
