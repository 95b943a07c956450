import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { RefusedRequest } from './problem.js';

const MEDIA_TYPES = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
} as const;

export type PageFile = keyof typeof MEDIA_TYPES;

/** What a browser is given. */
export type PageFiles = Readonly<Record<PageFile, string>>;

/**
 * What a page of this server may do: run its own script, show its own style, and talk to this server. Nothing that
 * stands in a name can become a script, and no other page can show this one.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Loadwright</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page.css">
</head>
<body>
<div id="page"><noscript>This page is drawn by a script, and the browser was told to run none.</noscript></div>
<script src="/page.js"></script>
</body>
</html>
`;

/** The page as the build left it, `folder` being where; undefined where it was not built. */
export function readPageFiles(folder: URL): PageFiles | undefined {
  if (!existsSync(new URL('page.js', folder))) return undefined;
  const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
  return { 'index.html': DOCUMENT, 'page.js': read('page.js'), 'page.css': read('page.css') };
}

/** Asked for again each time, and sent again only when it is another one. */
export function servePageFile(files: PageFiles | undefined, file: PageFile, request: Request): Response {
  const text = files?.[file];
  if (text === undefined) throw new RefusedRequest('NOT_FOUND', 'The page is not built.', { hint: 'npm run build' });
  const etag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  const policy: Record<string, string> = file === 'index.html' ? { 'content-security-policy': PAGE_POLICY } : {};
  // All of them also where nothing is sent: a browser takes them over for what it kept.
  const headers = { etag, 'cache-control': 'no-cache', 'content-type': MEDIA_TYPES[file], ...policy };
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
  return new Response(text, { headers });
}
