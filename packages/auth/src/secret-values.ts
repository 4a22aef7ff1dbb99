import { isUtf8 } from 'node:buffer';

/** A value that must not be shown. */
export interface SecretValue {
  /** As it is in a text; undefined for what is no text. */
  readonly text: string | undefined;
  /** As it is where somebody encodes it. */
  readonly bytes: Uint8Array;
}

/**
 * What a Secret's key holds, as it is to be masked: whole, or, of a document, the parts that are secret. Other parts are in every other
 * document.
 */
export function secretValuesOf(bytes: Uint8Array): readonly SecretValue[] {
  if (!isUtf8(bytes)) return [{ text: undefined, bytes }];
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const trimmed = text.trim();
  const leaves = jsonLeaves(trimmed);
  if (leaves === undefined && !trimmed.includes('\n'))
    return isOrdinary(trimmed) ? [] : [secretText(trimmed), ...partsOfUrl(trimmed).map(secretText)];
  const parts = leaves ?? partsOfLines(trimmed);
  // The document as a whole is met in base64 alone: as the API server echoes a Secret.
  return [{ text: undefined, bytes }, ...[...new Set(parts)].map(secretText)];
}

/**
 * What is to be masked of a text that is secret whatever it looks like: each of its lines, too. Short ones, and words that everybody uses,
 * are not.
 */
export function hiddenValuesOf(text: string): readonly SecretValue[] {
  const lines = text.split('\n').map((line) => line.trim());
  return [...secretValuesOf(Buffer.from(text, 'utf8')), ...lines.filter((line) => !isOrdinary(line)).map(secretText)];
}

const secretText = (text: string): SecretValue => ({ text, bytes: Buffer.from(text, 'utf8') });

/**
 * Words that Secrets hold beside their secrets, and that messages are full of: to mask them would hide what happened, and show that they
 * are there.
 */
const ORDINARY = new Set(
  `admin anonymous bearer config default development disabled docker enabled flux-system generic github gitlab kubernetes kube-system localhost
  password postgres production public secret staging string token unknown username x-access-token`.split(/\s+/),
);

/** Short numbers are ports, sizes and identifiers. A plain address is what errors are about, unless it has something secret in it. */
const isOrdinary = (text: string): boolean =>
  text.length < 6 || ORDINARY.has(text.toLowerCase()) || /^\d{6,7}$/.test(text) || (isAddress(text) && partsOfUrl(text).length === 0);

const isAddress = (text: string): boolean => /^[a-z][a-z0-9+.-]{1,20}:\/\/\S+$/i.test(text);

/** Of a webhook's address the path is the secret; of a proxy's, the password. */
function partsOfUrl(text: string): readonly string[] {
  if (!isAddress(text) || !URL.canParse(text)) return [];
  const { password, pathname, search } = new URL(text);
  const path = pathname + search;
  return [...(password.length < 6 ? [] : [decoded(password)]), ...(path.split(/[/?&=]/).some(isOpaque) ? [path] : [])];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Long, and of letters and digits without a meaning. */
const isOpaque = (text: string): boolean => /^[\w+/=.~-]{16,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);

/** Fields that hold secrets, by their names. */
const TELLING = /pass|pwd|secret|token|key|auth|cred|private|signature|cookie|session|dsn|connection/i;

const isSecretField = (name: string, value: string): boolean => !isOrdinary(value) && (TELLING.test(name) || isOpaque(value));

/** The secret texts of a JSON document; undefined when it is none. */
function jsonLeaves(text: string): readonly string[] | undefined {
  if (!/^[{[]/.test(text)) return undefined;
  const leaves: string[] = [];
  try {
    JSON.parse(text, (name, value: unknown) => {
      // A key in PEM, as in the accounts of Google.
      if (typeof value === 'string' && value.includes('\n')) leaves.push(...partsOfLines(value));
      else if (typeof value === 'string' && isSecretField(name, value)) leaves.push(value);
      return undefined;
    });
    return leaves;
  } catch {
    return undefined;
  }
}

const ARMOUR = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/;
const ASSIGNMENT = /^[-\s{,]*(?:export\s+)?["']?([\w./-]{1,200})["']?\s{0,20}[:=]\s{0,20}(?:["'](.*)["']|(.*?)),?$/;

/** The secret parts of keys in PEM, of YAML, and of `NAME=value` lines. Certificates are public. */
function partsOfLines(text: string): readonly string[] {
  const parts: string[] = [];
  let armour = '';
  for (const raw of text.split('\n')) {
    const line = raw.trim();
    const [, edge, what = ''] = ARMOUR.exec(line) ?? [];
    if (edge !== undefined) armour = edge === 'BEGIN' ? what : '';
    else if (armour !== '') {
      if (!/CERTIFICATE|PUBLIC/.test(armour) && line.length >= 6) parts.push(line);
    } else {
      const [, name, quoted, bare] = line.length > 10_000 ? [] : (ASSIGNMENT.exec(line) ?? []);
      const value = quoted ?? bare ?? '';
      if (name !== undefined && isSecretField(name, value)) parts.push(value);
      else if (isOpaque(line)) parts.push(line);
    }
  }
  return parts;
}
