import { Refused } from './outcome.ts';
import { parseSshKey, type SshKey } from './ssh-key.ts';
import { WireReader } from './ssh-wire.ts';

const MAX_FILE_BYTES = 1024 * 1024;
/** Options, or the principals of an allowed-signers file: no space outside of quotes. */
const LINE = /^(?:((?:[^\s"]|"(?:\\"|[^"])*")+)[ \t]+)?([a-z][\w.@-]*)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t].*)?$/;
/** What makes a key count for less than it seems to: nothing to skip over in silence. */
const LIMITING = /(?:^|,)(?:cert-authority|expiry-time=|valid-after=|valid-before=|namespaces=)/i;

/**
 * The keys of an `authorized_keys` file. Options that limit a login (`from=`, `command=`) mean nothing for signatures and are ignored, as Flux does; those that
 * limit a key (an expiry, a certificate authority) are refused rather than ignored. Keys of unsupported types are left out.
 *
 * Throws `Refused` for a file with a line that holds no key at all: who wrote it meant something by it.
 */
export function parseAuthorizedKeys(text: string): readonly SshKey[] {
  if (text.length > MAX_FILE_BYTES) throw new Refused(`it is larger than ${MAX_FILE_BYTES} bytes`);
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const [, options = '', type = '', base64 = ''] = LINE.exec(line) ?? [];
    const blob = Buffer.from(base64, 'base64');
    if (type === '' || typeOf(blob) !== type) throw new Refused(`line ${index + 1} holds no SSH public key`);
    if (LIMITING.test(options)) throw new Refused(`line ${index + 1} limits its key by an option that is not supported`);
    try {
      return [parseSshKey(blob)];
    } catch {
      return [];
    }
  });
}

function typeOf(blob: Buffer): string | undefined {
  try {
    return new WireReader(blob).text();
  } catch {
    return undefined;
  }
}
