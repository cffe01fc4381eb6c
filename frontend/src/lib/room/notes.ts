/**
 * The notes of a class. What is typed is sent as an edit of the version that the page last heard of; what others write
 * meanwhile is put into the text around it. Where both change the same words, both texts are shown until one is chosen.
 * The page holds what was not sent, also over a reload; the record of the class shows it if it came too late.
 */
import { type Connection, type Happening, newKey } from "./connection";
import { after, applied, type Edit, editBetween, lengthOf } from "./edits";
import { announce } from "./panels";

const PAUSE = 800;
const RETRY = 3_000;
const LONGEST_EDIT = 4_000;
const TELL_WRITING = 3_000;
const WRITING_STAYS = 4_000;
const QUIET = 60_000; // after which a further change is news to whoever looks at another panel
const PASSES = "writing:";
type Draft = { base: string; text: string };

/** What was typed into the notes of a class and not sent, on this device. */
export const draftOf = (session: string): string => `malaka-notes-${session}`;

export function followNotes(live: Connection): void {
  const found = live.find<HTMLFormElement>("form[data-notes]");
  if (!found) return;
  const form = found;
  const field = form.querySelector("textarea")!;
  const clash = form.querySelector<HTMLElement>("[data-clash]")!;
  const theirs = clash.querySelector("textarea")!;
  const draftKey = draftOf(live.room.dataset.room!.split("/")[2]!);
  const leads = form.dataset.leads === "true";
  let base = field.defaultValue; // the text in this version
  let version = Number(form.dataset.version);
  let sent: (Edit & { version: number; key: string; ref: string }) | null = null;
  let [timer, changedAt, toldAt] = [0, 0, 0];
  const writers = new Map<string, number>(); // timers by name

  function say(state: string, tone = ""): void {
    const place = form.querySelector<HTMLElement>("[data-notes-state]")!;
    place.className = `saved-state ${tone}`;
    place.textContent = form.dataset[state] ?? state;
  }

  function saveSoon(pause = PAUSE): void {
    window.clearTimeout(timer);
    timer = window.setTimeout(save, pause);
  }

  function save(): void {
    const edit = editBetween(base, field.value);
    if (sent || !clash.hidden || field.readOnly || !edit) return;
    const key = newKey();
    sent = { ...edit, text: [...edit.text].slice(0, LONGEST_EDIT).join(""), version, key, ref: key };
    transmit();
  }

  function transmit(): void {
    const isSent = live.send("note", sent!);
    say(isSent ? "saving" : "unsent", isSent ? "" : "tone-error");
  }

  /** Show another text, with the caret at the same words as before. */
  function show(text: string, edit: Edit): void {
    const move = (caret: number): number => {
      const at = lengthOf(field.value.slice(0, caret));
      const moved = edit.start + edit.gone <= at && edit.start < at ? at + lengthOf(edit.text) - edit.gone : at;
      return [...text].slice(0, moved).join("").length;
    };
    const [from, to, scrolled] = [move(field.selectionStart), move(field.selectionEnd), field.scrollTop];
    field.value = text;
    if (document.activeElement === field) field.setSelectionRange(from, to);
    field.scrollTop = scrolled;
  }

  function hear(event: Happening): void {
    if (Number(event.version) <= version) return;
    const edit = { start: Number(event.start), gone: Number(event.gone), text: String(event.text) };
    const mine = editBetween(base, field.value);
    base = applied(base, edit);
    version = Number(event.version);
    theirs.value = base;
    if (sent?.key === event.key) {
      sent = null;
      if (editBetween(base, field.value)) saveSoon();
      else say("saved", "tone-success");
      return;
    }
    if (clash.hidden) takeIn(edit, mine);
    if (event.by) name(event.by.id, event.by.name);
    if (Date.now() - changedAt > QUIET) announce(form);
    changedAt = Date.now();
  }

  function takeIn(edit: Edit, mine: Edit | null): void {
    const moved = mine && after(mine, edit);
    if (!mine) show(base, edit);
    else if (moved) show(applied(base, moved), edit);
    else {
      clash.hidden = false;
      say("clashing", "tone-error");
    }
  }

  function choose(kept: string): void {
    clash.hidden = true;
    if (kept === "theirs") field.value = base;
    say("saved");
    field.focus();
    save();
  }

  /** Name somebody who writes, for a moment. */
  function name(id: string, who: string): void {
    if (id === live.me) return;
    window.clearTimeout(writers.get(who));
    writers.set(who, window.setTimeout(() => {
      writers.delete(who);
      nameAll();
    }, WRITING_STAYS));
    nameAll();
  }

  function nameAll(): void {
    const place = form.querySelector<HTMLElement>("[data-writing]")!;
    place.textContent = writers.size ? place.dataset.words!.replace("%1", [...writers.keys()].slice(0, 3).join(", ")) : "";
  }

  function open(isOpen: boolean): void {
    form.classList.toggle("is-open", isOpen);
    for (const [selector, isHidden] of [[".notes-open", isOpen], [".notes-close", !isOpen]] as const) {
      live.find(selector)?.toggleAttribute("hidden", isHidden);
    }
    if (!leads) field.readOnly = !isOpen;
  }

  function refused(code: string, detail: string): void {
    sent = null;
    if (code === "notes-changed") return saveSoon(PAUSE); // what the others wrote is on its way here
    if (code === "too-many-requests") return saveSoon(RETRY);
    say(detail, "tone-error");
  }

  field.addEventListener("input", () => {
    saveSoon();
    if (Date.now() - toldAt > TELL_WRITING && live.send("writing")) toldAt = Date.now();
  });
  form.addEventListener("submit", (event) => {
    if (live.isFinal) return;
    event.preventDefault();
    save();
  });
  clash.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-keep]");
    if (button) choose(button.dataset.keep!);
  });
  live.on("note", hear);
  live.on("notes-open", () => open(true));
  live.on("notes-close", () => open(false));
  live.onFrame("welcome", () => (sent ? transmit() : save()));
  live.onFrame("news", (frame) => {
    for (const [key, who] of Object.entries(frame.passing ?? {})) if (key.startsWith(PASSES)) name(key.slice(PASSES.length), String(who));
  });
  live.onFrame("error", (frame) => {
    if (!sent || frame.ref !== sent.ref) return;
    refused(frame.code ?? "", frame.detail ?? "");
    if (["notes-changed", "too-many-requests"].includes(frame.code ?? "")) frame.detail = ""; // it mends itself
  });
  window.addEventListener("pagehide", () => {
    save();
    if (field.value === base) sessionStorage.removeItem(draftKey);
    else sessionStorage.setItem(draftKey, JSON.stringify({ base, text: field.value } satisfies Draft));
  });
  form.querySelector<HTMLElement>("[data-save]")!.hidden = true;
  goOn();

  /** Take up what was typed before a reload and not sent. */
  function goOn(): void {
    const kept = sessionStorage.getItem(draftKey);
    if (!kept || field.readOnly) return;
    const draft = JSON.parse(kept) as Draft;
    const [mine, edit] = [editBetween(draft.base, draft.text), editBetween(draft.base, base)];
    const isPartOfMine = mine && edit && mine.start === edit.start && mine.gone === edit.gone && mine.text.startsWith(edit.text);
    const moved = mine && edit && !isPartOfMine ? after(mine, edit) : null;
    theirs.value = base;
    field.value = moved ? applied(base, moved) : draft.text;
    if (!edit || isPartOfMine || moved || field.value === base) return;
    clash.hidden = false;
    say("clashing", "tone-error");
  }
}
