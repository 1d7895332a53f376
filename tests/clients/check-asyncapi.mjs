// Validates the AsyncAPI document named on the command line with AsyncAPI's own parser; exit 1 with every error or warning.
import { readFile } from "node:fs/promises";
import { Parser } from "@asyncapi/parser";

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], "utf8"));
const found = diagnostics.filter((entry) => entry.severity <= 1 && !["asyncapi-latest-version"].includes(entry.code));
for (const entry of found) console.error(`${entry.code} ${entry.path.join(".")}: ${entry.message}`);
if (found.length > 0 || document === undefined) process.exit(1);
console.log(`valid AsyncAPI ${document.version()}: ${document.channels().length} channels`);
