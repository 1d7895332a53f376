// A form out of its XForm: the engine decides what is shown, required and right; here it is drawn.

import { h } from "./dom.js";
import { question } from "./questions.js";
import { loadForm } from "./xforms-engine.js";

const INSTANCE = "xml_submission_file";
const SILENT = new Set(["model-value", "attribute"]);

export class FormUnusable extends Error {}

export class FormView {
  #refreshers = [];
  #questions = [];
  #pressed = false;
  #due = false;

  // `xml`: of the form; `areas`: its list of areas as CSV; `kept`: an instance that is to be corrected, with its files.
  static async open(xml, areas, kept = null) {
    const list = async () => new Response(areas, { headers: { "content-type": "text/csv" } });
    const form = await loadForm(xml, { fetchFormAttachment: list });
    if (form.status === "failure") throw new FormUnusable("表单无法打开");
    const view = new FormView();
    const config = { stateFactory: (state) => view.#watched(state) };
    if (kept === null) {
      view.root = form.createInstance(config).root;
    } else {
      const data = new FormData();
      data.append(INSTANCE, new File([kept.instance], "instance.xml", { type: "text/xml" }));
      for (const file of kept.files) data.append(file.name, file);
      view.root = (await form.restoreInstance({ data: [data] }, config)).root;
    }
    view.element = h("div");
    view.#children(view.root, view.element);
    view.#refresh();
    return view;
  }

  // The filled instance as XML with its files; null while something is wrong, which is then shown.
  async instance() {
    this.#pressed = true;
    this.#refresh();
    const first = this.element.querySelector(".question:not([hidden]) .wrong:not([hidden])");
    const drawn = this.#questions.filter((one) => one.element.isConnected);
    if (this.root.validationState.violations.length || drawn.some((one) => one.isWrong())) {
      first?.closest(".question").scrollIntoView({ block: "center" });
      first?.closest(".question").querySelector("input, select, textarea")?.focus();
      return null;
    }
    const payload = await this.root.prepareInstancePayload({ payloadType: "monolithic" });
    // The engine's own files would be those that were chosen since the instance was opened.
    const files = drawn.map((one) => one.file()).filter((file) => file !== null);
    return { instance: await payload.data[0].get(INSTANCE).text(), files };
  }

  #watched(state) {
    return new Proxy(state, {
      set: (target, name, value) => {
        target[name] = value;
        this.#soon();
        return true;
      },
    });
  }

  #soon() {
    if (this.#due) return;
    this.#due = true;
    queueMicrotask(() => { this.#due = false; this.#refresh(); });
  }

  #refresh() {
    for (const refresh of this.#refreshers) refresh();
  }

  // The children of a node, drawn in order, and drawn anew when there are more or fewer of them.
  #children(node, place) {
    const drawn = new Map();
    const refresh = () => {
      const now = node.currentState.children;
      for (const [child, element] of drawn) {
        if (now.includes(child)) continue;
        element?.remove();
        drawn.delete(child);
      }
      for (const child of now) {
        if (drawn.has(child)) continue;
        const element = this.#draw(child);
        drawn.set(child, element);
        if (element) place.append(element);
      }
    };
    refresh();
    this.#refreshers.push(refresh);
  }

  #draw(node) {
    if (SILENT.has(node.nodeType) || node.definition.bodyElement === null) return null;
    switch (node.nodeType) {
      case "group":
      case "repeat-range:controlled":
        // Around the one page of a row stands the row's own heading.
        return this.#section(node, "h2", () => {
          return node.parent.nodeType === "repeat-instance" ? "" : (node.currentState.label?.asString ?? "");
        });
      case "repeat-instance":
        return this.#section(node, "h3", () => `第 ${node.parent.currentState.children.indexOf(node) + 1} 行`);
      default: {
        const made = question(node, () => this.#pressed);
        if (made === null) throw new FormUnusable("表单中有本页面不支持的题目，请用手机应用填报");
        this.#questions.push(made);
        this.#refreshers.push(made.refresh);
        made.refresh();
        return made.element;
      }
    }
  }

  #section(node, heading, titled) {
    const title = h(heading);
    const section = h("section", {}, title);
    this.#children(node, section);
    this.#refreshers.push(() => {
      section.hidden = !node.currentState.relevant || section.childElementCount < 2;
      title.textContent = titled();
      title.hidden = !title.textContent;
    });
    return section;
  }
}
