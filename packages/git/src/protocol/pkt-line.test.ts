import { describe, expect, test } from 'vitest';
import { GitError } from '../git-error.ts';
import { DELIMITER, FLUSH, type Packet, packetReader, renderPacket, textOf } from './pkt-line.ts';

/** The input in pieces of so many bytes. */
async function* inPieces(input: Buffer, bytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < input.length; at += bytes) yield input.subarray(at, at + bytes);
}

async function* readPackets(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Packet> {
  const reader = packetReader(chunks);
  for (let packet = await reader.next(); packet !== undefined; packet = await reader.next()) yield packet;
}

async function decode(input: string | Buffer, pieceBytes = 4_096): Promise<readonly string[]> {
  const shown: string[] = [];
  for await (const packet of readPackets(inPieces(Buffer.from(input), pieceBytes))) shown.push(show(packet));
  return shown;
}

const show = (packet: Packet): string => (packet.kind === 'data' ? `data ${JSON.stringify(textOf(packet.bytes))}` : packet.kind);

describe('packets', () => {
  const input = `${renderPacket('version 2')}${DELIMITER}${renderPacket('größer')}0004${FLUSH}0002`;
  const decoded = ['data "version 2"', 'delimiter', 'data "größer"', 'data ""', 'flush', 'response-end'];

  test.each([1, 2, 3, 4, 5, 7, 16, 1_000])('are the same when they arrive in pieces of %i bytes', async (bytes) => {
    expect(await decode(input, bytes)).toEqual(decoded);
  });

  test('may be as long as four digits can say', async () => {
    const long = Buffer.concat([Buffer.from('ffff'), Buffer.alloc(0xffff - 4, 'x'), Buffer.from(FLUSH)]);

    expect(await decode(long, 10_000)).toEqual([`data "${'x'.repeat(0xffff - 4)}"`, 'flush']);
  });

  test('are what was rendered, whatever the text', async () => {
    for (const text of ['', 'a', 'ü', '\n', 'x'.repeat(65_515)]) expect(await decode(renderPacket(text))).toEqual([show(dataOf(text))]);
  });

  test.each([1, 7, 50, 1_000])('that nobody wants are passed over as far as they are at hand, in pieces of %i bytes', async (bytes) => {
    const lines = ['no 1', 'no 2', 'yes 1', 'no 3', 'yes 2'];
    const reader = packetReader(inPieces(Buffer.from(`${lines.map(renderPacket).join('')}${FLUSH}`), bytes));
    const seen: string[] = [];
    for (;;) {
      reader.passOver((buffer, from, to) => buffer.toString('utf8', from, to).startsWith('no'));
      const packet = await reader.next();
      if (packet?.kind !== 'data') break;
      seen.push(textOf(packet.bytes));
    }
    // One that was not there yet as a whole is the reader's next.
    expect(seen.filter((line) => line.startsWith('yes'))).toEqual(['yes 1', 'yes 2']);
    expect(seen.filter((line) => line.startsWith('no')).length).toBeLessThanOrEqual(bytes === 1_000 ? 1 : 3);
  });

  test('cost the same however small the pieces are', async () => {
    const input = Buffer.from(renderPacket('x'.repeat(65_000)).repeat(8));
    const { user } = process.cpuUsage();

    expect(await decode(input, 1)).toHaveLength(8);

    expect((process.cpuUsage().user - user) / 1_000).toBeLessThan(3_000);
  });
});

const dataOf = (text: string): Packet => ({ kind: 'data', bytes: Buffer.from(`${text}\n`) });

describe('what is no packet is refused', () => {
  test.each([
    ['a length that is not hexadecimal', 'zzzz'],
    ['a page of HTML', '<!DOCTYPE html>'],
    ['a negative length', '-001'],
    ['a length with a sign', '+00a123456'],
    ['a length with a space', ' 00a123456'],
    ['a length with a radix', '0x0a123456'],
    ['length 3, which cannot hold its own digits', '0003'],
    ['a length that the input does not have', '000aabc'],
    ['the longest length without content', 'ffff'],
    ['an end within the length', '00'],
  ])('%s', async (_, input) => {
    for (const bytes of [1, 4_096]) {
      await expect(decode(input, bytes)).rejects.toThrow(GitError);
      await expect(decode(input, bytes)).rejects.toMatchObject({ kind: 'protocol' });
    }
  });

  test('what came before it is still delivered', async () => {
    const packets = readPackets(inPieces(Buffer.from(`${renderPacket('good')}0003`), 100));

    expect(await packets.next()).toMatchObject({ value: { kind: 'data' } });
    await expect(packets.next()).rejects.toThrow('packet of impossible length 3');
  });
});

test('a text too long for one packet is refused, not sent as several', () => {
  expect(() => renderPacket('x'.repeat(65_516))).toThrow(GitError);
});

test('what follows the packets can be had as it is, wherever the chunks end', async () => {
  for (const bytes of [1, 3, 11, 12, 13, 100]) {
    const reader = packetReader(inPieces(Buffer.from(`${renderPacket('NAK')}PACK and more`), bytes));
    expect(await reader.next()).toMatchObject({ kind: 'data' });
    const rest: Buffer[] = [];
    for await (const chunk of reader.rest()) rest.push(chunk);
    expect(Buffer.concat(rest).toString()).toBe('PACK and more');
  }
});
