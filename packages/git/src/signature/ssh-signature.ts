import { createHash, verify } from 'node:crypto';
import { bytesOf, soleArmour } from './armour.ts';
import { parseAuthorizedKeys } from './authorized-keys.ts';
import { type KeyFile, Refused, type Verification } from './outcome.ts';
import { parseSshKey, type SshKey } from './ssh-key.ts';
import { WireReader, wireString } from './ssh-wire.ts';

export const SSH_LABEL = 'SSH SIGNATURE';

const MAGIC = 'SSHSIG';
const NAMESPACE = 'git';
/** The token saw somebody touch it. */
const USER_PRESENT = 0x01;

/** Which digest goes with which kind of signature; `ssh-rsa`, over SHA-1, is not among them. */
const DIGESTS: Readonly<Record<string, string | null>> = {
  'ssh-ed25519': null,
  'sk-ssh-ed25519@openssh.com': null,
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'sk-ecdsa-sha2-nistp256@openssh.com': 'sha256',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

/**
 * Verifies an SSH signature (PROTOCOL.sshsig) in the namespace `git` by one of the keys in the files. A file that cannot be read is passed
 * over and named when no other file has the key. Throws `Refused` for whatever is not a sound signature.
 */
export function verifySshSignature(armoured: string, payload: Buffer, files: readonly KeyFile[]): Verification {
  const { key, signature, signed } = parseSignature(bytesOf(soleArmour(armoured, SSH_LABEL).lines), payload);
  const unread: string[] = [];
  const keyFile = files.find(({ name, text }) => {
    try {
      return parseAuthorizedKeys(text).some(({ blob }) => blob.equals(key.blob));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      unread.push(`; ${name} was not read: ${error.message}`);
      return false;
    }
  });
  if (keyFile === undefined) {
    return { kind: 'unknown-key', message: `signed with SSH key ${key.fingerprint}, which none of the given keys is${unread.join('')}` };
  }
  if (!isSignedBy(key, signature, signed)) throw new Refused(`the signature by SSH key ${key.fingerprint} does not match the content`);
  return { kind: 'verified', signer: { keyFile: keyFile.name, id: key.fingerprint, fingerprint: key.fingerprint, scheme: 'ssh' } };
}

function parseSignature(bytes: Buffer, payload: Buffer): { readonly key: SshKey; readonly signature: Buffer; readonly signed: Buffer } {
  const reader = new WireReader(bytes);
  if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC) throw new Refused('it is no SSH signature');
  const version = reader.uint32();
  if (version !== 1) throw new Refused(`SSH signatures of version ${version} are not supported`);
  const blob = reader.string();
  const namespace = reader.text();
  const reserved = reader.string();
  const hash = reader.text();
  const signature = reader.string();
  reader.end();
  const key = parseSshKey(blob);
  if (namespace !== NAMESPACE) throw new Refused(`the signature by SSH key ${key.fingerprint} was made for another use than Git`);
  // Not covered by what OpenSSH signs.
  if (reserved.length > 0) throw new Refused('the SSH signature has a reserved field that is not empty');
  if (hash !== 'sha256' && hash !== 'sha512') throw new Refused('the SSH signature is over neither a SHA-256 nor a SHA-512');
  const digest = createHash(hash).update(payload).digest();
  return { key, signature, signed: Buffer.concat([Buffer.from(MAGIC), ...[NAMESPACE, '', hash, digest].map(wireString)]) };
}

function isSignedBy({ type, key, application, fingerprint }: SshKey, signature: Buffer, signed: Buffer): boolean {
  const reader = new WireReader(signature);
  const algorithm = reader.text();
  const fits = type === 'ssh-rsa' ? algorithm.startsWith('rsa-sha2-') : algorithm === type;
  const digest = Object.hasOwn(DIGESTS, algorithm) ? DIGESTS[algorithm] : undefined;
  if (!fits || digest === undefined) throw new Refused(`the signature by SSH key ${fingerprint} is of a kind that is refused`);
  const value = reader.string();
  const message = application === undefined ? signed : tokenMessage(application, reader.bytes(5), signed);
  reader.end();
  if (type === 'ssh-rsa') return verify(digest, message, key, padded(value, key.asymmetricKeyDetails?.modulusLength ?? 0));
  if (digest === null) return value.length === 64 && verify(null, message, key, value);
  return verify(digest, message, { key, dsaEncoding: 'der' }, derOf(value));
}

/** What a security token signs: a digest of the message, among what it knows itself (PROTOCOL.u2f). */
function tokenMessage(application: Buffer, flagsAndCounter: Buffer, signed: Buffer): Buffer {
  const [flags = 0] = flagsAndCounter;
  if ((flags & USER_PRESENT) === 0) throw new Refused('the security token signed without anybody touching it');
  const sha256 = (data: Buffer) => createHash('sha256').update(data).digest();
  return Buffer.concat([sha256(application), flagsAndCounter, sha256(signed)]);
}

/** OpenSSH may leave out zeros in front; the verifier wants all bytes. */
function padded(signature: Buffer, modulusBits: number): Buffer {
  const missing = Math.ceil(modulusBits / 8) - signature.length;
  return missing > 0 ? Buffer.concat([Buffer.alloc(missing), signature]) : signature;
}

/** Two numbers of SSH's kind are two of DER's. */
function derOf(value: Buffer): Buffer {
  const reader = new WireReader(value);
  const body = Buffer.concat(
    [reader.mpint(), reader.mpint()].map((number) => {
      const bytes = (number[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), number]) : number;
      return Buffer.concat([Buffer.from([0x02, bytes.length]), bytes]);
    }),
  );
  reader.end();
  return Buffer.concat([Buffer.from(body.length < 0x80 ? [0x30, body.length] : [0x30, 0x81, body.length]), body]);
}
