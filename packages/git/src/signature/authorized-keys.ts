import { Refused } from './outcome.ts';
import { parseSshKey, type SshKey } from './ssh-key.ts';
import { WireReader } from './ssh-wire.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/** What makes a key count for less than it seems to: nothing to skip over in silence. */
const LIMITING = /(?:^|,)(?:cert-authority|expiry-time=|valid-after=|valid-before=|namespaces=)/i;

/**
 * The keys of an `authorized_keys` file. Options that limit a login (`from=`, `command=`) mean nothing for signatures and are ignored, as
 * Flux does; those that limit a key (an expiry, a certificate authority) are refused rather than ignored. Keys of unsupported types are
 * left out.
 *
 * Throws `Refused` for a file with a line that holds no key at all: who wrote it meant something by it.
 */
export function parseAuthorizedKeys(text: string): readonly SshKey[] {
  if (text.length > MAX_FILE_BYTES) throw new Refused(`it is larger than ${MAX_FILE_BYTES} bytes`);
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const { options, blob } = keyIn(line) ?? {};
    if (options === undefined || blob === undefined) throw new Refused(`line ${index + 1} holds no SSH public key`);
    if (LIMITING.test(options)) throw new Refused(`line ${index + 1} limits its key by an option that is not supported`);
    try {
      return [parseSshKey(blob)];
    } catch {
      return [];
    }
  });
}

/**
 * A key, or options (the principals, in an allowed-signers file) and a key, as sshd reads them: a word is the type when what follows says
 * so, too.
 */
function keyIn(line: string): { readonly options: string; readonly blob: Buffer } | undefined {
  for (const end of [0, optionsEnd(line)]) {
    const [type = '', base64 = ''] = line
      .slice(end)
      .trimStart()
      .split(/[ \t]+/, 2);
    const blob = Buffer.from(base64, 'base64');
    if (typeOf(blob) === type) return { options: line.slice(0, end), blob };
  }
  return undefined;
}

/** Where the first space outside of quotes is. By hand: with quotes in quotes, an expression could try for ever. */
function optionsEnd(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (character === '\\' && line[at + 1] === '"') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return at;
  }
  return line.length;
}

function typeOf(blob: Buffer): string | undefined {
  try {
    return new WireReader(blob).text();
  } catch {
    return undefined;
  }
}
