/** How long it is until the class begins, by the clock of the server, counted down on the page where it is waited for. */

const SECOND = 1000;

export function countDown(place: HTMLElement): void {
  const begins = Date.parse(place.dataset.begins!);
  const ahead = Date.parse(place.dataset.now!) - Date.now(); // by how much the server's clock is ahead of this one
  const two = (count: number): string => String(count).padStart(2, "0");

  function show(): void {
    const left = Math.round((begins - Date.now() - ahead) / SECOND);
    place.hidden = left <= 0 || left >= 24 * 3600;
    const hours = Math.floor(left / 3600);
    const parts = [Math.floor(left / 60) % 60, left % 60].map(two);
    place.textContent = (hours ? [String(hours), ...parts] : parts).join(":");
  }

  show();
  window.setInterval(show, SECOND);
}
