/** Sends what waits, each once: the lock keeps tabs and the worker apart, the server knows a key that came before. */
import { all, find, forget, keep, type Kept } from "./kept";

export interface Sent {
  item: Kept;
  /** Where the server led to; empty where it has a question. */
  url: string;
}

const TOKEN = /name="csrfmiddlewaretoken" value="([^"]+)"/;
const USER = /data-kept-for="([^"]+)"/;

/** Send everything that waits, the oldest first; stops where there is no connection or another user is signed in. */
export async function sendWaiting(): Promise<Sent[]> {
  return navigator.locks.request("malaka-send", async () => {
    const sent: Sent[] = [];
    for (const item of await all()) {
      if (item.state !== "waiting") continue;
      try {
        const url = await send(item);
        if (url === null) break;
        sent.push({ item, url });
      } catch {
        break; // no connection: the next time
      }
    }
    return sent;
  });
}

async function send(item: Kept): Promise<string | null> {
  const page = await fetch(item.url, { cache: "no-store" });
  const text = await page.text();
  const token = TOKEN.exec(text)?.[1];
  if (!page.ok || !token || USER.exec(text)?.[1] !== item.user) return null; // signed out, or somebody else
  const body = new URLSearchParams([...item.fields, ["csrfmiddlewaretoken", token]]);
  const answer = await fetch(item.url, { method: "POST", body });
  if ((await find(item.key))?.at !== item.at) return null; // typed anew meanwhile
  if (answer.ok && answer.redirected) {
    await forget(item.key);
    return answer.url;
  }
  if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
    await keep({ ...item, state: "asks" });
    return "";
  }
  return null;
}
