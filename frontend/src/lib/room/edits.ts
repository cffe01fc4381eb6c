/** Edits of a text that several people write; live/edits.py says the same on the server. Places count Unicode's code points. */
export type Edit = { start: number; gone: number; text: string };

export function applied(text: string, edit: Edit): string {
  const chars = [...text];
  return chars.slice(0, edit.start).join("") + edit.text + chars.slice(edit.start + edit.gone).join("");
}

/** The one edit that makes `next` of `old`; none where they are alike. */
export function editBetween(old: string, next: string): Edit | null {
  if (old === next) return null;
  const [a, b] = [[...old], [...next]];
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let alike = 0;
  while (alike < Math.min(a.length, b.length) - start && a[a.length - 1 - alike] === b[b.length - 1 - alike]) alike += 1;
  return { start, gone: a.length - start - alike, text: b.slice(start, b.length - alike).join("") };
}

/** `mine` where `other` was made first; null where both touch the same words. */
export function after(mine: Edit, other: Edit): Edit | null {
  const isSame = mine.start === other.start && mine.gone === other.gone && mine.text === other.text;
  if (isSame && mine.gone) return { start: other.start + lengthOf(other.text), gone: 0, text: "" };
  const standTogether = mine.start === other.start && !mine.gone && !other.gone;
  const follows = mine.text.startsWith("\n") || !other.text.startsWith("\n");
  if (mine.start + mine.gone <= other.start && !(standTogether && follows)) return mine;
  if (other.start + other.gone <= mine.start) return { ...mine, start: mine.start + lengthOf(other.text) - other.gone };
  return null;
}

export const lengthOf = (text: string): number => [...text].length;
