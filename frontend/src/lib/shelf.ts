/** Lessons that a learner keeps on this device: page, pictures, files and the sound of films, in a cache of their own. */

export interface Lesson {
  url: string;
  title: string;
  /** Another one says that something of it was mended since. */
  stamp: string;
  files: string[];
}

/** What is kept of a lesson, written down when all of it is there. */
export interface Entry extends Lesson {
  size: number;
  at: number;
}

const PART = 512 * 1024; // what a cut connection costs at most
const NAME = "lessons-";
const ENTRY = "?kept";
const STAMP = "X-Kept-Stamp";
export const KEPT_AT = "X-Kept-At";

const shelf = (user: string): Promise<Cache> => caches.open(NAME + user);

/** Everything that is kept on this device, of one user or of whoever it is. */
export async function entries(user = ""): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const name of await caches.keys()) {
    if (user ? name !== NAME + user : !name.startsWith(NAME)) continue;
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (request.url.endsWith(ENTRY)) found.push((await (await cache.match(request))?.json()) as Entry);
    }
  }
  return found;
}

/** Fetch a page and keep it with the files of its frame; its words are told. */
export async function keepPage(cache: Cache, url: string): Promise<string> {
  const answer = await fetch(url, { cache: "no-store", headers: { "X-To-Keep": "1" } }); // not opened by the learner
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const words = await answer.text();
  const headers = { "Content-Type": "text/html; charset=utf-8", [KEPT_AT]: String(Date.now()) };
  await cache.put(url, new Response(words, { headers }));
  return words;
}

/** What a page shows besides its words: pictures, captions, and the files of its frame. */
function usedBy(words: string, page: string): URL[] {
  const there = new DOMParser().parseFromString(words, "text/html");
  const found = [
    ...[...there.querySelectorAll("img[src], track[src], script[src]")].map((one) => one.getAttribute("src")),
    ...[...there.querySelectorAll("link[rel=stylesheet], link[rel=icon], use[href]")].map((one) => one.getAttribute("href")),
    ...[...there.querySelectorAll("video[poster]")].map((one) => one.getAttribute("poster")),
  ];
  const urls = found.filter((one): one is string => !!one && !one.startsWith("#")).map((one) => new URL(one, new URL(page, location.href)));
  return urls.filter((one) => one.origin === location.origin);
}

const withoutHash = (url: URL): string => url.pathname + url.search;

export async function keepFrame(words: string, page: string): Promise<void> {
  const frame = await caches.open("frame");
  for (const url of new Set(usedBy(words, page).map(withoutHash))) {
    if (url.startsWith("/static/") && !(await frame.match(url))) await frame.add(url).catch(() => undefined);
  }
}

/** Keep all of a lesson; what is there already is not fetched again, so that it goes on where it was cut off. */
export async function keepLesson(user: string, lesson: Lesson, tell: (bytes: number) => void): Promise<Entry> {
  const cache = await shelf(user);
  const words = await keepPage(cache, lesson.url);
  await keepFrame(words, lesson.url);
  const pictures = usedBy(words, lesson.url).map(withoutHash).filter((url) => !url.startsWith("/static/"));
  const files = [...new Set([...pictures, ...lesson.files])];
  let size = words.length;
  tell(size);
  for (const url of files) {
    const there = await cache.match(url);
    const kept = there?.headers.get(STAMP) === lesson.stamp ? (await there.blob()).size : await keepFile(cache, url, lesson.stamp, (bytes) => tell(size + bytes));
    size += kept;
    tell(size);
  }
  const entry = { ...lesson, files, size, at: Date.now() };
  await cache.put(lesson.url + ENTRY, Response.json(entry));
  return entry;
}

/** Fetch a file part by part, each kept as it comes, and put them together in the end. Answers with its size. */
async function keepFile(cache: Cache, url: string, stamp: string, tell: (bytes: number) => void): Promise<number> {
  const parts: Blob[] = [];
  const keys: string[] = [];
  let [at, total, type] = [0, Infinity, ""];
  while (at < total) {
    const key = `${url}?part=${encodeURIComponent(stamp)}-${at}`;
    const part = (await cache.match(key)) ?? (await fetchPart(cache, key, url, at));
    const body = await part.blob();
    total = Number(part.headers.get("X-Total"));
    type = part.headers.get("Content-Type") ?? "";
    parts.push(body);
    keys.push(key);
    at += body.size;
    tell(at);
    if (!body.size) break;
  }
  const headers = { "Content-Type": type, "Content-Length": String(at), [STAMP]: stamp };
  await cache.put(url, new Response(new Blob(parts, { type }), { headers }));
  for (const key of keys) await cache.delete(key);
  return at;
}

async function fetchPart(cache: Cache, key: string, url: string, at: number): Promise<Response> {
  const answer = await fetch(url, { cache: "no-store", headers: { Range: `bytes=${at}-${at + PART - 1}` } });
  if (!answer.ok) throw new Error(String(answer.status));
  const body = await answer.blob();
  const total = /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "")?.[1] ?? String(body.size);
  const headers = { "Content-Type": answer.headers.get("Content-Type") ?? body.type, "X-Total": total };
  await cache.put(key, new Response(body, { headers })); // a 206 is not taken as it is
  return new Response(body, { headers });
}

export async function entryOf(user: string, url: string): Promise<Entry | undefined> {
  const found = await (await shelf(user)).match(url + ENTRY);
  return found && ((await found.json()) as Entry);
}

/** Take a lesson away, with what no other one shows; also one that is kept in part. */
export async function removeLesson(user: string, lesson: Lesson): Promise<void> {
  const cache = await shelf(user);
  const own = (await entryOf(user, lesson.url)) ?? lesson;
  const others = new Set((await entries(user)).filter((one) => one.url !== lesson.url).flatMap((one) => one.files));
  const gone = [lesson.url, lesson.url + ENTRY, ...own.files, ...lesson.files].filter((url) => !others.has(url));
  for (const url of gone) await cache.delete(url);
  for (const request of await cache.keys()) {
    if (request.url.includes("?part=") && gone.includes(new URL(request.url).pathname)) await cache.delete(request);
  }
}

/** A page of a lesson that is kept is kept anew when it is opened with a connection: how far one is has changed. */
export async function refreshPage(user: string): Promise<void> {
  if (await entryOf(user, location.pathname)) await keepPage(await shelf(user), location.pathname);
}

/** What others left on this device, or with no user named, everything. */
export async function clearShelves(user = ""): Promise<void> {
  for (const name of await caches.keys()) {
    if ((name.startsWith(NAME) || name.startsWith("pages-")) && !(user && name.endsWith(user))) await caches.delete(name);
  }
}
