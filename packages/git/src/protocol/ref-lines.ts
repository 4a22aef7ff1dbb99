import { GitError } from '../git-error.ts';
import type { Answer } from '../transport/transport.ts';
import { quoted } from './greeting.ts';
import { textOf, type Unwanted } from './pkt-line.ts';
import type { Wanted } from './ref.ts';

const SPACE = 0x20;
const OID_CHARACTERS = 40;

/**
 * The lines of a listing up to its end, but for most of those that name nothing wanted: a server may list a million references that nobody has asked for.
 * Throws `GitError` for a server that refuses.
 */
export async function* refLines(answer: Answer, wanted: Wanted): AsyncGenerator<string> {
  const unwanted = ofOthers(wanted);
  for (;;) {
    answer.passOver(unwanted);
    const packet = await answer.next();
    if (packet === undefined || packet.kind === 'flush') return;
    if (packet.kind !== 'data' || unwanted(packet.bytes, 0, packet.bytes.length)) continue;
    const line = textOf(packet.bytes);
    if (line.startsWith('ERR ')) throw new GitError('protocol', `the server refused to list references: ${quoted(line.slice(4))}`);
    yield line;
  }
}

/** Whether a line is `<id> <name>` with the name of something else. Whatever is no such line is for those who read on. */
function ofOthers({ prefixes }: Wanted): Unwanted {
  if (prefixes.length === 0) return () => false;
  const beginnings = prefixes.map((prefix) => Buffer.from(prefix));
  return (buffer, from, to) => {
    const name = from + OID_CHARACTERS + 1;
    if (name > to || buffer[name - 1] !== SPACE || !isHexadecimal(buffer[from] ?? 0)) return false;
    return !beginnings.some((beginning) => beginning.length <= to - name && startsWith(buffer, name, beginning));
  };
}

function startsWith(buffer: Buffer, at: number, beginning: Buffer): boolean {
  for (let index = 0; index < beginning.length; index++) if (buffer[at + index] !== beginning[index]) return false;
  return true;
}

/** Of lower case, as ids are: no word that a line may begin with otherwise (`ERR`, `shallow`, `unborn`) begins so. */
const isHexadecimal = (code: number): boolean => (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
