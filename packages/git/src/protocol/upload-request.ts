import { GitError } from '../git-error.ts';
import type { Limits, Transport } from '../transport/transport.ts';
import type { FetchRequest } from './fetch.ts';
import { canFilter, type Greeting } from './greeting.ts';
import { FLUSH, renderPacket, textOf } from './pkt-line.ts';
import { packOf, refusal } from './side-band.ts';

/**
 * A pack from a server of protocol version 0, as it arrives (gitprotocol-pack, "Packfile Negotiation"). We have nothing, so there is
 * nothing to negotiate: everything is said at once, which serves a process that listens as well as one that is started for each request.
 */
export async function* requestUpload(
  transport: Transport,
  { greeting, wants, depth, filter }: FetchRequest & { readonly greeting: Greeting },
  limits: Limits,
): AsyncGenerator<Buffer> {
  const can = (name: string): boolean => greeting.capabilities.has(name);
  const band = ['side-band-64k', 'side-band'].find(can);
  const filtered = filter !== undefined && canFilter(greeting);
  // Without these words a server of this version leaves a pack's offsets and a shallow border out of what it may send.
  const abilities = [band, ...['ofs-delta', 'no-progress', 'shallow'].filter(can), filtered ? 'filter' : undefined].filter(
    (name) => name !== undefined,
  );
  const request = [
    ...wants.map((want, index) => renderPacket(`want ${want}${index === 0 ? ` ${abilities.join(' ')}` : ''}`)),
    ...(depth !== undefined && can('shallow') ? [renderPacket(`deepen ${depth}`)] : []),
    ...(filtered ? [renderPacket(`filter ${filter}`)] : []),
    FLUSH,
    renderPacket('done'),
  ].join('');
  await using answer = await transport.ask(request, limits);
  for (let packet = await answer.next(); ; packet = await answer.next()) {
    // Older servers name their reason on the error output alone, and hang up.
    if (packet === undefined) throw new GitError('reference-not-found', `the server would not send commit ${wants[0]}: it hung up instead`);
    if (packet.kind !== 'data') continue;
    const line = textOf(packet.bytes);
    if (line.startsWith('ERR ')) throw refusal(line.slice(4), wants);
    if (line === 'NAK') break;
    if (!/^(?:un)?shallow /.test(line)) throw new GitError('protocol', 'the server sent no pack');
  }
  yield* band === undefined ? answer.rest() : packOf(answer, wants);
}
