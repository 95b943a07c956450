// The JSON Schema of what `--json` writes, from src/reporters/result/result-schema.ts.
import * as z from 'zod';

/** `isClosed`: fields it does not know are wrong. The published one lets them be, so that later versions may add some. */
export function resultJsonSchema(resultSchema, { isClosed }) {
  const { $schema, ...schema } = z.toJSONSchema(resultSchema, { io: isClosed ? 'output' : 'input' });
  return { $schema, title: 'Result of a run of Loadwright', ...schema };
}

export function formatResultSchema(resultSchema) {
  return `${JSON.stringify(resultJsonSchema(resultSchema, { isClosed: false }), null, 2)}\n`;
}
