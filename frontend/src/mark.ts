/** Marking by keyboard: with the focus in a criterion a digit chooses its level, and the focus goes on to the next. */

const form = document.querySelector<HTMLFormElement>("form[data-marking]");

/** The fields of criteria in their order: a group of levels, or a box that is ticked. */
const criteria = (): HTMLInputElement[][] => {
  const found = new Map<string, HTMLInputElement[]>();
  for (const input of form?.querySelectorAll<HTMLInputElement>("input[name^='c-']") ?? []) {
    found.set(input.name, [...(found.get(input.name) ?? []), input]);
  }
  return [...found.values()];
};

form?.addEventListener("keydown", (event) => {
  const input = event.target as HTMLInputElement;
  if (!input.name?.startsWith("c-") || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
  const all = criteria();
  const here = all.findIndex((one) => one.includes(input));
  const own = all[here] ?? [];
  const place = Number(event.key) - 1;
  const chosen = own.length > 1 ? own[place] : own[0];
  if (!chosen || (own.length === 1 && place > 1)) return;
  event.preventDefault();
  chosen.checked = own.length > 1 || place === 1;
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
  const next = all[here + 1];
  (next ? (next.find((one) => one.checked) ?? next[0]) : form.querySelector<HTMLElement>("textarea"))?.focus();
});

criteria()[0]?.[0]?.focus({ preventScroll: true });

export {};
