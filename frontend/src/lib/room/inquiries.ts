/** Questions to the class: what is wanted most stands first, what is answered last. */
import { type Connection, copyRow, newKey, type Happening } from "./connection";
import { announce } from "./panels";

type Standing = { inquiry: string; supporters: number; mine?: boolean };
const PASSES = "inquiry:";

export function followInquiries(live: Connection): void {
  const list = live.find("[data-inquiries]");
  if (!list) return;
  const rowOf = (id: unknown): HTMLElement | null => list.querySelector(`[data-inquiry="${CSS.escape(String(id))}"]`);
  const form = live.find<HTMLFormElement>("form[data-ask]");
  const keyField = form?.elements.namedItem("key") as HTMLInputElement | undefined;

  function hear(event: Happening): void {
    if (event.hidden || rowOf(event.inquiry)) return;
    const row = copyRow(live.room, "inquiry", event.by?.id ?? "", event.by?.name ?? "");
    row.dataset.inquiry = String(event.inquiry);
    row.querySelector("[data-text]")!.textContent = String(event.text);
    for (const input of row.querySelectorAll<HTMLInputElement>("input[name=inquiry]")) input.value = String(event.inquiry);
    list!.append(row);
    if (event.by?.id === live.me) {
      row.querySelector(".inquiry-support")?.remove();
      if (event.inquiry === keyField?.value) clear();
    } else announce(row);
    rank();
  }

  function clear(): void {
    form!.reset();
    keyField!.value = newKey();
  }

  function stand(told: Standing): void {
    const row = rowOf(told.inquiry);
    if (!row) return;
    row.querySelector("[data-supporters]")!.textContent = String(told.supporters);
    if (told.mine !== undefined) support(row, told.mine);
  }

  function support(row: HTMLElement, isMine: boolean): void {
    row.toggleAttribute("data-supported", isMine);
    const button = row.querySelector<HTMLButtonElement>(".inquiry-support button");
    if (button) button.disabled = isMine;
  }

  /** Put the rows in their order, unless somebody is about to press one of them. */
  function rank(): void {
    live.find("[data-no-inquiries]")?.toggleAttribute("hidden", list!.childElementCount > 0);
    if (list!.matches(":hover, :focus-within")) return;
    const place = (row: Element): number =>
      Number(row.querySelector("[data-supporters]")!.textContent) - (row.classList.contains("is-answered") ? 1e9 : 0);
    const rows = [...list!.children];
    const ranked = [...rows].sort((a, b) => place(b) - place(a));
    if (ranked.some((row, at) => row !== rows[at])) list!.append(...ranked);
  }

  live.on("ask", hear);
  live.on("answered", (event) => {
    rowOf(event.inquiry)?.classList.add("is-answered");
    rank();
  });
  live.on("withdraw", (event) => {
    rowOf(event.inquiry)?.remove();
    rank();
  });
  live.onFrame("news", (frame) => {
    for (const [key, told] of Object.entries(frame.passing ?? {})) if (key.startsWith(PASSES)) stand(told as Standing);
    if (frame.passing) rank();
  });
  live.onFrame("inquiries", (frame) => {
    for (const told of frame.inquiries as Standing[]) stand(told);
    rank();
  });
  live.onFrame("welcome", () => window.setTimeout(() => live.send("inquiries"), Math.random() * 3_000));
  list.addEventListener("submit", (event) => {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-inquiry]");
    if ((event.target as HTMLFormElement).dataset.op === "support" && row) support(row, true);
  });
}
