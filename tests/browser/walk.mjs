// One walk through the page of forms, by name; what was seen is the last line, as JSON.

import { readFileSync } from "node:fs";

import { Phone } from "./browser.mjs";

const given = JSON.parse(readFileSync(process.argv[3], "utf-8"));
const { home, day, role, area } = given;
const SUBMISSION = "**/openrosa/submission";

async function ready() {
  const phone = await Phone.start(home);
  await phone.login(role, area);
  await phone.page.waitForSelector("li[data-code=disputes]");
  return phone;
}

async function fill(phone, matter, where = area) {
  await phone.open("disputes");
  await phone.dispute({ area: where, matter, day });
  await phone.press("保存并发送");
}

// A document of so many bytes.
function pdf(mark, bytes) {
  return { name: "平面 图\"1\".pdf", mimeType: "application/pdf", buffer: Buffer.from(`%PDF-1.7\n${mark}`.padEnd(bytes, "0")) };
}

const WALKS = {
  // Filled in with a network and without one; nothing of it can be read in the browser's storage.
  async offline() {
    const phone = await ready();
    await phone.open("disputes");
    await phone.press("保存并发送");
    const empty = await phone.wrong();
    await phone.dispute({ area, matter: given.matters[0], day: "2999-01-01" });
    await phone.press("保存并发送");
    const tomorrow = await phone.wrong();
    await phone.question("found_on").locator("input").fill(day);
    await phone.press("取当前位置");
    await phone.page.getByText(/纬度 22.9181/).waitFor();
    await phone.page.screenshot({ path: given.picture, fullPage: true });
    await phone.press("保存并发送");
    const first = await phone.lines("arrived");
    await phone.page.evaluate(() => navigator.serviceWorker.ready);
    await phone.context.setOffline(true);
    await phone.page.reload();
    await phone.page.waitForSelector("li[data-code=disputes]");
    await fill(phone, given.matters[1]);
    const second = await phone.lines("arrived", "waiting");
    const kept = await phone.page.evaluate(dumped);
    await phone.page.reload();
    await phone.lines("arrived", "waiting");
    await phone.context.setOffline(false);
    const third = await phone.lines("arrived", "arrived");
    await phone.stop();
    return { empty, tomorrow, first, second, third, kept, faults: phone.faults };
  },

  // The answer is lost twice: what was sent three times is one record.
  async lost() {
    const phone = await ready();
    let sent = 0;
    await phone.context.route(SUBMISSION, async (route) => {
      sent += 1;
      if (sent > 2) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await fill(phone, given.matters[0]);
    await phone.lines("waiting");
    await phone.press("立即同步");
    await phone.lines("waiting");
    while (sent < 3) {
      await phone.press("立即同步");
      await phone.page.waitForTimeout(500);
    }
    const told = await phone.lines("arrived");
    await phone.stop();
    return { sent, told, faults: phone.faults };
  },

  // Photos, documents and a signature, filled in without a network: too much for one request, and the answer is lost twice.
  async media() {
    const phone = await ready();
    await phone.page.waitForSelector("li[data-code=site_checks]");
    await phone.page.evaluate(() => navigator.serviceWorker.ready);
    await phone.context.setOffline(true);
    await phone.page.reload();
    await phone.open("site_checks");
    const photo = await phone.photo(3000, 1500);
    await phone.press("保存并发送");
    const empty = await phone.wrong();
    await phone.visit({ area, subject: given.subject, files: { front: pdf("a", 10), plan: pdf("b", 6_300_000) } });
    await phone.press("保存并发送");
    const refused = await phone.wrong();
    const files = { front: photo, plan: pdf("PLAN", 4_000_000), papers: pdf("PAPERS", 4_000_000), "rooms.photo": photo };
    await phone.visit({ area, subject: given.subject, files });
    await phone.sign("signed");
    await phone.page.screenshot({ path: given.picture, fullPage: true });
    await phone.press("保存并发送");
    await phone.lines("waiting");
    await phone.page.reload();
    await phone.lines("waiting");
    const dump = await phone.page.evaluate(dumped);
    const readable = given.secrets.filter((secret) => dump.includes(secret));
    const kept = await phone.page.evaluate(names);
    const sent = [];
    await phone.context.route(SUBMISSION, async (route) => {
      sent.push((await route.request().postDataBuffer()).includes("*isIncomplete*") ? "part" : "last");
      if (![2, 3].includes(sent.length)) return route.continue();
      await route.fetch();
      return route.abort();
    });
    await phone.context.setOffline(false);
    for (let turn = 0; turn < 60 && sent.length < 4; turn += 1) {
      await phone.page.waitForTimeout(500);
      await phone.press("立即同步");
    }
    const told = await phone.lines("arrived");
    const left = await phone.page.evaluate(names);
    await phone.stop();
    return { empty, refused, size: dump.length, readable, kept, sent, told, left, faults: phone.faults };
  },

  // A document that is none is refused by the service; what else was chosen stands when the worker corrects it.
  async returned() {
    const phone = await ready();
    await phone.open("site_checks");
    const plan = { name: "平面图.pdf", mimeType: "application/pdf", buffer: Buffer.from("<html></html>") };
    await phone.visit({ area, subject: given.subject, files: { front: await phone.photo(400, 300), plan } });
    await phone.sign("signed");
    await phone.press("保存并发送");
    const [refused] = await phone.lines("refused");
    await phone.page.reload();
    await phone.lines("refused");
    await phone.press("修改");
    await phone.question("front").locator("canvas").waitFor();
    const front = await phone.question("front").locator(".small").textContent();
    await phone.question("plan").getByRole("button", { name: "清除" }).click();
    await phone.press("保存并发送");
    const [told] = await phone.lines("arrived");
    await phone.stop();
    return { refused, front, told, faults: phone.faults };
  },

  // A list that is older than the worker's grants offers a village that is not the worker's any more.
  async outside() {
    const phone = await Phone.start(home);
    await phone.context.route("**/areas.csv", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, body: `${await answer.text()}${given.away},别的村,village\n` });
    });
    await phone.login(role, area);
    await phone.page.waitForSelector("li[data-code=disputes]");
    await phone.context.setOffline(true);
    await fill(phone, given.matters[0], given.away);
    await phone.lines("waiting");
    await fill(phone, given.matters[1]);
    await phone.lines("waiting", "waiting");
    await phone.context.setOffline(false);
    const answered = await phone.lines("refused", "arrived");
    await phone.press("修改");
    await phone.page.waitForSelector(".question");
    const again = await phone.question("matter").locator("textarea").inputValue();
    await phone.question("AREA").locator("select").selectOption(area);
    await phone.press("保存并发送");
    await phone.lines("arrived", "arrived");
    await phone.stop();
    return { answered, again, faults: phone.faults };
  },

  // The device was revoked, or nobody logged in for it in time: what was filled in stays until somebody logs in again.
  async revoked() {
    const phone = await ready();
    await phone.page.evaluate(async ({ token, api }) => {
      const headers = { Authorization: `Bearer ${token}`, "Content-Type": "application/json" };
      const listed = await (await fetch(`${api}/devices?limit=200`, { headers })).json();
      for (const one of listed.items.filter((device) => device.status === "active")) {
        await fetch(`${api}/devices/${one.id}/revoke`, { method: "POST", headers });
      }
    }, { token: given.token, api: new URL("..", home).href.slice(0, -1) });
    await fill(phone, given.matters[0]);
    await phone.page.locator(".told.bad").waitFor();
    const [waiting] = await phone.lines("waiting");
    const told = await phone.page.locator(".told").textContent();
    await phone.login(role, area);
    const [after] = await phone.lines("arrived");
    await phone.press("清除本机数据");
    await phone.page.getByText("已清除").waitFor();
    const left = JSON.parse(await phone.page.evaluate(dumped)).length;
    await phone.stop();
    return { waiting, told, after, left, faults: phone.faults };
  },

  // Every form opens: how many questions each has.
  async forms() {
    const phone = await Phone.start(home, { width: 1280, height: 800 });
    const counts = await phone.page.evaluate(async (forms) => {
      const { FormView } = await import(new URL("form.js", location.href));
      const counted = {};
      for (const [code, { xml, areas }] of Object.entries(forms)) {
        const view = await FormView.open(xml, areas);
        counted[code] = view.element.querySelectorAll(".question").length;
      }
      return counted;
    }, given.forms);
    await phone.stop();
    return { counts, faults: phone.faults };
  },
};

// The names of what is kept, without the ids in them.
async function names() {
  const [{ name }] = await indexedDB.databases();
  const database = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
  });
  const keys = database.transaction("things").objectStore("things").getAllKeys();
  await new Promise((resolve) => { keys.onsuccess = resolve; });
  return keys.result.map((one) => one.split(" ")[0]);
}

// Everything that is kept, as text: bytes are shown as what they spell.
async function dumped() {
  const [{ name }] = await indexedDB.databases();
  const database = await new Promise((resolve) => {
    indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result);
  });
  const things = database.transaction("things").objectStore("things").getAll();
  await new Promise((resolve) => { things.onsuccess = resolve; });
  const spelt = (value) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value);
  return JSON.stringify(things.result.map((one) => ({ ...one, box: spelt(one.box) })));
}

console.log(`\n${JSON.stringify(await WALKS[process.argv[2]]())}`);
