import { InvalidLogin } from '@gotk/auth';

/** A round takes 25 ms and more; `ssh-keygen` takes 16 or 24 unless told, and people tell it 100. */
const MAX_ROUNDS = 1_024;
/** Some ten seconds. Tools write from two thousand to a million; where a length of the key stands beside them, it counts as a factor. */
const MAX_ITERATIONS = 2 ** 25;
const MAX_DEPTH = 8;

const SEQUENCE = 0x30;
const INTEGER = 0x02;

/** Throws `InvalidLogin` for a key that says of itself that it would take minutes to decrypt: nothing can interrupt OpenSSL at it. */
export function expectCheapDecryption(identity: string, label: string): void {
  if (label === 'OPENSSH PRIVATE KEY') expectFewRounds(contentOf(identity));
  if (label === 'ENCRYPTED PRIVATE KEY') expectFewIterations(contentOf(identity));
}

const contentOf = (identity: string): Buffer => Buffer.from(identity.replace(/-----[^-]+-----/g, ''), 'base64');

/** The number of rounds stands in the clear: name of the cipher, name of the derivation, its options (PROTOCOL.key of OpenSSH). */
function expectFewRounds(bytes: Buffer): void {
  let at = 'openssh-key-v1\0'.length;
  const next = (): Buffer => {
    const length = at + 4 <= bytes.length ? bytes.readUInt32BE(at) : 0;
    const content = bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return content;
  };
  const [, , options] = [next(), next(), next()];
  const rounds = options !== undefined && options.length >= 4 ? options.readUInt32BE(options.length - 4) : 0;
  if (rounds > MAX_ROUNDS)
    throw new InvalidLogin(`'identity' of the Secret takes ${rounds} rounds to decrypt: at most ${MAX_ROUNDS} are taken`);
}

/** PKCS#8 (RFC 5958, 3): how to decrypt, then what. All numbers in the first are factors of the work: iterations; or cost, block size and parallelism. */
function expectFewIterations(der: Buffer): void {
  const [how] = elementsOf(elementsOf(der)[0]?.content ?? Buffer.alloc(0));
  const iterations = how === undefined ? Number.POSITIVE_INFINITY : workOf([how], 0);
  if (iterations > MAX_ITERATIONS)
    throw new InvalidLogin(`'identity' of the Secret takes too many iterations to decrypt: at most ${MAX_ITERATIONS} are taken`);
}

const workOf = (elements: readonly Element[], depth: number): number =>
  elements.reduce((work, { tag, content }) => {
    if (tag === INTEGER) return work * Number(`0x${content.toString('hex') || '0'}`);
    return tag !== SEQUENCE ? work : depth > MAX_DEPTH ? Number.POSITIVE_INFINITY : work * workOf(elementsOf(content), depth + 1);
  }, 1);

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/** DER, one level. OpenSSL reads more than that, of which nobody could say here what it costs: it is refused. */
function elementsOf(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
    const more = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || more > 4 || at + 2 + more > bytes.length) throw damaged();
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
    const start = at + 2 + more;
    if (start + length > bytes.length) throw damaged();
    found.push({ tag, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

const damaged = () => new InvalidLogin("'identity' of the Secret is damaged, or of a kind that is not supported");
