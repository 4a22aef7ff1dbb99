import type { Limits, Transport } from '../transport/transport.ts';
import { DELIMITER, FLUSH, renderPacket } from './pkt-line.ts';
import { isWanted, type Ref, type Wanted } from './ref.ts';
import { refLines } from './ref-lines.ts';

/** The references that a server of protocol version 2 lists, as it lists them. */
export async function* listRefs(transport: Transport, wanted: Wanted, limits: Limits): AsyncGenerator<Ref> {
  const request = [
    renderPacket('command=ls-refs'),
    DELIMITER,
    renderPacket('peel'),
    ...wanted.prefixes.map((prefix) => renderPacket(`ref-prefix ${prefix}`)),
    FLUSH,
  ].join('');
  await using answer = await transport.ask(request, limits);
  for await (const line of refLines(answer, wanted)) {
    const ref = parseRef(line);
    if (isWanted(ref, wanted)) yield ref;
  }
  await answer.finish();
}

/** `<id> <name>`, and attributes of which one matters here. */
function parseRef(line: string): Ref {
  const [oid = '', name = '', ...attributes] = line.split(' ');
  const peeled = attributes.find((attribute) => attribute.startsWith('peeled:'))?.slice('peeled:'.length);
  return { name, oid, peeled };
}
