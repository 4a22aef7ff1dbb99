import { redact } from '@gotk/auth';
import { GitError } from '../git-error.ts';
import type { Answer } from '../transport/transport.ts';
import { type Packet, textOf } from './pkt-line.ts';

/** What a server said first: which version of the protocol it speaks, and what it can do. */
export interface Greeting {
  /** Version 1 is version 0 with a line that says so. */
  readonly version: 0 | 2;
  /** By name; '' for those without a value. */
  readonly capabilities: ReadonlyMap<string, string>;
  /** The first line of a version 0 listing, without the capabilities; '' when it is empty. */
  readonly firstRef: string;
}

/** A server that has more to say about itself is up to something. */
const MAX_CAPABILITIES_BYTES = 256 * 1024;

/**
 * Reads a greeting, which begins with the name of the service over HTTP: to its end if it is of version 2, else to the first reference.
 * Throws `GitError` for one that is none, also for a repository whose objects are named by SHA-256.
 */
export async function readGreeting(answer: Answer, { announced }: { readonly announced: boolean }): Promise<Greeting> {
  let packet = await answer.next();
  let isExpected = !announced;
  if (packet !== undefined && lineOf(packet).startsWith('# service=')) {
    isExpected = true;
    packet = await answer.next();
    if (packet?.kind === 'flush') packet = await answer.next();
  }
  // A repository without references, as Git told of one before 2.41.
  if (packet?.kind === 'flush' && isExpected) return { version: 0, capabilities: new Map(), firstRef: '' };
  let line = lineOf(packet);
  if (line === 'version 2') return { version: 2, capabilities: await capabilitiesOf(answer), firstRef: '' };
  if (line === 'version 1') line = lineOf(await answer.next());
  if (line.startsWith('ERR ')) throw new GitError(kindOf(line), `the server refused: ${quoted(line.slice(4))}`);
  const [firstRef = '', capabilities] = line.split('\0');
  if (!/^[0-9a-f]{40,64} ./.test(firstRef)) throw new GitError('protocol', 'the server does not speak the Git protocol');
  const named = mapOf((capabilities ?? '').split(' '));
  expectSha1(named, firstRef.indexOf(' '));
  return { version: 0, capabilities: named, firstRef };
}

/** Whether a server can leave objects out of a pack. */
export const canFilter = ({ version, capabilities }: Greeting): boolean =>
  version === 2 ? (capabilities.get('fetch') ?? '').split(' ').includes('filter') : capabilities.has('filter');

async function capabilitiesOf(answer: Answer): Promise<ReadonlyMap<string, string>> {
  const lines: string[] = [];
  let bytes = 0;
  for (let packet = await answer.next(); packet !== undefined && packet.kind !== 'flush'; packet = await answer.next()) {
    const line = lineOf(packet);
    bytes += line.length + 4;
    if (bytes > MAX_CAPABILITIES_BYTES)
      throw new GitError('too-large', `the server's greeting has more than ${MAX_CAPABILITIES_BYTES} bytes`);
    lines.push(line);
  }
  const capabilities = mapOf(lines);
  expectSha1(capabilities, 40);
  return capabilities;
}

function mapOf(words: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    words.map((word) => {
      const [name = ''] = word.split('=', 1);
      return [name, word.slice(name.length + 1)];
    }),
  );
}

function expectSha1(capabilities: ReadonlyMap<string, string>, idLength: number): void {
  const format = capabilities.get('object-format') ?? 'sha1';
  if (format !== 'sha1' || idLength !== 40)
    throw new GitError('protocol', 'the objects of the repository are not named by SHA-1, which is not supported');
}

const lineOf = (packet: Packet | undefined): string => (packet?.kind === 'data' ? textOf(packet.bytes) : '');

/** A server's words, fit to be shown. */
export const quoted = (words: string): string => redact(words).trim().slice(0, 200);

/** Servers say why in words alone. */
export function kindOf(words: string): 'not-found' | 'unauthorized' | 'protocol' {
  if (/not found|not exist|does not appear to be a git repository|no such/i.test(words)) return 'not-found';
  return /denied|unauthori[sz]ed|forbidden|not authori[sz]ed|not allowed/i.test(words) ? 'unauthorized' : 'protocol';
}
