import { GitError } from '../git-error.ts';
import type { Limits, Transport } from '../transport/transport.ts';
import { canFilter, type Greeting } from './greeting.ts';
import { DELIMITER, FLUSH, renderPacket, textOf } from './pkt-line.ts';
import { packOf, refusal } from './side-band.ts';

export interface FetchRequest {
  /** Ids of commits, or of annotated tags. */
  readonly wants: readonly string[];
  /** Commits of history, that of the wants among them; all of it when undefined. */
  readonly depth?: number;
  /** Which objects to leave out, such as `tree:0`; a server that cannot sends them all (git-rev-list, `--filter`). */
  readonly filter?: string;
}

/** A pack from a server of protocol version 2, as it arrives. */
export async function* fetchByCommand(
  transport: Transport,
  { greeting, wants, depth, filter }: FetchRequest & { readonly greeting: Greeting },
  limits: Limits,
): AsyncGenerator<Buffer> {
  const lines = [
    'ofs-delta',
    'no-progress',
    ...(depth === undefined ? [] : [`deepen ${depth}`]),
    ...(filter !== undefined && canFilter(greeting) ? [`filter ${filter}`] : []),
    ...wants.map((want) => `want ${want}`),
    'done',
  ];
  const request = [renderPacket('command=fetch'), DELIMITER, ...lines.map(renderPacket), FLUSH].join('');
  await using answer = await transport.ask(request, limits);
  // The sections before the pack end with delimiters; one that ends the answer means that there is none.
  for (let packet = await answer.next(); ; packet = await answer.next()) {
    if (packet === undefined || packet.kind === 'flush') throw new GitError('protocol', 'the server sent no pack');
    if (packet.kind !== 'data') continue;
    const line = textOf(packet.bytes);
    if (line.startsWith('ERR ')) throw refusal(line.slice(4), wants);
    if (line === 'packfile') break;
  }
  yield* packOf(answer, wants);
  await answer.finish();
}
