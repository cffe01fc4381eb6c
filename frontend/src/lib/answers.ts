/** Answers of quizzes on this device: given on the page of an attempt, sent from there or from any other page. */

/** An answer: the id makes it one however often it is sent, the sequence tells an older one from a newer. */
export interface Answer {
  id: string;
  sequence: number;
  fields: [string, string][];
  isSent: boolean;
}

/** What was answered in one attempt. */
export interface Sheet {
  user: string;
  url: string;
  answerUrl: string;
  title: string;
  answers: [string, Answer][];
}

const NAME = "quiz:";
const unsentIn = (sheet: Sheet): [string, Answer][] => sheet.answers.filter(([, answer]) => !answer.isSent);

export function readSheet(attempt: string): Sheet | null {
  try {
    const found = JSON.parse(localStorage.getItem(NAME + attempt) ?? "null") as Sheet | null;
    return found && Array.isArray(found.answers) ? found : null;
  } catch {
    return null;
  }
}

export function writeSheet(attempt: string, sheet: Sheet): void {
  try {
    localStorage.setItem(NAME + attempt, JSON.stringify(sheet));
  } catch {
    // no room, or not allowed: it stays on the page
  }
}

export const forgetSheet = (attempt: string): void => localStorage.removeItem(NAME + attempt);

function sheets(): [string, Sheet][] {
  const attempts = Object.keys(localStorage).filter((key) => key.startsWith(NAME)).map((key) => key.slice(NAME.length));
  return attempts.flatMap((attempt) => {
    const sheet = readSheet(attempt);
    return sheet ? [[attempt, sheet] as [string, Sheet]] : [];
  });
}

/** The attempts of a user with answers that the server does not have yet. */
export const unsentSheets = (user: string): Sheet[] => sheets().map(([, sheet]) => sheet).filter((sheet) => sheet.user === user && unsentIn(sheet).length);

/** Forget what others answered here; with no user named, what everybody did. */
export function forgetSheets(user = ""): void {
  for (const [attempt, sheet] of sheets()) if (!user || sheet.user !== user) forgetSheet(attempt);
}

/** Post one answer. Throws where the server did not answer as it should, so that it has to be sent again. */
export async function postAnswer(answerUrl: string, name: string, answer: Answer, token: string, file?: File): Promise<Response> {
  const body = new FormData();
  body.set("question", name);
  body.set("id", answer.id);
  body.set("sequence", String(answer.sequence));
  for (const [field, value] of answer.fields) body.append(field, value);
  if (file) body.set(name, file);
  const heard = await fetch(answerUrl, {
    method: "POST",
    body,
    keepalive: !file, // outlives the page; a file is too large for that
    headers: { "X-CSRFToken": token },
  });
  if (!heard.headers.get("Content-Type")?.startsWith("text/plain") || heard.status >= 500) {
    throw new Error(String(heard.status)); // an error page, or one that asks to sign in
  }
  return heard;
}

/** Send what was answered in attempts whose page is not open here; `tell` hears of those that came too late. */
export async function sendAnswers(user: string, tell: (sheet: Sheet, isTaken: boolean) => void): Promise<void> {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
  for (const [attempt, sheet] of sheets()) {
    if (sheet.user !== user || !unsentIn(sheet).length || sheet.url === location.pathname) continue;
    let isTaken = true;
    for (const [name, answer] of unsentIn(sheet)) {
      try {
        isTaken = (await postAnswer(sheet.answerUrl, name, answer, token)).ok && isTaken;
      } catch {
        return; // the next time
      }
      answer.isSent = true;
      writeSheet(attempt, sheet);
    }
    tell(sheet, isTaken);
  }
}
