/** The service worker: shows pages that were kept without a connection, and keeps a form that could not be sent. */
import { fromForm, keep } from "./lib/kept";
import { sendWaiting } from "./lib/send";

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
});

async function showPage(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = (await caches.match(request, { ignoreVary: true })) ?? (await caches.match(OFFLINE, { ignoreVary: true }));
    if (kept) return kept;
    throw error;
  }
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
