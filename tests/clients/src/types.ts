// What the compiler must refuse: without it the generated types would promise nothing. Never run.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

const client = createClient<paths>({ baseUrl: "http://127.0.0.1" });

// @ts-expect-error a path that is not there
void client.GET("/registry/v1/people");
// @ts-expect-error a method that is not there
void client.DELETE("/registry/v1/persons/{id}", { params: { path: { id: "x" } } });
// @ts-expect-error a path parameter left out
void client.GET("/registry/v1/persons/{id}");
// @ts-expect-error a query parameter that is required left out
void client.GET("/registry/v1/persons", { params: { query: {} } });
// @ts-expect-error a body of another kind
void client.POST("/registry/v1/households", { body: { kind: "tent" } });

// @ts-expect-error null where the document promises a number
export const version: components["schemas"]["HouseholdView"]["version"] = null;
// @ts-expect-error a status that the lifecycle does not know
export const status: components["schemas"]["IncidentView"]["status"] = "forgotten";
// @ts-expect-error a problem without its code
export const problem: components["schemas"]["Problem"] = { type: "t", title: "t", status: 404, errors: [], request_id: "r" };

// And what it must allow: a field with a default is left out, one that may be null is null.
export const search: components["schemas"]["SearchPersons"] = { document_number: "x", purpose: "verification" };
export const day: components["schemas"]["HouseholdView"]["dissolved_on"] = null;
