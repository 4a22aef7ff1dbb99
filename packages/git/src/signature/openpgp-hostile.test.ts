import * as openpgp from 'openpgp';
import { describe, expect, test } from 'vitest';
import { COMMIT, signedCommit } from '../../test/signing-home.ts';
import { packetsOf, Tag } from './openpgp-packets.ts';
import type { Verification } from './outcome.ts';
import { verifySignature } from './verify-signature.ts';

const { enums } = openpgp;
const date = new Date(Date.now() - 60_000);
const config = { ...openpgp.config };
const userIDs = [{ name: 'Jo', email: 'jo@example.com' }];
const payload = Buffer.from(COMMIT);

const armour = (label: string, bytes: Uint8Array) =>
  `-----BEGIN ${label}-----\n\n${Buffer.from(bytes).toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END ${label}-----\n`;
const verify = (signature: Uint8Array, ...certificates: readonly Uint8Array[]): Promise<Verification> =>
  verifySignature({
    object: signedCommit(armour('PGP SIGNATURE', signature)),
    keys: [{ name: 'jo.asc', text: certificates.map((bytes) => armour('PGP PUBLIC KEY BLOCK', bytes)).join('') }],
    nowMs: Date.now(),
  });

/** A packet in the new format, of whatever tag. */
function packet(tag: number, body: Uint8Array): Buffer {
  const length = Buffer.alloc(5, 0xff);
  length.writeUInt32BE(body.length, 1);
  return Buffer.concat([Buffer.from([0xc0 | tag]), length, body]);
}

/** With the settings, which the declared type of the method leaves out. */
const sign = (signature: openpgp.SignaturePacket, key: openpgp.Key | openpgp.Subkey, data: object): Promise<void> =>
  Reflect.apply(signature.sign, signature, [key.keyPacket, data, date, data instanceof openpgp.LiteralDataPacket, config]);

const newKey = async (options: Partial<Omit<openpgp.KeyOptions, 'format'>> = {}) =>
  (await openpgp.generateKey({ type: 'curve25519', userIDs, date, subkeys: [{ sign: true }], ...options, format: 'object' })).privateKey;

async function signedBy(
  key: openpgp.Key | openpgp.Subkey,
  { type = enums.signature.binary, change = (_: openpgp.SignaturePacket): void => undefined } = {},
) {
  const signature = new openpgp.SignaturePacket();
  signature.signatureType = type;
  signature.hashAlgorithm = enums.hash.sha512;
  signature.publicKeyAlgorithm = key.keyPacket.algorithm;
  change(signature);
  const message = await openpgp.createMessage({ binary: payload });
  const [literal] = message.packets;
  if (literal === undefined) throw new Error('no literal packet');
  await sign(signature, key, literal);
  return packet(Tag.Signature, signature.write());
}

describe('row 29 (CVE-2025-47934, CVE-2023-41037, GHSA-hfmf, GHSA-qwqc)', () => {
  test('a signature that nothing is wrong with verifies, in version 4 and 6', async () => {
    for (const v6Keys of [false, true]) {
      const key = await newKey({ config: { v6Keys } });
      const [subkey] = key.subkeys;

      const result = await verify(await signedBy(subkey ?? key), key.toPublic().write());

      expect(result).toMatchObject({
        kind: 'verified',
        signer: { fingerprint: subkey?.getFingerprint().toUpperCase(), id: key.getKeyID().toHex().toUpperCase() },
      });
    }
  });

  test.each([
    [
      'CVE-2025-47934: a whole signed message in place of a signature',
      async (key: openpgp.PrivateKey) => {
        const message = await openpgp.sign({
          message: await openpgp.createMessage({ binary: payload }),
          signingKeys: key,
          format: 'binary',
        });
        return Buffer.from(message);
      },
    ],
    [
      'CVE-2025-47934: a literal packet behind the signature',
      async (key: openpgp.PrivateKey) => Buffer.concat([await signedBy(key), packet(11, Buffer.from('b\0\0\0\0\0unsigned'))]),
    ],
    ['a packet of compressed data', async (key: openpgp.PrivateKey) => packet(8, Buffer.concat([Buffer.from([0]), await signedBy(key)]))],
    [
      'a signature of a length that is open',
      async (key: openpgp.PrivateKey) => Buffer.concat([Buffer.from([0x80 | (2 << 2) | 3]), (await signedBy(key)).subarray(6)]),
    ],
    ['no packet', async () => Buffer.alloc(0)],
  ])('%s is refused', async (_, make) => {
    const key = await newKey();

    expect(await verify(await make(key), key.toPublic().write())).toMatchObject({ kind: 'invalid' });
  });

  test('CVE-2023-41037: a signature in clear text, with words before its header, is refused', async () => {
    const key = await newKey();
    const clear = await openpgp.sign({ message: await openpgp.createCleartextMessage({ text: COMMIT }), signingKeys: key });
    const keys = [{ name: 'jo.asc', text: key.toPublic().armor() }];
    for (const text of [clear, `words\n${clear}`]) {
      expect(await verifySignature({ object: signedCommit(text), keys, nowMs: Date.now() })).toMatchObject({
        kind: 'invalid',
      });
    }
  });

  test('GHSA-qwqc: a signature of another type than 0x00 and 0x01 is refused, though it holds', async () => {
    const key = await newKey();
    for (const type of [enums.signature.standalone, enums.signature.certGeneric, enums.signature.keyBinding, enums.signature.timestamp]) {
      const signature = await signedBy(key).then((bytes) => Buffer.from(bytes));
      signature[7] = type;

      expect(await verify(signature, key.toPublic().write())).toMatchObject({
        kind: 'invalid',
        message: expect.stringContaining('not one over a document'),
      });
    }
  });

  test('GHSA-hfmf: what stands in the part that is not signed decides nothing', async () => {
    const key = await newKey();
    const bytes = await signedBy(key, {
      change: (signature) => void Object.assign(signature, { signatureNeverExpires: false, signatureExpirationTime: 1 }),
    });
    // Signed as one that lives for a second; "lives for ever" and "made tomorrow" are put where nobody signed.
    const [{ body } = { body: Buffer.alloc(0) }] = packetsOf(bytes);
    const hashedEnd = 6 + body.readUInt16BE(4);
    const extra = Buffer.concat([Buffer.from([5, 3, 0, 0, 0, 0]), Buffer.from([5, 2, 0xff, 0, 0, 0])]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(body.readUInt16BE(hashedEnd) + extra.length);
    const forged = packet(Tag.Signature, Buffer.concat([body.subarray(0, hashedEnd), length, extra, body.subarray(hashedEnd + 2)]));
    const nowMs = Date.now() + 5_000;
    const ask = (signature: Buffer, at: number) =>
      verifySignature({
        object: signedCommit(armour('PGP SIGNATURE', signature)),
        keys: [{ name: 'jo.asc', text: key.toPublic().armor() }],
        nowMs: at,
      });

    expect(await ask(bytes, nowMs)).toMatchObject({ kind: 'invalid', message: expect.stringContaining('expired at') });
    expect(await ask(forged, nowMs)).toMatchObject({ kind: 'invalid', message: expect.stringContaining('expired at') });
  });

  test('a signature that names two keys is refused', async () => {
    const [key, other] = [await newKey(), await newKey()];
    const bytes = await signedBy(key);
    const [{ body } = { body: Buffer.alloc(0) }] = packetsOf(bytes);
    const hashedEnd = 6 + body.readUInt16BE(4);
    const hint = Buffer.concat([Buffer.from([9, 16]), Buffer.from(other.getKeyID().toHex(), 'hex')]);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(body.readUInt16BE(hashedEnd) + hint.length);
    const forged = packet(Tag.Signature, Buffer.concat([body.subarray(0, hashedEnd), length, hint, body.subarray(hashedEnd + 2)]));

    expect(await verify(forged, key.toPublic().write(), other.toPublic().write())).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('more than one key'),
    });
  });
});

describe('A19: a key that may not have made the signature', () => {
  test('a subkey for encryption is refused, though it could sign', async () => {
    // RSA can do both: its flags alone tell.
    const key = await newKey({ type: 'rsa', rsaBits: 2048, subkeys: [{}] });
    const [subkey] = key.subkeys;

    expect(await verify(await signedBy(subkey ?? key), key.toPublic().write())).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('may not sign'),
    });
  });

  test('a subkey that did not sign back is refused: anybody could have taken it under their own key', async () => {
    const key = await newKey();
    const [subkey] = key.subkeys;
    const bytes = await rebound(key);

    expect(await verify(await signedBy(subkey ?? key), bytes)).toMatchObject({ kind: 'invalid' });
  });

  test('a subkey that another key took in without asking is refused', async () => {
    const [victim, thief] = [await newKey(), await newKey({ subkeys: [] })];
    const [subkey] = victim.subkeys;
    const stolen = Buffer.concat([
      thief.toPublic().write(),
      ...packetsOf(Buffer.from(victim.toPublic().write()))
        .filter(({ tag }) => tag === Tag.PublicSubkey)
        .map(({ body }) => packet(Tag.PublicSubkey, body)),
      await binding(thief, subkey ?? victim),
    ]);

    expect(await verify(await signedBy(subkey ?? victim), stolen)).toMatchObject({ kind: 'invalid' });
  });

  test('two keys of the same id: the one that made the signature counts, in either order', async () => {
    const key = await newKey();
    const certificate = Buffer.from(key.toPublic().write());
    // A collision takes weeks to make. The id is what a signature says, so a copy whose users are not signed stands for the other key.
    const [first] = packetsOf(certificate);
    const bare = certificate.subarray(0, first?.end);
    const signature = await signedBy(key);

    expect(await verify(signature, bare)).toMatchObject({ kind: 'invalid' });
    expect(await verify(signature, bare, certificate)).toMatchObject({ kind: 'verified' });
    expect(await verify(signature, certificate, bare)).toMatchObject({ kind: 'verified' });
  });

  test('a key called like hundreds of others is refused, not tried for ever', async () => {
    const key = await newKey();
    const certificate = key.toPublic().write();

    expect(await verify(await signedBy(key), ...Array.from({ length: 200 }, () => certificate))).toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining('more than 16'),
    });
  });
});

/** A signature by which a primary key takes a subkey in, for signing, without the subkey's consent. */
async function binding(primary: openpgp.PrivateKey, subkey: openpgp.Key | openpgp.Subkey): Promise<Buffer> {
  const signature = new openpgp.SignaturePacket();
  signature.signatureType = enums.signature.subkeyBinding;
  signature.hashAlgorithm = enums.hash.sha512;
  signature.publicKeyAlgorithm = primary.keyPacket.algorithm;
  signature.keyFlags = new Uint8Array([enums.keyFlags.signData]);
  await sign(signature, primary, { key: primary.keyPacket, bind: subkey.keyPacket });
  return packet(Tag.Signature, signature.write());
}

/** The certificate with its subkey bound anew, one-sidedly. */
async function rebound(key: openpgp.PrivateKey): Promise<Buffer> {
  const [subkey] = key.subkeys;
  const bytes = Buffer.from(key.toPublic().write());
  const packets = packetsOf(bytes);
  const at = packets.find(({ tag }) => tag === Tag.PublicSubkey);
  return Buffer.concat([bytes.subarray(0, at?.end), await binding(key, subkey ?? key)]);
}

test('the settings that all this rests on are the ones that OpenPGP.js comes with', () => {
  expect(config.allowInsecureVerificationWithReformattedKeys).toBe(false);
  expect(config.allowMissingKeyFlags).toBe(false);
});
