/**
 * Polls and quick quizzes. What is asked and how it ended are events; in between the totals pass without a number, and
 * who leads the class, or comes back to it, asks for what may be seen.
 */
import { type Connection, copyRow } from "./connection";
import { announce } from "./panels";

type Texts = Record<string, string>;
type Poll = { id: string; text: Texts; choices: { key: string; text: Texts }[]; multiple: boolean; quiz: boolean };
type Results = {
  poll: string; voters?: number; totals?: Record<string, number>; mine?: string[]; right?: string[]; feedback?: Texts;
  explained?: Record<string, Texts>; votes?: { name: string; picked: string[] }[];
};

const ASK_AFTER = 1_000;
const PASSES = "poll:";

export function followPolls(live: Connection): void {
  const list = live.find("[data-polls]");
  if (!list) return;
  const leads = "leads" in list.dataset;
  const due = new Set<string>(); // polls to ask for in a moment
  const language = document.documentElement.lang;
  const inWords = (texts: Texts): string => texts[language] ?? Object.values(texts)[0] ?? "";
  const rowOf = (id: string): HTMLElement | null => list.querySelector(`[data-poll="${id}"]`);
  const choicesOf = (row: HTMLElement): HTMLElement[] => [...row.querySelectorAll<HTMLElement>("[data-key]")];

  function write(place: HTMLElement | null, text: string): void {
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }

  function put(poll: Poll, status: "draft" | "open"): HTMLElement {
    const row = rowOf(poll.id) ?? build(poll);
    row.dataset.status = status;
    row.querySelector("fieldset")!.disabled = status !== "open";
    return row;
  }

  function build(poll: Poll): HTMLElement {
    const row = copyRow(live.room, "poll", "", "");
    row.dataset.poll = poll.id;
    for (const input of row.querySelectorAll<HTMLInputElement>("input[name=poll]")) input.value = poll.id;
    row.querySelector("legend")!.textContent = inWords(poll.text);
    for (const [selector, isShown] of [["[data-named]", poll.quiz], ["[data-unnamed]", !poll.quiz]] as const) {
      row.querySelector(selector)?.toggleAttribute("hidden", !isShown);
    }
    for (const choice of poll.choices) {
      const line = copyRow(live.room, poll.multiple ? "choice-checkbox" : "choice-radio", "", "");
      line.dataset.key = choice.key;
      line.querySelector("[data-text]")!.textContent = inWords(choice.text);
      const input = line.querySelector("input");
      if (input) input.value = choice.key;
      row.querySelector("[data-choices]")!.append(line);
    }
    list!.prepend(row);
    live.find("[data-no-polls]")?.setAttribute("hidden", "");
    return row;
  }

  function fill(row: HTMLElement, told: Results): void {
    if (told.voters !== undefined) row.querySelector("[data-voters]")!.textContent = String(told.voters);
    if (told.mine) row.toggleAttribute("data-voted", told.mine.length > 0);
    for (const line of choicesOf(row)) {
      const key = line.dataset.key!;
      if (told.totals) count(line, told.totals[key] ?? 0, told.voters ?? 0);
      if (told.right) line.classList.toggle("is-right", told.right.includes(key));
      if (told.explained) write(line.querySelector("[data-explained]"), inWords(told.explained[key] ?? {}));
      const input = line.querySelector("input");
      if (input && told.mine) input.checked = told.mine.includes(key);
    }
    if (told.feedback) write(row.querySelector("[data-feedback]"), inWords(told.feedback));
    if (told.votes) name(row, told.votes);
  }

  function count(line: HTMLElement, count: number, voters: number): void {
    const bar = line.querySelector("progress")!;
    bar.hidden = false;
    bar.max = Math.max(1, voters);
    bar.value = count;
    line.querySelector("[data-count]")!.textContent = String(count);
  }

  function name(row: HTMLElement, votes: { name: string; picked: string[] }[]): void {
    const place = row.querySelector<HTMLElement>("[data-answers]")!;
    place.hidden = !votes.length;
    const texts = new Map(choicesOf(row).map((line) => [line.dataset.key, line.querySelector("[data-text]")!.textContent]));
    place.querySelector("ul")!.replaceChildren(
      ...votes.map((vote) => {
        const item = document.createElement("li");
        item.textContent = `${vote.name}: ${vote.picked.map((key) => texts.get(key)).join(", ")}`;
        return item;
      }),
    );
  }

  /** Ask how a poll stands, together with whoever else wants to know within a second. */
  function askSoon(id: string): void {
    if (due.has(id)) return;
    due.add(id);
    window.setTimeout(() => {
      due.delete(id);
      live.send("results", { poll: id });
    }, ASK_AFTER * (leads ? 0.5 : Math.random() * 3));
  }

  function tell(told: Results): void {
    const row = rowOf(told.poll);
    if (row) fill(row, told);
  }

  const form = live.find<HTMLFormElement>("form[data-op=poll]");
  let isSent = false; // what stands in the form: once it is taken, it goes
  form?.addEventListener("submit", () => (isSent = true));
  function clear(): void {
    if (!isSent) return;
    isSent = false;
    form!.reset();
    form!.closest("details")?.removeAttribute("open");
  }

  live.onFrame("error", () => (isSent = false));
  live.on("poll-open", (event) => {
    const row = put(event.poll as Poll, "open");
    list.prepend(row);
    announce(row);
  });
  live.on("poll-close", (event) => {
    const told = event.results as Results;
    const row = rowOf(told.poll);
    if (!row) return;
    row.dataset.status = "closed";
    row.querySelector("fieldset")!.disabled = true;
    fill(row, told);
    announce(row);
    if (leads) askSoon(told.poll);
  });
  live.onFrame("drafts", (frame) => {
    clear();
    const drafts = frame.polls as Poll[];
    for (const row of list.querySelectorAll<HTMLElement>('[data-status="draft"]')) {
      if (!drafts.some((poll) => poll.id === row.dataset.poll)) row.remove();
    }
    for (const poll of drafts.reverse()) if (!rowOf(poll.id)) put(poll, "draft");
    live.find("[data-no-polls]")?.toggleAttribute("hidden", list.childElementCount > 0);
  });
  live.onFrame("results", (frame) => tell(frame as unknown as Results));
  live.onFrame("news", (frame) => {
    for (const [key, told] of Object.entries(frame.passing ?? {})) {
      if (key === "drafts" && leads) live.send("drafts");
      if (!key.startsWith(PASSES)) continue;
      tell(told as Results);
      if (leads) askSoon(key.slice(PASSES.length));
    }
  });
  live.onFrame("welcome", () => {
    if (leads) live.send("drafts");
    for (const row of list.querySelectorAll<HTMLElement>('[data-status="open"]')) askSoon(row.dataset.poll!);
  });
}
