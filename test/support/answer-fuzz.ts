import type { Socket } from 'node:net';
import { RandomStream } from '../../src/runtime/user/random.js';

/** What a server sends, in which pieces, and whether it closes then. */
export interface FuzzedAnswer {
  pieces: Buffer[];
  closes: boolean;
}

const chunked = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n';
/** Answers as servers give them; one of them is then changed here and there. */
const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world',
  'HTTP/1.1 200 OK\r\nServer: x/1.0\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 9\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5, max=100\r\nVary: Accept\r\n\r\n{"a":"b"}',
  'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 4\r\n\r\nnope',
  `${chunked}5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n`,
  `${chunked}a;ext=1\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n`,
  `${chunked}00001f\r\n0123456789abcdef0123456789abcde\r\n0\r\n\r\n`,
  'HTTP/1.1 204 No Content\r\nSet-Cookie: a=b; Path=/\r\n\r\n',
  'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 20\r\n\r\n',
  'HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end',
  'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end',
  'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 200\r\nContent-Length: 2\r\nX-Empty:\r\nX-Tab:\ta\t\r\n\r\nok',
  'HTTP/1.1 201 Created\r\nUpgrade: h2c\r\nConnection: Upgrade, Keep-Alive\r\nContent-Length: 2\r\n\r\nok',
  'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\nX-Long: '.concat('y'.repeat(300), '\r\n\r\nerr'),
];
const PIECES = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  ':',
  '\0',
  '\x7f',
  '\xe9',
  '0',
  '9',
  'f',
  ';',
  ',',
  '\t',
  'HTTP/1.1 ',
  'Content-Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'transfer-encoding: gzip, chunked\r\n',
  ' folded\r\n',
  '-',
  '+',
  '0x',
  '0\r\n\r\n',
];

/** The same number gives the same answer. */
export function fuzzAnswer(number: number): FuzzedAnswer {
  const stream = new RandomStream([number, 1, 2, 3]);
  const upTo = (most: number) => Math.floor(stream.next() * most);
  let text = ANSWERS[upTo(ANSWERS.length)]!;
  for (let changes = upTo(4); changes > 0; changes--) text = change(text, upTo);
  const bytes = Buffer.from(text, 'latin1');
  const cuts = Array.from({ length: upTo(4) }, () => upTo(bytes.length + 1)).sort((a, b) => a - b);
  const pieces = [...cuts, bytes.length].map((end, at) => bytes.subarray(cuts[at - 1] ?? 0, end));
  return { pieces: pieces.filter(({ length }) => length > 0), closes: upTo(10) > 0 };
}

function change(text: string, upTo: (most: number) => number): string {
  const at = upTo(text.length + 1);
  const [before, after] = [text.slice(0, at), text.slice(at)];
  const piece = PIECES[upTo(PIECES.length)]!;
  switch (upTo(7)) {
    case 0:
      return before;
    case 1:
      return before + after.slice(1);
    case 2:
      return before + piece + after;
    case 3:
      return before + String.fromCharCode(upTo(256)) + after.slice(1);
    case 4:
      return before + piece + after.slice(piece.length);
    case 5:
      return before + after.slice(upTo(20)) + before.slice(-upTo(20));
    default:
      return text + ANSWERS[upTo(ANSWERS.length)]!.slice(0, upTo(60));
  }
}

/** Sends each piece when the one before has left, so that most arrive one by one. */
export async function sendPieces(socket: Socket, { pieces, closes }: FuzzedAnswer): Promise<void> {
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (closes) socket.end();
}
