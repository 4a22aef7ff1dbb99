/** What is put into a watch between two events. */
export type Intrusion =
  /** A line that is no JSON. */
  | 'garbage'
  /** The first half of an event, as a line of its own. */
  | 'half-an-event'
  /** An event of 20 MiB. */
  | 'huge-event'
  /** The last event once more. */
  | 'duplicate'
  /** The first event that the watch brought, over which others have come: out of order. */
  | 'older-event'
  /** An ERROR event with status 410: the resourceVersion has left the server's window. */
  | 'expired';

/** What a held watch does with its events. `bookmarks`: those alone are swallowed. */
export type Holding = 'queue' | 'swallow' | 'bookmarks';

/** One watch on its way through the proxy, line by line. */
export interface WatchPipe {
  /** Bytes from the server, cut anywhere. */
  feed(chunk: Buffer): void;
  /** The server has ended the watch: passed on when nobody holds it. */
  end(): void;
  /** Returns false when there was nothing to make it of, such as a last event. */
  intrude(what: Intrusion): boolean;
  /** What is held now may have changed: sends what was queued and is free to go. */
  release(): void;
  /** Events passed on, held back, and swallowed. */
  readonly counts: { readonly passed: number; readonly queued: number; readonly swallowed: number };
}

export interface WatchPipeOptions {
  readonly write: (bytes: Buffer) => void;
  readonly end: () => void;
  /** Asked for each event. */
  readonly holding: () => Holding | undefined;
}

const HUGE_BYTES = 20 * 1024 * 1024;
const NEWLINE = 0x0a;

export function createWatchPipe({ write, end, holding }: WatchPipeOptions): WatchPipe {
  let past: Past = {};
  const counts = { passed: 0, queued: 0, swallowed: 0 };
  let queue: Buffer[] = [];
  let rest: Buffer = Buffer.alloc(0);
  let ended = false;

  const pass = (line: Buffer) => {
    counts.passed += 1;
    if (!isBookmark(line)) past = { first: past.first ?? line, last: line };
    write(line);
  };
  const take = (line: Buffer) => {
    const held = holding();
    if (held === undefined || (held === 'bookmarks' && !isBookmark(line))) return pass(line);
    if (held === 'queue') {
      queue.push(line);
      counts.queued += 1;
    } else counts.swallowed += 1;
  };
  const endIfFree = () => {
    const held = holding();
    if (ended && (held === undefined || held === 'bookmarks')) end();
  };

  return {
    counts,
    feed(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let at = rest.indexOf(NEWLINE); at !== -1; at = rest.indexOf(NEWLINE)) {
        take(rest.subarray(0, at + 1));
        rest = rest.subarray(at + 1);
      }
    },
    end() {
      ended = true;
      endIfFree();
    },
    intrude(what) {
      const line = intrusion(what, past);
      if (line !== undefined) write(line);
      return line !== undefined;
    },
    release() {
      const waiting = queue;
      queue = [];
      counts.queued = 0;
      for (const line of waiting) take(line);
      endIfFree();
    },
  };
}

interface Past {
  readonly first?: Buffer;
  readonly last?: Buffer;
}

/** The server renders the type first; an object's own text cannot come before it. */
const isBookmark = (line: Buffer): boolean => line.subarray(0, 32).includes('"type":"BOOKMARK"');

function intrusion(what: Intrusion, { first, last }: Past): Buffer | undefined {
  switch (what) {
    case 'garbage':
      return Buffer.from('\u0000 this is <no> event\n');
    case 'half-an-event':
      return last && Buffer.concat([last.subarray(0, last.length / 2), Buffer.from('\n')]);
    case 'huge-event': {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'huge' }, data: { text: 'x'.repeat(HUGE_BYTES) } };
      return renderEvent('MODIFIED', object);
    }
    case 'duplicate':
      return last;
    case 'older-event':
      return first === last ? undefined : first;
    case 'expired':
      return renderEvent('ERROR', {
        apiVersion: 'v1',
        kind: 'Status',
        status: 'Failure',
        reason: 'Expired',
        code: 410,
        message: 'too old',
      });
  }
}

const renderEvent = (type: string, object: unknown): Buffer => Buffer.from(`${JSON.stringify({ type, object })}\n`);
