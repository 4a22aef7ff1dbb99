import type { Answer } from '../transport/transport.ts';
import { isWanted, type Ref, type Wanted } from './ref.ts';
import { refLines } from './ref-lines.ts';

const PEELED = '^{}';

/**
 * The references that a server of protocol version 0 lists unasked (gitprotocol-pack, "Reference Discovery"): all that it has, each
 * annotated tag followed by what it stands for. Reads to the end, unless the caller stops.
 */
export async function* advertisedRefs(answer: Answer, firstRef: string, wanted: Wanted): AsyncGenerator<Ref> {
  if (firstRef === '') return await answer.finish();
  let held = refOf(firstRef);
  for await (const line of refLines(answer, wanted)) {
    // They come last, and tell of the server's own history.
    if (line.startsWith('shallow ')) continue;
    const ref = refOf(line);
    if (ref.name === `${held.name}${PEELED}`) held = { ...held, peeled: ref.oid };
    else {
      if (!isPlaceholder(held) && isWanted(held, wanted)) yield held;
      held = ref;
    }
  }
  if (!isPlaceholder(held) && isWanted(held, wanted)) yield held;
  await answer.finish();
}

/** A repository without references says what it can do in the place of one. */
const isPlaceholder = ({ name }: Ref): boolean => name === `capabilities${PEELED}`;

function refOf(line: string): Ref {
  const [oid = ''] = line.split(' ', 1);
  return { oid, name: line.slice(oid.length + 1), peeled: undefined };
}
