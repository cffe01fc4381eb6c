/** What was typed and not sent yet, kept on this device until the server has it. Pages and the worker share it. */

export interface Kept {
  /** Names what is kept, to the server as well; an address that contains it says that it has arrived. */
  key: string;
  /** Whose it is: the id of the user who typed it. */
  user: string;
  /** The address of the form. */
  url: string;
  /** The page that the form stood on, where the form's own address shows none. */
  page?: string;
  /** What it is, in the reader's words. */
  title: string;
  fields: [string, string][];
  /** draft: being typed; waiting: to be sent; asks: the server has a question. */
  state: "draft" | "waiting" | "asks";
  at: number;
}

const STORE = "kept";

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("malaka", 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("indexedDB"));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = db.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("indexedDB"));
    });
  } finally {
    db.close();
  }
}

export const keep = (item: Kept): Promise<IDBValidKey> => run("readwrite", (store) => store.put(item));
export const find = (key: string): Promise<Kept | undefined> => run("readonly", (store) => store.get(key));
export const forget = (key: string): Promise<undefined> => run("readwrite", (store) => store.delete(key));
export const forgetAll = (): Promise<undefined> => run("readwrite", (store) => store.clear());

/** Everything that is kept, the oldest first. */
export async function all(): Promise<Kept[]> {
  const items = await run<Kept[]>("readonly", (store) => store.getAll() as IDBRequest<Kept[]>);
  return items.sort((a, b) => a.at - b.at);
}

/** A form as it is kept: every field but the token, which is fresh whenever it is sent. */
export function fromForm(data: FormData, url: string, state: Kept["state"]): Kept | null {
  const key = String(data.get("kept") ?? "");
  const user = String(data.get("kept_for") ?? "");
  if (!key || !user) return null;
  const fields = [...data.entries()]
    .filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken")
    .map(([name, value]): [string, string] => [name, String(value)]);
  const [title, page] = [String(data.get("kept_title") ?? ""), String(data.get("kept_page") ?? "")];
  return { key, user, url, ...(page ? { page } : {}), title, fields, state, at: Date.now() };
}
