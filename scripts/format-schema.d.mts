import type { z } from 'zod';

export function resultJsonSchema(resultSchema: z.ZodType, options: { isClosed: boolean }): Record<string, unknown>;
export function formatResultSchema(resultSchema: z.ZodType): string;
