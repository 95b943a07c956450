import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { resultJsonSchema } from '../../scripts/format-schema.mjs';
import { resultSchema } from '../../src/reporters/result/result-schema.js';

let validate: ValidateFunction | undefined;

/** What is wrong with a document: empty if it is as the schema says, with no field that the schema does not have. */
export function findSchemaErrors(document: unknown): string[] {
  validate ??= new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
    resultJsonSchema(resultSchema, { isClosed: true }),
  );
  if (validate(document)) return [];
  return validate.errors!.map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
