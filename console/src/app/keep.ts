/** What outlives a reload and a restart of the node: the last state shown, and drafts. All of it in this browser alone. */

const DATABASE = 'comity-console';
const VERSION = 1;

export type Shelf = 'state' | 'drafts';

let opened: Promise<IDBDatabase> | null = null;

function database(): Promise<IDBDatabase> {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(DATABASE, VERSION);
    asked.onupgradeneeded = () => {
      for (const shelf of ['state', 'drafts']) asked.result.createObjectStore(shelf);
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error ?? new Error('no store in this browser'));
  });
  return opened;
}

async function act<T>(shelf: Shelf, mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const transaction = (await database()).transaction(shelf, mode);
  const asked = work(transaction.objectStore(shelf));
  return new Promise((done, failed) => {
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = () => failed(transaction.error ?? new Error('not kept'));
    transaction.onabort = transaction.onerror;
  });
}

export function keep(shelf: Shelf, key: string, value: unknown): Promise<unknown> {
  return act(shelf, 'readwrite', (store) => store.put(value, key));
}

export function kept<T>(shelf: Shelf, key: string): Promise<T | undefined> {
  return act(shelf, 'readonly', (store) => store.get(key) as IDBRequest<T | undefined>);
}

export function keys(shelf: Shelf): Promise<IDBValidKey[]> {
  return act(shelf, 'readonly', (store) => store.getAllKeys());
}

export function forget(shelf: Shelf, key: string): Promise<unknown> {
  return act(shelf, 'readwrite', (store) => store.delete(key));
}

export function forgetAll(shelf: Shelf): Promise<unknown> {
  return act(shelf, 'readwrite', (store) => store.clear());
}
