/** What a tar says of one file or directory. */
export interface TarHeader {
  /** With `/`; that of a directory ends with one. */
  readonly name: string;
  /** The name as it is, where it is no UTF-8. */
  readonly nameBytes?: Buffer | undefined;
  readonly mode: number;
  readonly size: number;
}

const BLOCK = 512;
/** What a tar ends with. */
export const END_OF_TAR = Buffer.alloc(2 * BLOCK);
const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const DIRECTORY = '5';
const FILE = '0';
const EXTENSION = 'x';

/**
 * The header of an entry (POSIX ustar; an extended header of pax before it where the name asks for one), of nobody's and of no time. A name
 * outside of ASCII is in the extended header, and one that is no UTF-8 stands there as it is, as Go and GNU tar read it.
 */
export function renderTarHeader({ name, nameBytes, mode, size }: TarHeader): Buffer {
  const type = name.endsWith('/') ? DIRECTORY : FILE;
  const split = nameBytes === undefined && isAscii(name) ? splitName(name) : undefined;
  if (split !== undefined) return renderBlock({ ...split, mode, size, type });
  const extension = renderPath(nameBytes ?? Buffer.from(name));
  const shared = { name: 'PaxHeader', prefix: '', mode };
  return Buffer.concat([
    renderBlock({ ...shared, size: extension.length, type: EXTENSION }),
    extension,
    Buffer.alloc(paddingOf(extension.length)),
    renderBlock({ ...shared, size, type }),
  ]);
}

/** How many zeros follow so many bytes of content. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are ASCII.
const isAscii = (text: string): boolean => /^[\u0000-\u007f]*$/.test(text);

/** A name that fits, its first directories in the prefix if it has to; undefined when it does not. */
function splitName(path: string): { readonly name: string; readonly prefix: string } | undefined {
  let at = 0;
  while (path.length - at > NAME_BYTES) {
    const slash = path.indexOf('/', at);
    if (slash < 0) return undefined;
    at = slash + 1;
  }
  const prefix = path.slice(0, Math.max(0, at - 1));
  return prefix.length > PREFIX_BYTES ? undefined : { name: path.slice(at), prefix };
}

/** `<length> path=<name>\n`, in which the length counts its own digits. */
function renderPath(name: Buffer): Buffer {
  const rest = ' path='.length + name.length + 1;
  let digits = String(rest).length;
  if (String(rest + digits).length > digits) digits += 1;
  return Buffer.concat([Buffer.from(`${rest + digits} path=`), name, Buffer.from('\n')]);
}

interface Block {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly size: number;
  readonly type: string;
}

function renderBlock({ name, prefix, mode, size, type }: Block): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 'latin1');
  block.write(octal(mode, 6), 100, 'latin1');
  block.write(octal(0, 6), 108, 'latin1');
  block.write(octal(0, 6), 116, 'latin1');
  block.write(octal(size, 11), 124, 'latin1');
  block.write(octal(0, 11), 136, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  block.write(octal(0, 6), 329, 'latin1');
  block.write(octal(0, 6), 337, 'latin1');
  block.write(prefix, 345, 'latin1');
  // The sum of all bytes, those of the sum itself taken for spaces.
  block.fill(' ', 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${octal(sum, 6)}\0`, 148, 'latin1');
  return block;
}

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')} `;
