// The five flows (tests/clients/flows.py) by a client generated out of the published OpenAPI document, with what a
// stranger relies on besides: the same key gives the same bytes, and a version that is known is not sent again.
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

interface Told {
  origin: string;
  clerk: string;
  worker: string;
  village: string;
  grid: string;
  indicator: string;
  nobody: string;
  household: Schemas["FoundHousehold"];
  birth: Schemas["RegisterPerson"];
  incident: Schemas["ReportIncident"];
  extract: Schemas["SignExtract"];
}

const told = JSON.parse(process.env["FLOWS"] ?? "{}") as Told;
const bodies: string[] = [];

function client(token: string) {
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

function require(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new Error(sentence);
}

function good<T>(answer: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  const { error, data } = answer;
  if (error !== undefined) throw new Error(`${error.status} ${error.code}: ${error.title} ${JSON.stringify(error.errors)}`);
  require(data !== undefined, "a success without a body");
  return data;
}

function position(answer: { response: Response }): string {
  const told = answer.response.headers.get("Xiangli-Position");
  require(told !== null, "what was announced is told");
  return told;
}

const clerk = client(told.clerk);
const worker = client(told.worker);

async function population(min_position?: string): Promise<number | null | undefined> {
  const query = { area: told.village, code: [told.indicator], ...(min_position === undefined ? {} : { min_position }) };
  return good(await clerk.GET("/indicators/v1/values", { params: { query } })).values[0]?.value;
}

// 1  A household
const before = await population();
const params = { header: { "Idempotency-Key": crypto.randomUUID() } };
const founded = await clerk.POST("/registry/v1/households", { params, body: told.household });
const first = bodies.at(-1);
const household = good(founded);
require(founded.response.headers.get("Location") === `/registry/v1/households/${household.id}`, "its place is told");
const repeated = good(await clerk.POST("/registry/v1/households", { params, body: told.household }));
require(first === bodies.at(-1), "the same request got another answer");
const tag = founded.response.headers.get("ETag");
require(tag !== null, "the version is told");
const place = { path: { id: household.id }, header: { "If-None-Match": tag } };
const known = await clerk.GET("/registry/v1/households/{id}", { params: place });
require(known.response.status === 304, "what is known is not sent again");
const withHousehold = await population(position(founded));

// 2  A birth
const born = await clerk.POST("/registry/v1/persons", { body: told.birth });
const child = good(await clerk.GET("/registry/v1/persons/{id}", { params: { path: { id: good(born).id } } }));
const withChild = await population(position(born));

// 3  An incident at a point
const { polygon } = good(await worker.GET("/grid/v1/grids/{code}", { params: { path: { code: told.grid } } }));
const ring = polygon.slice(0, -1);
const mean = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
const point = { longitude: mean(ring.map((one) => one[0] ?? NaN)), latitude: mean(ring.map((one) => one[1] ?? NaN)) };
const report = { ...told.incident, point };
const incident = good(await worker.POST("/grid/v1/incidents", { body: report }));

// 4  A case, for the person of a signed extract
const { items } = good(await clerk.GET("/services-hall/v1/items"));
const item = items.find((one) => one.published?.levels.includes(12));
const head = household.members[0]?.person_id;
require(item !== undefined && head !== undefined, "there is what the case needs");
const signed = await clerk.POST("/registry/v1/persons/{id}/extracts", { params: { path: { id: head } }, body: told.extract });
const submitted = good(
  await clerk.POST("/services-hall/v1/cases", {
    params: { query: { min_position: position(born) } },
    body: { item_id: item.id, area: told.village, extract: good(signed).extract },
  }),
);

// 5  Figures, and a refusal with its code
const missing = await clerk.GET("/registry/v1/persons/{id}", { params: { path: { id: told.nobody } } });
const came = {
  household: household.id,
  repeated: repeated.id,
  members: household.members.length,
  birth_month: child.birth_month,
  incident: [incident.area, incident.status],
  case: [submitted.number, submitted.status],
  population: [before, withHousehold, withChild],
  refusal: [missing.error?.status, missing.error?.code],
};
console.log(JSON.stringify(came));
