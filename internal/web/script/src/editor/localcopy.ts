// What has been typed, kept in this browser until the server has it. IndexedDB holds it; what is typed in the last moment
// of a page, when nothing can be awaited any more, goes into localStorage.

import type { Content } from './model';

export interface Copy {
  base: number;
  content: Content;
  at: number; // milliseconds since 1970
}

const DATABASE = 'newsdesk';
const STORE = 'copies';

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
  return opened;
}

async function run<T>(mode: IDBTransactionMode, f: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(STORE, mode);
  const request = f(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** The copies of one article made by one person on this computer. */
export class LocalCopy {
  private readonly key: string;
  private readonly shelfKey: string;

  constructor(me: string, article: string) {
    this.key = `copy:${me}:${article}`;
    this.shelfKey = `shelf:${me}:${article}`;
  }

  /** Keeps a copy; it is there when the promise is fulfilled. */
  async keep(copy: Copy): Promise<void> {
    try {
      await run('readwrite', (store) => store.put(copy, this.key));
    } catch {
      this.keepNow(copy); // private windows of some browsers have no IndexedDB
    }
  }

  /** Keeps a copy at once, before the page ends. */
  keepNow(copy: Copy): void {
    localStorage.setItem(this.key, JSON.stringify(copy));
  }

  async read(): Promise<Copy | undefined> {
    const kept = await run<Copy | undefined>('readonly', (store) => store.get(this.key)).catch(() => undefined);
    const last = stored(this.key);
    return last && (!kept || last.at > kept.at) ? last : kept;
  }

  /** Forgets the copy, because the server has everything that is in it. */
  async drop(): Promise<void> {
    unstore(this.key);
    await run('readwrite', (store) => store.delete(this.key)).catch(() => undefined);
  }

  /** Puts by what somebody decided against, so that it can be fetched back. */
  async shelve(copy: Copy): Promise<void> {
    await run('readwrite', (store) => store.put(copy, this.shelfKey)).catch(() => localStorage.setItem(this.shelfKey, JSON.stringify(copy)));
  }

  async shelved(): Promise<Copy | undefined> {
    return (await run<Copy | undefined>('readonly', (store) => store.get(this.shelfKey)).catch(() => undefined)) ?? stored(this.shelfKey);
  }

  async unshelve(): Promise<void> {
    unstore(this.shelfKey);
    await run('readwrite', (store) => store.delete(this.shelfKey)).catch(() => undefined);
  }
}

function stored(key: string): Copy | undefined {
  try {
    const text = localStorage.getItem(key);
    return text ? (JSON.parse(text) as Copy) : undefined;
  } catch {
    return undefined;
  }
}

function unstore(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // storage is shut off: then there is nothing in it either
  }
}
