/** The form of a lesson: what is typed is kept on the server as one types, and it is said in words how that stands. */

const TYPING_PAUSE = 1500;
const RETRY_PAUSE = 5000;

class DraftKeeper {
  private isUnsent = false;
  private isSending = false;
  private timer = 0;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly state: HTMLElement,
  ) {
    form.addEventListener("input", () => {
      this.isUnsent = true;
      this.wait(TYPING_PAUSE);
    });
    form.addEventListener("submit", () => {
      this.isUnsent = false;
      window.clearTimeout(this.timer);
    });
    window.addEventListener("online", () => this.isUnsent && void this.send());
    window.addEventListener("pagehide", () => this.isUnsent && void this.send());
    window.addEventListener("beforeunload", (event) => {
      if (this.isUnsent) event.preventDefault();
    });
  }

  private wait(pause: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.send(), pause);
  }

  private async send(): Promise<void> {
    if (this.isSending) return this.wait(TYPING_PAUSE);
    this.isSending = true;
    this.isUnsent = false;
    this.say(this.form.dataset.saving ?? "", "");
    const body = new FormData(this.form);
    for (const input of this.form.querySelectorAll<HTMLInputElement>("input[type=file]")) body.delete(input.name);
    try {
      const answer = await fetch(this.form.dataset.draftUrl ?? "", { method: "POST", body });
      const isPlain = answer.headers.get("Content-Type")?.startsWith("text/plain") ?? false;
      if (!isPlain) throw new Error(String(answer.status)); // an error page, or one that asks to sign in
      this.say(await answer.text(), answer.ok ? "tone-success" : "tone-error");
    } catch {
      this.isUnsent = true;
      this.say(this.form.dataset.unsent ?? "", "tone-error");
      this.wait(RETRY_PAUSE);
    }
    this.isSending = false;
  }

  private say(words: string, tone: string): void {
    this.state.className = `saved-state ${tone}`;
    this.state.textContent = words;
  }
}

const form = document.querySelector<HTMLFormElement>("form[data-draft-url]");
const state = form?.querySelector<HTMLElement>("[data-saved-state]");
if (form && state) new DraftKeeper(form, state);

export {};
