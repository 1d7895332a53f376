// One question of a form: the field that it is answered in, and what is wrong with the answer.

import { h } from "./dom.js";
import { upload } from "./uploads.js";

const NOT_A_NUMBER = "请填写整数";

// `refresh` puts what the engine says into the element; it is called after every change of anything.
export function question(node, pressed) {
  const id = `q${node.nodeId.replaceAll(/[^A-Za-z0-9]/g, "-")}`;
  const field = FIELDS[node.nodeType]?.(node, id);
  if (!field) return null;
  const label = h(field.many ? "legend" : "label", field.many ? {} : { for: id });
  const hint = h("p", { class: "hint", id: `${id}-hint` });
  const wrong = h("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
  const element = h(field.many ? "fieldset" : "div", { class: "question", "data-name": node.definition.nodeset ?? "" });
  element.append(label, hint, ...field.parts, wrong);
  let left = false;
  element.addEventListener("focusout", () => { left = true; refresh(); });
  element.addEventListener("change", () => { left = true; });

  function refresh() {
    const { currentState: state, validationState } = node;
    element.hidden = !state.relevant;
    label.textContent = state.label?.asString ?? "";
    label.classList.toggle("must", state.required);
    hint.textContent = state.hint?.asString ?? "";
    hint.hidden = !hint.textContent;
    const told = field.wrong?.() ?? validationState.violation?.message?.asString ?? null;
    const shown = (left || pressed()) && told !== null;
    wrong.textContent = shown ? told : "";
    wrong.hidden = !shown;
    for (const one of field.parts.filter((part) => part.matches("input, select, textarea"))) {
      one.setAttribute("aria-invalid", String(shown));
      one.setAttribute("aria-describedby", `${id}-hint ${id}-wrong`);
    }
    field.refresh();
  }

  const asked = () => node.currentState.relevant;
  return {
    element, refresh,
    isWrong: () => asked() && (field.wrong?.() ?? null) !== null,
    file: () => (asked() ? (field.file?.() ?? null) : null),
  };
}

const FIELDS = { input, select, upload };

function input(node, id) {
  switch (node.valueType) {
    case "date":
    case "time":
      return typed(node, h("input", { id, type: node.valueType }), (text) => text.slice(0, 10));
    case "int":
      return whole(node, h("input", { id, type: "text", inputmode: "numeric", autocomplete: "off" }));
    case "geopoint":
      return position(node, id);
    case "barcode":
      return scanned(node, id);
    case "string": {
      if (node.appearances.multiline) return typed(node, h("textarea", { id, rows: "3" }));
      const keyboard = node.appearances.numbers ? { inputmode: "decimal" } : {};
      return typed(node, h("input", { id, type: "text", autocomplete: "off", ...keyboard }));
    }
    default:
      return null;
  }
}

// A field of the browser's own; `shown`: the engine's text as the field writes it.
function typed(node, field, shown = (text) => text) {
  field.addEventListener("input", () => node.setValue(field.value));
  const refresh = () => {
    const held = shown(node.currentState.instanceValue);
    const now = field.type === "time" ? held.slice(0, 5) : held;
    if (document.activeElement !== field && field.value !== now) field.value = now;
  };
  return { parts: [field], refresh };
}

function whole(node, field) {
  const good = () => /^-?[0-9]{0,10}$/.test(field.value);
  field.addEventListener("input", () => node.setValue(good() && /[0-9]/.test(field.value) ? field.value : null));
  const refresh = () => {
    const held = node.currentState.instanceValue;
    if (document.activeElement !== field && good() && field.value !== held) field.value = held;
  };
  return { parts: [field], refresh, wrong: () => (good() ? null : NOT_A_NUMBER) };
}

// A code that is scanned where the browser can, and typed in where it cannot.
function scanned(node, id) {
  const field = h("input", { id, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false" });
  const made = typed(node, field);
  if (!("BarcodeDetector" in globalThis)) return made;
  const camera = h("input", { type: "file", accept: "image/*", capture: "environment", hidden: true });
  const button = h("button", { type: "button", onclick: () => camera.click() }, "拍照识别二维码");
  camera.addEventListener("change", async () => {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    const found = await detector.detect(await createImageBitmap(camera.files[0])).catch(() => []);
    button.textContent = found.length ? "已识别，可重拍" : "没有认出二维码，请重拍";
    if (found.length) {
      node.setValue(found[0].rawValue);
      field.value = found[0].rawValue;
    }
  });
  return { ...made, parts: [field, button, camera] };
}

function position(node, id) {
  const said = h("p", { class: "small", id });
  const told = (text) => { said.textContent = text; };
  const got = ({ coords }) => {
    const { latitude, longitude, altitude, accuracy } = coords;
    node.setValue({ latitude, longitude, altitude: altitude ?? 0, accuracy });
  };
  const failed = () => told("没有取得位置，请打开定位后重试");
  const locate = () => {
    told("正在定位……");
    const how = { enableHighAccuracy: true, timeout: 30_000 };
    navigator.geolocation.getCurrentPosition(got, failed, how);
  };
  const buttons = [
    h("button", { type: "button", onclick: locate }, "取当前位置"),
    h("button", { type: "button", onclick: () => { node.setValue(null); told("未取位置"); } }, "清除"),
  ];
  const refresh = () => {
    const [latitude, longitude, , accuracy] = node.currentState.instanceValue.split(" ");
    if (longitude) told(`纬度 ${latitude}，经度 ${longitude}（误差约 ${Math.round(Number(accuracy))} 米）`);
    else if (!said.textContent) told("未取位置");
  };
  return { parts: [said, h("div", { class: "buttons" }, ...buttons)], refresh };
}

function select(node, id) {
  const one = node.selectType === "select1";
  const made = one && node.appearances.minimal ? dropDown(node, id) : boxes(node, id, one);
  let offered = "";
  return {
    ...made,
    refresh() {
      const options = node.currentState.valueOptions.map((option) => [option.value, option.label.asString]);
      const now = JSON.stringify(options);
      if (now !== offered) made.offer(options);
      offered = now;
      made.refresh();
    },
  };
}

function dropDown(node, id) {
  const field = h("select", { id, onchange: () => node.selectValue(field.value || null) });
  const offer = (options) => {
    const rows = [["", "请选择"], ...options];
    field.replaceChildren(...rows.map(([value, label]) => h("option", { value }, label)));
  };
  return { parts: [field], offer, refresh: () => { field.value = node.currentState.value[0] ?? ""; } };
}

function boxes(node, id, one) {
  const place = h("div");
  const ticked = () => [...place.querySelectorAll("input:checked")].map((box) => box.value);
  const changed = () => (one ? node.selectValue(ticked()[0] ?? null) : node.selectValues(ticked()));
  const box = ([value, label]) => {
    const field = h("input", { type: one ? "radio" : "checkbox", name: id, value, onchange: changed });
    return h("label", { class: "choice" }, field, label);
  };
  return {
    many: true,
    parts: [place],
    offer: (options) => place.replaceChildren(...options.map(box)),
    refresh: () => {
      const held = new Set(node.currentState.value);
      for (const field of place.querySelectorAll("input")) field.checked = held.has(field.value);
    },
  };
}
