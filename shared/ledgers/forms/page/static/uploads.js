// Photos, files and signatures: chosen or drawn, made small enough, shown, and held for the instance that names them.

import { h } from "./dom.js";

const LARGEST = 6 * 1024 * 1024;
const MOST_PIXELS = 2048;
const BUSY = "正在处理，请稍候";
const PAD = { width: "600", height: "240" };

export function upload(node, id) {
  return [...node.appearances].includes("signature") ? signature(node, id) : chosen(node, id);
}

function chosen(node, id) {
  const { accept, type } = node.nodeOptions.media;
  const field = h("input", { id, type: "file", ...(accept === "*" ? {} : { accept }) });
  let told = null;
  let turn = 0;
  const tell = (text) => {
    told = text;
    field.dispatchEvent(new Event("focusout", { bubbles: true }));
  };
  const take = async (file) => {
    const mine = ++turn;
    tell(BUSY);
    const taken = type === "image" ? await smaller(file, node.maxPixels ?? MOST_PIXELS) : named(file);
    if (mine !== turn) return;
    const why = refused(taken);
    if (why === null) node.setValue(taken);
    tell(why);
  };
  field.addEventListener("change", () => {
    const [file] = field.files;
    if (file) void take(file);
  });
  const picture = h("canvas", { class: "picture", hidden: true });
  const said = h("p", { class: "small" });
  const dropped = () => {
    turn += 1;
    field.value = "";
    clear(node);
    tell(null);
  };
  const drop = h("button", { type: "button", onclick: dropped }, "清除");
  let shown = null;
  const refresh = () => {
    const file = held(node);
    drop.hidden = file === null && told === null;
    if (file === shown) return;
    shown = file;
    const size = file && `${Math.ceil(file.size / 1024)} KB`;
    said.textContent = file && !file.type.startsWith("image/") ? `${file.name}（${size}）` : (size ?? "");
    void draw(picture, file, 320);
  };
  return { parts: [field, picture, said, drop], refresh, wrong: () => told, file: () => held(node) };
}

function signature(node, id) {
  const pad = h("canvas", { ...PAD, class: "pad", id });
  const pen = pad.getContext("2d");
  let shown = null;
  let writing = false;
  let drawn = false;
  const at = ({ offsetX, offsetY }) => [offsetX * pad.width / pad.clientWidth, offsetY * pad.height / pad.clientHeight];
  pad.addEventListener("pointerdown", (event) => {
    pad.setPointerCapture(event.pointerId);
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  pad.addEventListener("pointermove", (event) => {
    if (!pad.hasPointerCapture(event.pointerId)) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  pad.addEventListener("pointerup", async () => {
    if (!drawn) return;
    writing = true;
    shown = await written(pad, "image/png", ".png");
    writing = false;
    node.setValue(shown);
    pad.dispatchEvent(new Event("focusout", { bubbles: true }));
  });
  const wiped = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, pad.width, pad.height);
  };
  const refresh = () => {
    const file = held(node);
    if (file === shown) return;
    shown = file;
    wiped();
    if (file) void createImageBitmap(file).then((bitmap) => pen.drawImage(bitmap, 0, 0));
  };
  wiped();
  const again = h("button", { type: "button", onclick: () => { clear(node); shown = null; drawn = false; wiped(); } }, "清除重签");
  const parts = [pad, h("div", { class: "buttons" }, again)];
  return { many: true, parts, refresh, wrong: () => (writing ? BUSY : null), file: () => held(node) };
}

// The file of a node. One without a name stands for none: a kept instance would get its old name again for null.
function held(node) {
  const file = node.currentState.value;
  return file?.name ? file : null;
}

function clear(node) {
  node.setValue(new File([], ""));
}

function refused(file) {
  if (file === null) return "请选择 JPEG、PNG 等格式的图片";
  if (file.size === 0) return "文件是空的，请重新选择";
  return file.size > LARGEST ? "文件超过 6 MB，请压缩后重新选择" : null;
}

// A photo as small as the form asks for. It is written anew: the place and the camera that stand in it stay behind.
async function smaller(file, most) {
  const bitmap = await createImageBitmap(file).catch(() => null);
  if (bitmap === null) return null;
  const canvas = h("canvas");
  scaled(canvas, bitmap, most);
  return written(canvas, "image/jpeg", ".jpg");
}

async function draw(canvas, file, most) {
  const bitmap = file?.type.startsWith("image/") ? await createImageBitmap(file).catch(() => null) : null;
  canvas.hidden = bitmap === null;
  if (bitmap) scaled(canvas, bitmap, most);
}

function scaled(canvas, bitmap, most) {
  const by = Math.min(1, most / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * by));
  canvas.height = Math.max(1, Math.round(bitmap.height * by));
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
}

function written(canvas, type, ending) {
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(new File([blob], crypto.randomUUID() + ending, { type })), type, 0.85);
  });
}

// A document under a name that no other file of the form has and that needs no quotes.
function named(file) {
  const [, base, ending] = /^(.*?)(\.[A-Za-z0-9]{1,8})?$/su.exec(file.name);
  const plain = base.replaceAll(/[^\p{L}\p{N}_-]+/gu, "_").slice(0, 60);
  return new File([file], `${plain}-${crypto.randomUUID().slice(0, 8)}${ending ?? ""}`, { type: file.type });
}
