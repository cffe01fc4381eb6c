/** Sends what waits, each once: the lock keeps tabs and the worker apart, the server knows a key that came before. */
import { all, find, forget, keep, type Kept } from "./kept";

export interface Sent {
  item: Kept;
  /** Where the server led to; empty where it has a question. */
  url: string;
}

const NEWS = "malaka-sent";
const TOKEN = /name="csrfmiddlewaretoken" value="([^"]+)"/;
const USER = /data-kept-for="([^"]+)"/;

/** Hear of whatever is sent, be it by this page, another tab or the worker. */
export function onSent(hear: (sent: Sent) => void): void {
  new BroadcastChannel(NEWS).addEventListener("message", (event: MessageEvent<Sent>) => hear(event.data));
}

function tell(sent: Sent): void {
  const channel = new BroadcastChannel(NEWS);
  channel.postMessage(sent);
  channel.close();
}

/** Send everything that waits, the oldest first; stops where there is no connection or another user is signed in. */
export async function sendWaiting(): Promise<void> {
  await navigator.locks.request("malaka-send", async () => {
    for (const item of await all()) {
      if (item.state !== "waiting") continue;
      try {
        const url = await send(item);
        if (url === null) break;
        tell({ item, url });
      } catch {
        break; // no connection: the next time
      }
    }
  });
}

async function send(item: Kept): Promise<string | null> {
  const page = await fetch(item.page ?? item.url, { cache: "no-store" });
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
