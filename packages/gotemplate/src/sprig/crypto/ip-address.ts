/**
 * The bytes of an address: 4 for one of IPv4, also where IPv6 has it inside `::ffff:0:0/96`, else 16. Undefined for a text that Go takes for no address: there are no
 * leading zeros in IPv4, and no zones.
 */
export function parseIpAddress(text: string): Uint8Array | undefined {
  const groups = text.includes(':') ? groupsOfV6(text) : undefined;
  if (groups === undefined) return bytesOfV4(text);
  const bytes = Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
  const isV4 = groups.slice(0, 6).join(',') === '0,0,0,0,0,65535';
  return isV4 ? bytes.subarray(12) : bytes;
}

function bytesOfV4(text: string): Uint8Array | undefined {
  const parts = text.split('.', 5);
  const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isAddress ? Uint8Array.from(parts, Number) : undefined;
}

const GROUPS = 8;

/** Eight numbers of 16 bits, of which `::` stands for as many zeros as are missing, but at least one. */
function groupsOfV6(text: string): readonly number[] | undefined {
  const halves = text.split('::', 3);
  if (halves.length > 2) return undefined;
  const [before, after] = halves.map((half, index) => groupsIn(half, index === halves.length - 1));
  if (before === undefined) return undefined;
  if (halves.length === 1) return before.length === GROUPS ? before : undefined;
  if (after === undefined || before.length + after.length >= GROUPS) return undefined;
  return [...before, ...Array<number>(GROUPS - before.length - after.length).fill(0), ...after];
}

function groupsIn(half: string, isLast: boolean): readonly number[] | undefined {
  if (half === '') return [];
  const parts = half.split(':', GROUPS + 1);
  const groups = parts.flatMap((part, index): readonly (number | undefined)[] => {
    if (isLast && index === parts.length - 1 && part.includes('.')) {
      const [a = 0, b = 0, c = 0, d = 0] = bytesOfV4(part) ?? [];
      return bytesOfV4(part) === undefined ? [undefined] : [a * 256 + b, c * 256 + d];
    }
    return [/^[0-9a-fA-F]{1,4}$/.test(part) ? Number.parseInt(part, 16) : undefined];
  });
  return groups.every((group) => group !== undefined) ? groups : undefined;
}
