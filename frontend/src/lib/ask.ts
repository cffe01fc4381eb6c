/** A question in a <dialog> of the page: its form is filled, shown, and asked again until what was given is taken. */

type Given = Record<string, string | boolean | FileList | null>;

export const fieldOf = (form: HTMLFormElement, name: string): HTMLInputElement =>
  form.elements.namedItem(name) as HTMLInputElement;

/**
 * `take` may answer with words that say why it is not taken. A field whose value is null is left out of the question.
 */
export function ask(id: string, given: Given, take: (form: HTMLFormElement) => Promise<string | undefined | void> | string | undefined | void): void {
  const dialog = document.querySelector<HTMLDialogElement>(`#${id}`);
  const form = dialog?.querySelector("form");
  const error = dialog?.querySelector<HTMLElement>("[role=alert]");
  if (!dialog || !form || !error) return;
  const say = (words: string): void => {
    error.textContent = words;
    error.hidden = !words;
  };
  for (const [name, value] of Object.entries(given)) {
    const field = fieldOf(form, name);
    field.closest(".field")?.toggleAttribute("hidden", value === null);
    field.disabled = value === null;
    if (typeof value === "boolean") field.checked = value;
    else if (value instanceof FileList) field.files = value;
    else field.value = value ?? "";
  }
  say("");
  form.onsubmit = async (event) => {
    if (!(event.submitter as HTMLButtonElement | null)?.value) return; // given up: the dialog closes by itself
    event.preventDefault();
    const refused = await take(form);
    if (refused) say(refused);
    else dialog.close();
  };
  dialog.showModal();
}
