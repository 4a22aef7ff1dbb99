import { createPrivateKey, type KeyObject } from 'node:crypto';
import { InvalidLogin, type SshAccess } from '@gotk/auth';
import type { ParsedKey } from 'ssh2';
import { expectCheapDecryption } from './decryption-cost.ts';
import { type KeyParser, loadKeyParser } from './load-ssh2.ts';

/**
 * The key to log in with. One with a passphrase takes OpenSSH's format half a second and more, on purpose, while nothing else happens in the thread:
 * see `decryptedIdentity`. Throws `InvalidLogin`, in whose message nothing of the key is found.
 */
export function privateKeyOf({ identity, passphrase }: Pick<SshAccess, 'identity' | 'passphrase'>, { utils }: KeyParser): ParsedKey {
  const label = /^-----BEGIN ([A-Z0-9 ]+)-----\s*$/m.exec(identity)?.[1];
  if (label === undefined || !label.endsWith('PRIVATE KEY')) throw new InvalidLogin("'identity' of the Secret is no private key in PEM");
  if (passphrase !== undefined) expectCheapDecryption(identity, label);
  if (label === 'OPENSSH PRIVATE KEY') return parsed(utils.parseKey(identity, passphrase), passphrase);
  return parsed(utils.parseKey(asSshHasIt(readByNode(identity, passphrase))), passphrase);
}

/** The same key in PEM, as it is without its passphrase: for a thread that may be held up. Throws `InvalidLogin`. */
export async function decryptedIdentity(access: Pick<SshAccess, 'identity' | 'passphrase'>): Promise<string> {
  return privateKeyOf(access, await loadKeyParser()).getPrivatePEM();
}

function parsed(result: ParsedKey | ParsedKey[] | Error, passphrase: string | undefined): ParsedKey {
  const key = Array.isArray(result) ? result[0] : result;
  if (key instanceof Error && /encrypted.*no passphrase/i.test(key.message)) throw locked();
  if (key instanceof Error && passphrase !== undefined && /passphrase|integrity|decrypt/i.test(key.message)) throw wrongPassphrase();
  if (key === undefined || key instanceof Error || !key.isPrivateKey()) throw unreadable();
  if (key.type === 'ssh-dss') throw new InvalidLogin("'identity' of the Secret is a DSA key, which nobody accepts any more");
  return key;
}

const locked = () => new InvalidLogin("'identity' of the Secret is encrypted: it needs the key 'password' with its passphrase");
const wrongPassphrase = () => new InvalidLogin("'password' of the Secret is not the passphrase of 'identity'");
const unreadable = () => new InvalidLogin("'identity' of the Secret is damaged, or of a kind that is not supported");

/** The formats that OpenSSL reads: PKCS#1, SEC 1, PKCS#8. */
function readByNode(identity: string, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: identity, ...(passphrase === undefined ? {} : { passphrase }) });
  } catch {
    if (!/ENCRYPTED/.test(identity)) throw unreadable();
    throw passphrase === undefined ? locked() : wrongPassphrase();
  }
}

/** The formats that the SSH library reads. */
function asSshHasIt(key: KeyObject): string {
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return openSshEd25519(key);
    default:
      throw unreadable();
  }
}

const MAGIC = Buffer.from('openssh-key-v1\0');

/** PROTOCOL.key of OpenSSH: the only format in which SSH libraries expect keys of this type. */
function openSshEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const point = Buffer.from(x, 'base64url');
  const type = Buffer.from('ssh-ed25519');
  const publicKey = Buffer.concat([field(type), field(point)]);
  const check = Buffer.alloc(8);
  const content = Buffer.concat([check, field(type), field(point), field(Buffer.concat([Buffer.from(d, 'base64url'), point])), field()]);
  const padding = Buffer.from(Array.from({ length: (8 - (content.length % 8)) % 8 }, (_, index) => index + 1));
  const none = field(Buffer.from('none'));
  const whole = Buffer.concat([
    MAGIC,
    none,
    none,
    field(),
    Buffer.from([0, 0, 0, 1]),
    field(publicKey),
    field(Buffer.concat([content, padding])),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${whole.toString('base64').replace(/.{70}/g, '$&\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(bytes: Buffer = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
