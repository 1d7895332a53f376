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

  // Put in: a new one, or a corrected one in the place of what was refused.
  async put(form, worker, instance) {
    const id = new DOMParser().parseFromString(instance, "text/xml").querySelector("instanceID").textContent;
    const entry = { id, code: form.code, title: form.title, worker, instance, state: WAITING, told: "", at: Date.now() };
    await this.#keep(entry);
  }

  async entries() {
    return (await this.store.all("entry ")).sort((one, other) => one.at - other.at);
  }

  async discard(id) {
    await this.store.remove(`entry ${id}`);
  }

  // Send what waits. What stopped it: null, or the answer that concerns the device and not one entry.
  async send(device) {
    return navigator.locks.request(`${this.server.home} send`, async () => {
      for (const entry of await this.entries()) {
        if (entry.state !== WAITING || entry.worker !== device.worker) continue;
        const answer = await this.server.submit(device, entry.instance);
        if (answer.status === 201) {
          // Its content is needed no more; that it arrived is told for a day.
          await this.#keep({ ...entry, instance: null, state: ARRIVED, told: answer.told });
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

  async #keep(entry) {
    await this.store.put(`entry ${entry.id}`, entry, entry.state === ARRIVED ? ARRIVED_DAYS : WAITING_DAYS);
  }
}
