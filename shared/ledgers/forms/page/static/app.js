// The page of forms (台账填报): login, forms of the worker's ledgers, filling in, and what waits to be sent.

import { h } from "./dom.js";
import { FormUnusable, FormView } from "./form.js";
import { ARRIVED, Outbox, REFUSED, WAITING } from "./outbox.js";
import { Server } from "./server.js";
import { Store } from "./store.js";

const FORM_DAYS = 7;
const DEVICE_DAYS = 30;
const EVERY = 60_000;
const STATES = { [WAITING]: "待发送", [REFUSED]: "被退回", [ARRIVED]: "已登记" };

class App {
  constructor(store, server) {
    this.store = store;
    this.server = server;
    this.outbox = new Outbox(store, server);
    this.view = document.getElementById("view");
    this.device = null;
    this.notice = null;
    this.filling = false;
  }

  async start() {
    const gone = (await this.store.sweep()).filter((name) => name.startsWith("entry ")).length;
    if (gone) this.notice = ["bad", `${gone} 份填报超过 30 天未处理，已从本机清除`];
    this.device = await this.store.get("device");
    await this.#loggedIn();
    const again = () => { this.#network(); void this.bring(); };
    for (const event of ["online", "offline"]) globalThis.addEventListener(event, again);
    setInterval(again, EVERY);
    this.#network();
    await this.show();
    await this.bring();
  }

  async #loggedIn() {
    try {
      const token = await this.server.cameBack();
      if (token === null) return;
      const { device, told } = await this.server.enrol(token, this.device);
      if (!device) {
        this.notice = ["bad", told];
        return;
      }
      this.device = device;
      await this.store.put("device", device, DEVICE_DAYS);
    } catch {
      this.notice = ["bad", "登录没有完成，请联网后重试"];
    }
  }

  #network() {
    document.getElementById("network").textContent = navigator.onLine ? "有网络" : "无网络，可继续填报";
  }

  // Send what waits, and fetch the forms of today.
  async bring() {
    if (!this.device) return;
    const stopped = await this.outbox.send(this.device);
    const listed = stopped ?? await this.#fetchForms();
    if (listed && [401, 403].includes(listed.status)) {
      // What to do after it is told to who has the application: here a login is enough.
      const [why] = listed.told.split("；");
      this.notice = ["bad", `${why}。请点“登录”后继续，未发送的填报会保留。`];
      this.asksLogin = true;
    } else if (listed?.status === 200 || listed === null) {
      this.asksLogin = false;
    }
    if (!this.filling) await this.show();
  }

  async #fetchForms() {
    const listed = await this.server.forms(this.device);
    if (listed.status !== 200) return listed;
    const kept = new Map((await this.store.all("form ")).map((form) => [form.code, form]));
    for (const form of listed.forms) {
      const known = kept.get(form.code);
      const areas = await this.server.ask(this.device, `forms/${form.code}/areas.csv`);
      const same = known?.hash === form.hash && known.worker === this.device.worker;
      const xml = same ? { status: 200, text: known.xml } : await this.#form(form.code);
      if (areas.status !== 200 || xml.status !== 200) continue;
      const whole = { ...form, xml: xml.text, areas: areas.text, worker: this.device.worker };
      await this.store.put(`form ${form.code}`, whole, FORM_DAYS);
    }
    const offered = new Set(listed.forms.map((form) => form.code));
    for (const code of kept.keys()) if (!offered.has(code)) await this.store.remove(`form ${code}`);
    return listed;
  }

  #form(code) {
    return this.server.ask(this.device, `forms/${code}/form.xml`);
  }

  async show() {
    this.filling = false;
    const turn = this.#turn();
    const entries = await this.outbox.entries();
    const parts = [];
    if (this.notice) {
      const [kind, text] = this.notice;
      parts.push(h("div", { class: `card told ${kind}`, role: "status" }, text));
    }
    if (!this.device || this.asksLogin) parts.push(this.#loginCard());
    if (this.device) parts.push(await this.#formsCard());
    if (entries.length) parts.push(this.#entriesCard(entries));
    if (this.device) parts.push(this.#leaveCard(entries));
    if (turn === this.turn) this.view.replaceChildren(...parts);
  }

  // What is shown next: a list that took longer than that does not cover the form that was opened meanwhile.
  #turn() {
    this.turn = (this.turn ?? 0) + 1;
    return this.turn;
  }

  #loginCard() {
    const failed = () => { this.notice = ["bad", "连不上登录服务，请联网后重试"]; void this.show(); };
    const login = h("button", { class: "main", onclick: () => this.server.login().catch(failed) }, "登录");
    const first = "登录后，本浏览器即登记为您的填报设备，无网络时也能填报。";
    const told = this.device ? "登录后确认本浏览器的填报授权。" : first;
    return h("section", {}, h("h2", {}, "登录"), h("p", {}, told), login);
  }

  async #formsCard() {
    const forms = (await this.store.all("form ")).filter((form) => form.worker === this.device.worker);
    forms.sort((one, other) => one.title.localeCompare(other.title, "zh"));
    const line = (form) => h("li", { "data-code": form.code },
      h("span", { class: "what" }, form.title),
      h("button", { class: "main", onclick: () => this.fill(form) }, "填写"));
    const none = h("p", {}, navigator.onLine ? "暂无可填的表单。" : "本机没有可用的表单，请联网后再打开本页。");
    const shown = forms.length ? h("ul", { class: "list" }, ...forms.map(line)) : none;
    return h("section", {}, h("h2", {}, "可填的台账"), shown);
  }

  #entriesCard(entries) {
    const line = (entry) => {
      const mine = entry.worker === this.device?.worker;
      const told = mine ? entry.told : "由另一位工作人员填写，请其本人登录后发送";
      const buttons = [];
      if (mine && entry.state === REFUSED) buttons.push(h("button", { onclick: () => this.correct(entry) }, "修改"));
      if (mine && entry.state !== ARRIVED) buttons.push(h("button", { onclick: () => this.discard(entry) }, "删除"));
      const became = [STATES[entry.state], told].filter((text, at) => text && (at === 0 || text !== STATES[entry.state]));
      const what = h("span", { class: "what" }, `${entry.title}　${new Date(entry.at).toLocaleString("zh-CN")}`,
        h("p", { class: entry.state === REFUSED ? "wrong" : "small" }, became.join("：")));
      return h("li", { "data-state": entry.state }, what, ...buttons);
    };
    return h("section", {}, h("h2", {}, "本机的填报"), h("ul", { class: "list" }, ...entries.map(line)));
  }

  #leaveCard(entries) {
    const waiting = entries.filter((entry) => entry.state !== ARRIVED).length;
    const leave = async () => {
      if (waiting && !confirm(`还有 ${waiting} 份填报没有登记，清除后无法恢复。确定清除吗？`)) return;
      await this.store.clear();
      this.device = null;
      this.notice = ["good", "本机的授权、表单和填报已清除"];
      await this.show();
    };
    const told = "表单在本机保留 7 天，未登记的填报保留 30 天，均加密保存。公用电脑用完请清除。";
    const buttons = h("div", { class: "buttons" },
      h("button", { onclick: () => this.bring() }, "立即同步"),
      h("button", { onclick: leave }, "清除本机数据"));
    return h("section", {}, h("p", { class: "small" }, told), buttons);
  }

  async correct(entry) {
    const form = await this.store.get(`form ${entry.code}`);
    if (form) await this.fill(form, entry);
    else await this.#tell("bad", "这张表单已停用或已过期，请联网后重试");
  }

  async discard(entry) {
    if (!confirm("删除后无法恢复。确定删除这份填报吗？")) return;
    await this.outbox.discard(entry.id);
    await this.show();
  }

  async fill(form, entry = null) {
    this.filling = true;
    const turn = this.#turn();
    try {
      const view = await FormView.open(form.xml, form.areas, entry && { ...entry, files: await this.outbox.files(entry) });
      const save = h("button", { class: "main", onclick: () => this.#save(form, view) }, "保存并发送");
      const back = h("button", { onclick: () => confirm("尚未保存，确定返回吗？") && this.show() }, "返回");
      if (turn !== this.turn) return;
      this.view.replaceChildren(h("h2", {}, form.title), view.element, h("div", { class: "buttons" }, save, back));
      scrollTo(0, 0);
    } catch (error) {
      await this.#tell("bad", error instanceof FormUnusable ? error.message : "表单无法打开，请联网更新后重试");
    }
  }

  async #save(form, view) {
    const filled = await view.instance();
    if (filled === null) return;
    try {
      await this.outbox.put(form, this.device.worker, filled);
    } catch {
      alert("本机存储空间不足，没有保存。请清理后再点“保存并发送”，或减少照片。");
      return;
    }
    await this.#tell("good", navigator.onLine ? "已保存，正在发送" : "已保存在本机，有网络时自动发送");
    this.notice = null;
    await this.bring();
  }

  async #tell(kind, text) {
    this.notice = [kind, text];
    await this.show();
  }
}

async function main() {
  const home = new URL("./", location.href.split(/[?#]/)[0]).href;
  const server = new Server(home);
  if ("serviceWorker" in navigator) await navigator.serviceWorker.register("worker.js");
  const app = new App(await Store.open(`xiangli-forms ${new URL(home).pathname}`), server);
  await app.start();
  navigator.storage?.persist?.();
}

main().catch(() => {
  document.getElementById("view").textContent = "本页无法打开：请用较新的浏览器，并确认没有使用隐私浏览模式。";
});
