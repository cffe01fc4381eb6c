/** What is said in a class. A message waits on the page, marked as not sent, until it comes back as an event. */
import { type Connection, copyRow, type Happening, newKey, type Person, wordsOf } from "./connection";
import { announce } from "./panels";

export function followChat(live: Connection): void {
  const chat = live.find("[data-chat]");
  if (!chat) return; // an older page of it: its form is sent as it would be without a script
  const scroll = chat.parentElement!;
  const unsent = new Map<string, string>(); // messages by key
  const words = (template: string): string => wordsOf(live.room, template);

  function add(text: string, by: Person, at: Date): HTMLElement {
    const row = copyRow(live.room, by.id === live.me ? "mine" : by.guest ? "message-guest" : "message", by.id, by.name);
    row.querySelector("[data-text]")!.textContent = text;
    const time = row.querySelector("time")!;
    time.dateTime = at.toISOString();
    // Every clock of Malaka shows the time of Tashkent.
    time.textContent = at.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tashkent" });
    const isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    chat!.querySelector("[data-empty]")?.remove();
    chat!.append(row);
    if (isAtEnd || by.id === live.me) scroll.scrollTop = scroll.scrollHeight;
    return row;
  }

  function hear(event: Happening): void {
    if (!event.by) return;
    if (event.key && unsent.delete(event.key)) chat!.querySelector(`[data-key="${event.key}"]`)?.remove();
    const row = add(event.hidden ? words("removed") : String(event.text), event.by, new Date(event.at));
    row.dataset.seq = String(event.seq);
    const seq = row.querySelector<HTMLInputElement>("input[name=seq]");
    if (seq) seq.value = String(event.seq);
    if (event.hidden) remove(event.seq);
    if (event.by.id !== live.me) announce(row);
  }

  function remove(seq: number): void {
    const row = chat!.querySelector(`[data-seq="${seq}"]`);
    const text = row?.querySelector("[data-text]");
    if (!row || !text) return;
    text.textContent = words("removed");
    text.classList.add("is-removed");
    row.querySelector("form")?.remove();
  }

  function speak(form: HTMLFormElement): void {
    const text = String(new FormData(form).get("text")).trim();
    if (!text) return;
    const key = newKey();
    unsent.set(key, text);
    const row = add(text, { id: live.me, name: "" }, new Date());
    row.dataset.key = key;
    row.classList.add("is-unsent");
    row.querySelector("form")?.remove();
    row.querySelector("time")!.textContent = words("sending");
    form.reset();
    live.send("say", { key, text });
  }

  const sendAgain = (): void => unsent.forEach((text, key) => live.send("say", { key, text }));

  function refuse(code: string): void {
    if (code === "too-many-requests") window.setTimeout(sendAgain, 5_000);
    if (!["muted", "invalid", "class-over"].includes(code)) return;
    for (const row of chat!.querySelectorAll("[data-key]")) row.remove();
    const field = live.find<HTMLTextAreaElement>("#say");
    if (field && !field.value) field.value = [...unsent.values()].join("\n"); // nothing that was typed is lost
    unsent.clear();
  }

  live.on("say", hear);
  live.on("hide", (event) => remove(Number(event.of)));
  live.onFrame("welcome", sendAgain);
  live.onFrame("error", (frame) => refuse(frame.code ?? ""));
  live.find("form[data-op=say]")?.addEventListener("submit", (event) => {
    if (live.isFinal) return;
    event.preventDefault();
    live.refuse("");
    speak(event.target as HTMLFormElement);
  });
  live.room.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || (event.target as Element).id !== "say") return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  });
  scroll.scrollTop = scroll.scrollHeight;
}
