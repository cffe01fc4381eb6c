/** Keep the screen on while a class is watched, where the browser can. */

export function stayAwake(): void {
  if (!("wakeLock" in navigator)) return;
  // A lock goes when the page is hidden; a weak battery may refuse it.
  const ask = (): void => {
    if (document.visibilityState === "visible") navigator.wakeLock.request("screen").catch(() => undefined);
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
