// Validates the AsyncAPI document named on the command line; exit 1 with every error.
import { readFile } from 'node:fs/promises';
import { Parser } from '@asyncapi/parser';

const { document, diagnostics } = await new Parser().parse(await readFile(process.argv[2], 'utf8'));
const errors = diagnostics.filter((entry) => entry.severity === 0);
for (const entry of errors) console.error(`${entry.path.join('.')}: ${entry.message}`);
if (errors.length > 0 || document === undefined) process.exit(1);
console.log(`valid AsyncAPI ${document.version()}: ${document.channels().length} channels`);
