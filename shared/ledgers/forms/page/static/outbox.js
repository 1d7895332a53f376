// What was filled in and has not arrived: kept sealed, sent in order when there is a network, answered one by one.

const WAITING_DAYS = 30;
const ARRIVED_DAYS = 1;

export const WAITING = "waiting";
export const REFUSED = "refused";
export const ARRIVED = "arrived";

export class Outbox {
  constructor(store, server) {
    this.store = store;
    this.server = server;
  }

  // Put in: a new one, or a corrected one in the place of what was refused. Its files are kept before it names them.
  async put(form, worker, { instance, files }) {
    const id = new DOMParser().parseFromString(instance, "text/xml").querySelector("instanceID").textContent;
    const kept = files.map(({ name, type }) => ({ name, type }));
    for (const file of files) await this.store.putBytes(nameOf(id, file), await file.arrayBuffer(), WAITING_DAYS);
    const entry = {
      id, code: form.code, title: form.title, worker, instance, files: kept, state: WAITING, told: "", at: Date.now(),
    };
    await this.#keep(entry);
    await this.#only(entry);
  }

  async entries() {
    return (await this.store.all("entry ")).sort((one, other) => one.at - other.at);
  }

  async discard(id) {
    await this.store.remove(`entry ${id}`);
    await this.#only({ id, files: [] });
  }

  // The files that an entry names.
  async files(entry) {
    const found = [];
    for (const { name, type } of entry.files ?? []) {
      const bytes = await this.store.getBytes(nameOf(entry.id, { name }));
      if (bytes) found.push(new File([bytes], name, { type }));
    }
    return found;
  }

  // Send what waits. What stopped it: null, or the answer that concerns the device and not one entry.
  async send(device) {
    return navigator.locks.request(`${this.server.home} send`, async () => {
      for (const entry of await this.entries()) {
        if (entry.state !== WAITING || entry.worker !== device.worker) continue;
        const answer = await this.server.submit(device, entry.instance, await this.files(entry));
        if (answer.status === 201) {
          // Its content is needed no more; that it arrived is told for a day.
          const arrived = { ...entry, instance: null, files: [], state: ARRIVED, told: answer.told };
          await this.#keep(arrived);
          await this.#only(arrived);
        } else if ([401, 403].includes(answer.status)) {
          return answer;
        } else if (answer.status >= 400 && answer.status < 500 && ![408, 425, 429].includes(answer.status)) {
          await this.#keep({ ...entry, state: REFUSED, told: answer.told });
        } else {
          return answer;
        }
      }
      return null;
    });
  }

  // Files end with their entry: whoever keeps it longer keeps them longer.
  async #keep(entry) {
    await this.store.put(`entry ${entry.id}`, entry, entry.state === ARRIVED ? ARRIVED_DAYS : WAITING_DAYS);
    await this.store.prolong(nameOf(entry.id, { name: "" }), WAITING_DAYS);
  }

  // Of the files that were kept for an entry, those that it names.
  async #only(entry) {
    const wanted = new Set(entry.files.map((file) => nameOf(entry.id, file)));
    for (const name of await this.store.names(nameOf(entry.id, { name: "" }))) {
      if (!wanted.has(name)) await this.store.remove(name);
    }
  }
}

function nameOf(id, { name }) {
  return `file ${id} ${name}`;
}
