import { createHash } from 'node:crypto';

/** What the page is made of, as the build leaves it. */
export interface PageAssets {
  script: string;
  style: string;
}

export interface DocumentParts extends PageAssets {
  title: string;
  /** JSON, which the script reads. */
  data: string;
}

/**
 * One HTML file that needs nothing else: no request ever leaves it, which its content security policy makes sure of.
 * Scripts and styles run by their hashes alone, so nothing in a name can become one.
 */
export function formatHtmlDocument({ title, script, style, data }: DocumentParts): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="page"><noscript>This report is drawn by a script that it brings along; the browser was told to run none.</noscript></div>
<script type="application/json" id="data">${escapeData(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Inside of a string of JSON this is the same character, and no tag or comment can begin with it. */
function escapeData(json: string): string {
  return json.replaceAll('<', '\\u003c');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
