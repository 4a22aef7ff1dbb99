import { redact } from '@gotk/auth';
import { GitError } from './git-error.ts';
import { DELIMITER, FLUSH, readPackets, renderPacket, textOf } from './pkt-line.ts';
import type { RemoteConnection } from './remote.ts';

export interface Ref {
  readonly name: string;
  /** What the reference points to: a commit, or an annotated tag. */
  readonly oid: string;
  /** What an annotated tag stands for in the end. */
  readonly peeled: string | undefined;
}

const MAX_ADVERTISEMENT_BYTES = 256 * 1024;
/** A million references of a hundred bytes. */
const MAX_REFS_BYTES = 128 * 1024 * 1024;

/** Learns that the server speaks protocol version 2. */
export async function handshake(remote: RemoteConnection, signal: AbortSignal): Promise<void> {
  const body = await remote.get('info/refs?service=git-upload-pack', { signal, maxBytes: MAX_ADVERTISEMENT_BYTES });
  let spoken = false;
  // Read to its end although one line decides: a connection with an answer half read cannot be used again.
  for await (const packet of readPackets(body)) {
    if (spoken || packet.kind !== 'data') continue;
    const line = textOf(packet.bytes);
    spoken = line === 'version 2';
    if (!spoken && !line.startsWith('# service=')) break;
  }
  if (!spoken) throw new GitError('protocol', 'the server does not speak version 2 of the Git protocol');
}

/** The references with these prefixes, by name. */
export async function lsRefs(
  remote: RemoteConnection,
  prefixes: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Ref>> {
  const refs = new Map<string, Ref>();
  for await (const ref of refsOf(remote, prefixes, signal)) refs.set(ref.name, ref);
  return refs;
}

/** Whether the repository has no reference at all. Does not wait for more than the first. */
export async function isEmpty(remote: RemoteConnection, signal: AbortSignal): Promise<boolean> {
  for await (const _ of refsOf(remote, [], signal)) return false;
  return true;
}

/** As the server lists them. Names that no Git would accept are left out: they are somebody's attempt at something. */
async function* refsOf(remote: RemoteConnection, prefixes: readonly string[], signal: AbortSignal): AsyncGenerator<Ref> {
  const request = [
    renderPacket('command=ls-refs'),
    DELIMITER,
    renderPacket('peel'),
    ...prefixes.map((prefix) => renderPacket(`ref-prefix ${prefix}`)),
    FLUSH,
  ].join('');
  const body = await remote.post('git-upload-pack', request, { signal, maxBytes: MAX_REFS_BYTES });
  for await (const packet of readPackets(body)) {
    if (packet.kind !== 'data') continue;
    const line = textOf(packet.bytes);
    if (line.startsWith('ERR '))
      throw new GitError('protocol', `the server refused to list references: ${redact(line.slice(4)).slice(0, 200)}`);
    const [oid = '', name = '', ...attributes] = line.split(' ');
    const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
    if (!isObjectId(oid) || !isRefName(name) || !(peeled === undefined || isObjectId(peeled))) continue;
    // A server may send more than it was asked for (gitprotocol-v2, ls-refs).
    if (prefixes.length === 0 || prefixes.some((prefix) => name.startsWith(prefix))) yield { name, oid, peeled };
  }
}

/** Whether this is the id of an object, in full: it also names files. */
export const isObjectId = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

/** Longer than any that a Git could keep in a file. */
const MAX_NAME = 4_096;

/** The rules of git-check-ref-format that keep a name from meaning something else. */
export function isRefName(name: string): boolean {
  if (name === 'HEAD') return true;
  if (name.length > MAX_NAME) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what the rule is about.
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(name)) return false;
  const parts = name.split('/');
  return parts.length >= 2 && parts[0] === 'refs' && parts.every((part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock'));
}
