// The service and the login: OpenRosa as a device of a worker, and the authorization code flow with PKCE.

const OPENROSA = { "X-OpenRosa-Version": "1.0" };
const WAITING = "xiangli-login";
const PART_BYTES = 6 * 1024 * 1024;
const PART_FILES = 30;
const MORE_COMES = 202;

export class Server {
  // `home`: the address of this page; the service's API is one step above it.
  constructor(home) {
    this.home = home;
    this.api = new URL("..", home).href.replace(/\/$/, "");
  }

  async config() {
    return (await fetch(new URL("config.json", this.home))).json();
  }

  // What came of a request of the device: `status` 0 without a network; `told`: the sentence for the worker.
  async ask(device, path, options = {}) {
    const secret = btoa(`${device.username}:${device.password}`);
    const headers = { ...OPENROSA, Authorization: `Basic ${secret}` };
    try {
      const asked = { ...options, headers, credentials: "omit", cache: "no-store" };
      const answer = await fetch(`${this.api}/openrosa/${path}`, asked);
      const text = await answer.text();
      const message = text.startsWith("<") ? read(text).querySelector("message") : null;
      return { status: answer.status, text, told: message?.textContent ?? "" };
    } catch {
      return { status: 0, text: "", told: "" };
    }
  }

  async forms(device) {
    const answer = await this.ask(device, "formList");
    if (answer.status !== 200) return { ...answer, forms: [] };
    const of = (one, name) => one.querySelector(name)?.textContent ?? "";
    const forms = [...read(answer.text).querySelectorAll("xform")].map((one) => ({
      code: of(one, "formID"), title: of(one, "name"), version: of(one, "version"), hash: of(one, "hash"),
    }));
    return { ...answer, forms };
  }

  // An instance with its files; what is too much for one request comes in several, each with the whole instance.
  async submit(device, instance, files) {
    const parts = packed(files);
    for (const [at, some] of parts.entries()) {
      const body = new FormData();
      body.append("xml_submission_file", new File([instance], "instance.xml", { type: "text/xml" }));
      for (const file of some) body.append(file.name, file);
      if (at < parts.length - 1) body.append("*isIncomplete*", "yes");
      const answer = await this.ask(device, "submission", { method: "POST", body });
      if (answer.status !== MORE_COMES) return answer;
    }
    throw new Error("the last part was answered as if more came");
  }

  // To the login; the browser comes back to this page with a code.
  async login() {
    const { issuer, client } = await this.config();
    const verifier = random(32);
    const state = random(16);
    sessionStorage.setItem(WAITING, JSON.stringify({ verifier, state }));
    const asked = new URL((await discovered(issuer)).authorization_endpoint);
    const challenge = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
    const query = {
      response_type: "code", client_id: client, redirect_uri: this.home, scope: "openid", state,
      code_challenge: challenge, code_challenge_method: "S256",
    };
    Object.entries(query).forEach(([name, value]) => asked.searchParams.set(name, value));
    location.assign(asked);
  }

  // A token for the code with which the browser came back; null if it did not, or not from our own login.
  async cameBack() {
    const query = new URL(location.href).searchParams;
    const waiting = JSON.parse(sessionStorage.getItem(WAITING) ?? "null");
    if (!query.has("state")) return null;
    sessionStorage.removeItem(WAITING);
    history.replaceState(null, "", this.home);
    if (!waiting || query.get("state") !== waiting.state || !query.has("code")) return null;
    const { issuer, client } = await this.config();
    const body = new URLSearchParams({
      grant_type: "authorization_code", code: query.get("code"), redirect_uri: this.home, client_id: client,
      code_verifier: waiting.verifier,
    });
    const asked = { method: "POST", body, credentials: "omit" };
    const answer = await fetch((await discovered(issuer)).token_endpoint, asked);
    return answer.ok ? (await answer.json()).access_token : null;
  }

  // This browser becomes a device of the worker who logged in, or is confirmed as the one that it is already.
  async enrol(token, known) {
    if (known) {
      const confirmed = await this.#post(token, `devices/${known.username}/confirm`);
      if (confirmed.ok) return { device: known };
    }
    const answer = await this.#post(token, "devices", { days: 30 });
    const told = await answer.json();
    if (!answer.ok) return { told: [told.title, told.advice].filter(Boolean).join("；") };
    return { device: { username: told.username, password: told.password, worker: told.device.worker } };
  }

  #post(token, path, body) {
    const headers = {
      Authorization: `Bearer ${token}`, "Content-Type": "application/json", "Idempotency-Key": crypto.randomUUID(),
    };
    const content = body === undefined ? undefined : JSON.stringify(body);
    return fetch(`${this.api}/${path}`, { method: "POST", headers, body: content, credentials: "omit" });
  }
}

function packed(files) {
  const parts = [[]];
  let size = 0;
  for (const file of files) {
    const full = size + file.size > PART_BYTES || parts.at(-1).length === PART_FILES;
    if (full && parts.at(-1).length) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1).push(file);
    size += file.size;
  }
  return parts;
}

async function discovered(issuer) {
  const answer = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, { credentials: "omit" });
  return answer.json();
}

function read(text) {
  return new DOMParser().parseFromString(text, "text/xml");
}

function random(bytes) {
  return base64(crypto.getRandomValues(new Uint8Array(bytes)));
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
