// What this browser keeps: sealed under a key that cannot be taken out of it, and thrown away when its time is over.

const STORES = ["keys", "things"];

export class Store {
  constructor(database, key) {
    this.database = database;
    this.key = key;
  }

  static async open(name) {
    const database = await new Promise((resolve, reject) => {
      const asked = indexedDB.open(name, 1);
      asked.onupgradeneeded = () => STORES.forEach((one) => asked.result.createObjectStore(one));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two pages may open at once: the key that was there first is the one.
    const key = await run(database, "keys", "readwrite", (keys, answer) => {
      keys.get("seal").onsuccess = ({ target }) => {
        answer(target.result ?? made);
        if (!target.result) keys.put(made, "seal");
      };
    });
    return new Store(database, key);
  }

  // `days`: after which it is gone.
  async put(name, thing, days) {
    await this.putBytes(name, new TextEncoder().encode(JSON.stringify(thing)), days);
  }

  async putBytes(name, plain, days) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bound = new TextEncoder().encode(name);
    const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, this.key, plain);
    const until = Date.now() + days * 86_400_000;
    await run(this.database, "things", "readwrite", (things) => things.put({ iv, box, until }, name));
  }

  async get(name) {
    const plain = await this.getBytes(name);
    return plain && JSON.parse(new TextDecoder().decode(plain));
  }

  async getBytes(name) {
    const kept = await run(this.database, "things", "readonly", (things, answer) => {
      things.get(name).onsuccess = ({ target }) => answer(target.result);
    });
    if (!kept || kept.until <= Date.now()) return null;
    const bound = new TextEncoder().encode(name);
    const how = { name: "AES-GCM", iv: kept.iv, additionalData: bound };
    return crypto.subtle.decrypt(how, this.key, kept.box);
  }

  async names(prefix) {
    return run(this.database, "things", "readonly", (things, answer) => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`);
      things.getAllKeys(range).onsuccess = ({ target }) => answer(target.result);
    });
  }

  // Everything whose name begins so is kept for these days from now on.
  async prolong(prefix, days) {
    const until = Date.now() + days * 86_400_000;
    await run(this.database, "things", "readwrite", (things) => {
      things.openCursor(IDBKeyRange.bound(prefix, `${prefix}\uffff`)).onsuccess = ({ target }) => {
        const cursor = target.result;
        if (!cursor) return;
        cursor.update({ ...cursor.value, until });
        cursor.continue();
      };
    });
  }

  async all(prefix) {
    const found = [];
    for (const name of await this.names(prefix)) {
      const thing = await this.get(name);
      if (thing) found.push(thing);
    }
    return found;
  }

  async remove(name) {
    await run(this.database, "things", "readwrite", (things) => things.delete(name));
  }

  // Everything whose time is over; the names of what went.
  async sweep() {
    const now = Date.now();
    return run(this.database, "things", "readwrite", (things, answer) => {
      const gone = [];
      things.openCursor().onsuccess = ({ target }) => {
        const cursor = target.result;
        if (!cursor) return answer(gone);
        if (cursor.value.until <= now) {
          gone.push(cursor.key);
          cursor.delete();
        }
        return cursor.continue();
      };
    });
  }

  async clear() {
    await run(this.database, "things", "readwrite", (things) => things.clear());
  }
}

// One transaction; what `work` answered once it is committed.
function run(database, store, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(store, mode);
    let answer;
    transaction.oncomplete = () => resolve(answer);
    transaction.onabort = () => reject(transaction.error);
    work(transaction.objectStore(store), (given) => { answer = given; });
  });
}
