// A phone's browser, and what a worker does with the page of forms.

import { chromium } from "playwright-core";

const QUIET = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const PATIENCE = 60_000;

export class Phone {
  static async start(home, size = { width: 390, height: 844 }) {
    const phone = new Phone();
    phone.home = home;
    phone.browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: QUIET });
    phone.context = await phone.browser.newContext({
      viewport: size, locale: "zh-CN", timezoneId: "Asia/Shanghai", permissions: ["geolocation"],
      geolocation: { latitude: 22.9181, longitude: 111.0012, accuracy: 8 },
    });
    phone.context.setDefaultTimeout(PATIENCE);
    phone.page = await phone.context.newPage();
    // What a browser says of requests that fail is no fault of the page; of everything else it is.
    phone.faults = [];
    phone.page.on("console", (said) => {
      if (said.type() === "error" && !said.text().startsWith("Failed to load resource")) phone.faults.push(said.text());
    });
    phone.page.on("pageerror", (error) => phone.faults.push(error.stack));
    phone.page.on("dialog", (dialog) => dialog.accept());
    await phone.page.goto(home);
    return phone;
  }

  async login(role, area) {
    await this.press("登录");
    await this.page.selectOption("select[name=role]", role);
    await this.page.fill("input[name=area]", area);
    await this.press(/^登录/);
    await this.page.waitForURL(this.home);
  }

  async press(name) {
    await this.page.getByRole("button", { name, exact: true }).first().click();
  }

  async open(code) {
    await this.page.click(`li[data-code=${code}] button`);
    await this.page.waitForSelector(".question");
  }

  // The question of a node, by the path that its definition has.
  question(path) {
    return this.page.locator(`.question[data-name$="/${path}"]`);
  }

  async dispute({ area, matter, day }) {
    await this.question("AREA").locator("select").selectOption(area);
    await this.question("kind").locator("input[value=land]").check();
    await this.question("found_on").locator("input").fill(day);
    await this.question("matter").locator("textarea").fill(matter);
    for (const [number, name] of ["示例甲", "示例乙"].entries()) {
      await this.question("parties.name").nth(number).locator("input").fill(name);
    }
  }

  // A filled form of what was looked at on the spot; each file as it is given to a field of files.
  async visit({ area, subject, files }) {
    await this.question("AREA").locator("select").selectOption(area);
    await this.question("subject").locator("input").fill(subject);
    await this.question("N_rooms").locator("input").fill("1");
    await this.question("rooms.number").locator("input").fill("101");
    for (const [path, file] of Object.entries(files)) await this.attach(path, file);
  }

  async attach(path, file) {
    await this.question(path).locator("input[type=file]").setInputFiles(file);
    await this.page.waitForFunction((at) => {
      const told = document.querySelector(`.question[data-name$="/${at}"] > .wrong`).textContent;
      return !told.startsWith("正在处理");
    }, path);
  }

  async sign(path) {
    const pad = this.question(path).locator("canvas");
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await pad.boundingBox();
    await this.page.mouse.move(x + width * 0.2, y + height * 0.7);
    await this.page.mouse.down();
    await this.page.mouse.move(x + width * 0.5, y + height * 0.2, { steps: 5 });
    await this.page.mouse.move(x + width * 0.8, y + height * 0.7, { steps: 5 });
    await this.page.mouse.up();
  }

  // A photo as a camera makes them: larger than a form asks for.
  async photo(width, height) {
    const url = await this.page.evaluate(([across, down]) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: across, height: down });
      const brush = canvas.getContext("2d");
      brush.fillStyle = "#a33";
      brush.fillRect(0, 0, across / 2, down);
      return canvas.toDataURL("image/jpeg");
    }, [width, height]);
    return { name: "IMG_0001.JPG", mimeType: "image/jpeg", buffer: Buffer.from(url.split(",")[1], "base64") };
  }

  wrong() {
    return this.page.locator(".question:not([hidden]) > .wrong:not([hidden])").allTextContents();
  }

  // The lines of what was filled in, once they read like this.
  async lines(...states) {
    await this.page.waitForFunction((wanted) => {
      const found = [...document.querySelectorAll("li[data-state]")].map((line) => line.dataset.state);
      return JSON.stringify(found) === JSON.stringify(wanted);
    }, states);
    return this.page.locator("li[data-state] p").allTextContents();
  }

  async stop() {
    await this.browser.close();
  }
}
