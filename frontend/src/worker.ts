/** The service worker: shows pages that were kept without a connection, and keeps a form that could not be sent. */
import { fromForm, keep } from "./lib/kept";
import { sendWaiting } from "./lib/send";
import { KEPT_AT } from "./lib/shelf";

// The few parts of its scope that are used; TypeScript's own library for workers cannot stand beside that for pages.
interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Waiting {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  addEventListener(kind: "fetch", listener: (event: Fetching) => void): void;
  addEventListener(kind: "install" | "activate" | "sync", listener: (event: Waiting) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  readonly registration: { readonly sync?: { register(tag: string): Promise<void> } };
}
const scope = self as unknown as Scope;

const FRAME = "frame";
const OFFLINE = "/offline/";
const PARTS = /^\/(pictures|learn)\//; // what stands in lessons
const FILM = /film\/[^/]+\/$/;

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(FRAME).then((cache) => cache.add(OFFLINE)).then(() => scope.skipWaiting()));
});
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("sync", (event) => event.waitUntil(sendWaiting()));

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "GET") event.respondWith(showPage(request));
  else if (request.mode === "navigate" && request.method === "POST") event.respondWith(sendForm(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(showFile(request));
  else if (request.method === "GET" && PARTS.test(url.pathname) && request.cache !== "no-store") event.respondWith(showPart(request));
});

async function showPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept) return marked(kept);
    const offline = await caches.match(OFFLINE, { ignoreVary: true });
    if (offline) return offline;
    throw error;
  }
}

/** A page that was kept says since when, so that it can tell the reader. */
async function marked(page: Response): Promise<Response> {
  const at = page.headers.get(KEPT_AT);
  if (!at) return page;
  const words = (await page.text()).replace("<html", `<html data-kept-at="${Number(at)}"`);
  return new Response(words, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** A picture, a file or a film of a lesson: what is kept is not loaded again, but for captions, which may be mended. */
async function showPart(request: Request): Promise<Response> {
  const kept = await caches.match(request.url, { ignoreVary: true });
  if (kept && !request.url.includes("/captions/")) return inPart(request, kept);
  try {
    return await fetch(request);
  } catch (error) {
    const other = kept ?? (await caches.match(request.url.replace(FILM, "film/audio/"), { ignoreVary: true }));
    if (other) return inPart(request, other);
    throw error;
  }
}

/** Of what is kept, the bytes that are asked for. */
async function inPart(request: Request, kept: Response): Promise<Response> {
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  if (!range) return kept;
  const body = await kept.blob();
  const [first, last] = [Number(range[1]), Math.min(Number(range[2] || body.size - 1), body.size - 1)];
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  const headers = {
    "Content-Type": kept.headers.get("Content-Type") ?? "",
    "Content-Range": `bytes ${first}-${last}/${body.size}`,
    "Accept-Ranges": "bytes",
  };
  return new Response(body.slice(first, last + 1), { status: 206, headers });
}

async function showFile(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function sendForm(request: Request): Promise<Response> {
  const copy = request.clone();
  try {
    return await fetch(request);
  } catch (error) {
    const item = fromForm(await copy.formData(), request.url, "waiting");
    if (!item) throw error;
    await keep(item);
    await scope.registration.sync?.register("send").catch(() => undefined);
    return Response.redirect(request.referrer || request.url, 303); // the page that the form stood on is kept
  }
}
