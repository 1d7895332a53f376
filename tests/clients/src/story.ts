// The story's first three steps, by a client generated out of the published OpenAPI document: a clerk registers a household,
// says it again with the same Idempotency-Key, and the figures of grid, village, town and county rise by two.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./api.js";

type Household = components["schemas"]["FoundHousehold"];
type Problem = components["schemas"]["Problem"];

interface Told {
  origin: string;
  clerk: string;
  officer: string;
  household: Household;
  areas: string[];
}

const told = JSON.parse(process.env["STORY"] ?? "{}") as Told;

function client(token: string, bodies: string[] = []) {
  const kept: Middleware = {
    async onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
    async onResponse({ response }) {
      bodies.push(await response.clone().text());
      return undefined;
    },
  };
  const made = createClient<paths>({ baseUrl: told.origin });
  made.use(kept);
  return made;
}

function refused(problem: Problem): never {
  throw new Error(`${problem.status} ${problem.code}: ${problem.title} ${JSON.stringify(problem.errors)}`);
}

function require(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

const officer = client(told.officer);

async function population(area: string, position?: string): Promise<number> {
  const query = { area, code: ["POP-RES"], ...(position === undefined ? {} : { min_position: position }) };
  const { data, error } = await officer.GET("/indicators/v1/values", { params: { query } });
  if (error !== undefined) refused(error);
  const value = data.values[0]?.value;
  require(typeof value === "number", `no figure of ${area}`);
  return value;
}

const bodies: string[] = [];
const clerk = client(told.clerk, bodies);
const before = new Map<string, number>();
for (const area of told.areas) before.set(area, await population(area));

// 1: registers
const params = { header: { "Idempotency-Key": crypto.randomUUID() } };
const first = await clerk.POST("/registry/v1/households", { params, body: told.household });
if (first.error !== undefined) refused(first.error);
require(first.response.status === 201, "a household is made");
require(first.data.members.length === 2, "with two members");
const made: components["schemas"]["HouseholdView"] = first.data;
require(first.response.headers.get("Location") === `/registry/v1/households/${made.id}`, "its place is told");
const position = first.response.headers.get("Xiangli-Position");
require(position !== null, "what was announced is told");

// 2: repeats
const again = await clerk.POST("/registry/v1/households", { params, body: told.household });
if (again.error !== undefined) refused(again.error);
require(bodies.length === 2 && bodies[0] === bodies[1], "the same request got another answer");

// What a stranger relies on besides: the version known is not sent again, and a refusal has a code.
const tag = first.response.headers.get("ETag");
require(tag !== null, "the version is told");
const path = { id: made.id };
const known = await clerk.GET("/registry/v1/households/{id}", { params: { path, header: { "If-None-Match": tag } } });
require(known.response.status === 304, "what is known is not sent again");
const nobody = "00000000-0000-7000-8000-000000000000";
const missing = await clerk.GET("/registry/v1/households/{id}", { params: { path: { id: nobody } } });
require(missing.error?.code === "not_found", "what is not there is not found");

// 3: counts
const rises: string[] = [];
for (const area of told.areas) {
  const now = await population(area, position);
  const was = before.get(area) ?? 0;
  require(now === was + 2, `population of ${area}: ${was} before, ${now} after two came`);
  rises.push(`${area} ${was}→${now}`);
}
console.log(`told: household ${made.id}, ${bodies[0]?.length} characters twice, ${rises.join(", ")}`);
