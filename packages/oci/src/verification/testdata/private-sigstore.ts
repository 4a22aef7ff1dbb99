import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { json } from '@sigstore/core';
import type { Claim } from '../signature-source.ts';
import { authority, type CertificateRequest, type Extension, issue, KeyUsage, keyUsage, Name, nameOf, pemOf, Purpose, purposes, SERIAL, toBeSigned, uriName } from './certificates.ts';
import { octets, utf8 } from './der.ts';
import { timestamp } from './timestamp.ts';

export const MINUTE_MS = 60_000;
/** When everything here was signed. */
export const SIGNED_AT_MS = Date.UTC(2026, 5, 1);

const HASH = 'sha256';
const CA_NAME = [[Name.organization, 'Private Sigstore']] as const;
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const sha256 = (bytes: Uint8Array): Buffer => createHash(HASH).update(bytes).digest();
const ecKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** What a test may want to be different from a good signature. */
export interface Forgery {
  readonly issuer?: string;
  readonly subject?: string;
  /** Only the retired extension for the issuer. */
  readonly retiredIssuer?: boolean;
  readonly notBeforeMs?: number;
  readonly notAfterMs?: number;
  readonly loggedAtMs?: number;
  readonly purpose?: string;
  readonly promise?: 'none' | 'forged';
  readonly proof?: 'forged';
  readonly certificateTransparency?: 'none' | 'forged';
  /** The time in the entry, if not the one the log signed. */
  readonly claimedAtMs?: number;
  /** The digest the signer speaks about. */
  readonly about?: string;
  /** The digest a replayed log entry is about. */
  readonly loggedDigest?: string;
  /** The log entry names another signer's certificate. */
  readonly loggedSigner?: 'another';
  readonly signature?: 'forged';
  /** Logged in version 2 of Rekor, which keeps no time: a timestamp authority does. */
  readonly rekorTwo?: 'dsse' | 'hashedrekord';
  readonly timestamp?: 'none' | 'forged' | 'of something else';
}

interface Logged {
  readonly signed: Buffer;
  readonly payload: Buffer;
  readonly signature: Buffer;
  readonly by: { readonly logged: Buffer; readonly loggedPem: string };
}

/**
 * A Sigstore of one's own: an authority, a certificate log and a transparency log, as keys in memory, and the trusted root that believes
 * them.
 */
export function createPrivateSigstore({ authorityNotAfterMs }: { readonly authorityNotAfterMs?: number } = {}) {
  const [ca, ctLog, rekor, stranger, clock] = [ecKeys(), ecKeys(), ecKeys(), ecKeys(), ecKeys()];
  const year = 365 * 24 * 60 * MINUTE_MS;
  const root = issue({
    subject: CA_NAME,
    issuer: CA_NAME,
    publicKey: ca.publicKey,
    signWith: ca.privateKey,
    notBeforeMs: SIGNED_AT_MS - year,
    notAfterMs: authorityNotAfterMs ?? SIGNED_AT_MS + year,
    extensions: [authority(), keyUsage(KeyUsage.certificateSigning)],
  });

  const clockCertificate = issue({
    subject: [[Name.organization, 'Private Clock']],
    issuer: CA_NAME,
    publicKey: clock.publicKey,
    signWith: ca.privateKey,
    notBeforeMs: SIGNED_AT_MS - year,
    notAfterMs: SIGNED_AT_MS + year,
    extensions: [keyUsage(KeyUsage.digitalSignature), { ...purposes(Purpose.timeStamping), critical: true }],
  });

  const validFor = { start: new Date(SIGNED_AT_MS - year).toISOString() };
  const log = (baseUrl: string, key: KeyObject) => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: spki(key).toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: sha256(spki(key)).toString('base64') },
  });
  const trustedRoot = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [log('https://rekor.example', rekor.publicKey)],
    ctlogs: [log('https://ct.example', ctLog.publicKey)],
    certificateAuthorities: [
      {
        subject: { organization: 'Private Sigstore', commonName: 'root' },
        uri: 'https://fulcio.example',
        certChain: { certificates: [{ rawBytes: root.toString('base64') }] },
        validFor,
      },
    ],
    timestampAuthorities: [
      { certChain: { certificates: [clockCertificate, root].map((der) => ({ rawBytes: der.toString('base64') })) }, validFor },
    ],
  };

  /** The log's promise to include the certificate, in the certificate (RFC 6962, 3.2 and 3.3). */
  function transparency(request: CertificateRequest, key: KeyObject): Extension {
    const tbs = toBeSigned(request);
    const timestamp = Buffer.alloc(8);
    timestamp.writeBigUInt64BE(BigInt(request.notBeforeMs));
    const length = Buffer.from([0, tbs.length >> 8, tbs.length & 0xff]);
    const signed = Buffer.concat([Buffer.from([0, 0]), timestamp, Buffer.from([0, 1]), sha256(spki(ca.publicKey)), length, tbs, Buffer.from([0, 0])]);
    const signature = sign(HASH, signed, key);
    const sct = Buffer.concat([Buffer.from([0]), sha256(spki(ctLog.publicKey)), timestamp, Buffer.from([0, 0, 4, 3, 0, signature.length]), signature]);
    const list = Buffer.concat([Buffer.from([0, sct.length + 2, 0, sct.length]), sct]);
    return { oid: '1.3.6.1.4.1.11129.2.4.2', value: octets(list) };
  }

  function certify(publicKey: KeyObject, forgery: Forgery): Buffer<ArrayBuffer> {
    const issuer = forgery.issuer ?? 'https://oidc.example';
    const request: CertificateRequest = {
      subject: [],
      issuer: CA_NAME,
      publicKey,
      signWith: ca.privateKey,
      notBeforeMs: forgery.notBeforeMs ?? SIGNED_AT_MS - MINUTE_MS,
      notAfterMs: forgery.notAfterMs ?? SIGNED_AT_MS + 9 * MINUTE_MS,
      extensions: [
        keyUsage(KeyUsage.digitalSignature),
        purposes(forgery.purpose ?? Purpose.codeSigning),
        uriName(forgery.subject ?? 'https://ci.example/team/app'),
        { oid: '1.3.6.1.4.1.57264.1.1', value: Buffer.from(issuer) },
        ...(forgery.retiredIssuer === true ? [] : [{ oid: '1.3.6.1.4.1.57264.1.8', value: utf8(issuer) }]),
      ],
    };
    if (forgery.certificateTransparency === 'none') return issue(request);
    const logKey = forgery.certificateTransparency === 'forged' ? stranger.privateKey : ctLog.privateKey;
    return issue({ ...request, extensions: [...request.extensions, transparency(request, logKey)] });
  }

  /** A log entry as Rekor keeps it, with its promise (SET) and its proof: it is the only entry of the tree. */
  function enter(kind: string, spec: unknown, forgery: Forgery) {
    const version = forgery.rekorTwo === undefined ? '0.0.1' : '0.0.2';
    const body = Buffer.from(json.canonicalize({ apiVersion: version, kind, spec }));
    const logId = sha256(spki(rekor.publicKey));
    const integratedTime = Math.floor((forgery.loggedAtMs ?? SIGNED_AT_MS) / 1000);
    const promised = JSON.stringify({ body: body.toString('base64'), integratedTime, logID: logId.toString('hex'), logIndex: 0 });
    const promise = sign(HASH, Buffer.from(promised), forgery.promise === 'forged' ? stranger.privateKey : rekor.privateKey);
    const rootHash = sha256(Buffer.concat([Buffer.from([0]), body]));
    const note = `rekor.example\n1\n${rootHash.toString('base64')}\n`;
    const signed = sign(HASH, Buffer.from(note), forgery.proof === 'forged' ? stranger.privateKey : rekor.privateKey);
    const checkpoint = `${note}\n\u2014 rekor.example ${Buffer.concat([logId.subarray(0, 4), signed]).toString('base64')}\n`;
    const claimed = forgery.claimedAtMs === undefined ? integratedTime : Math.floor(forgery.claimedAtMs / 1000);
    return { kind, version, body, logId, promise, integratedTime: claimed, rootHash, checkpoint };
  }

  function signer(forgery: Forgery) {
    const keys = ecKeys();
    const certificate = certify(keys.publicKey, forgery);
    const other = forgery.loggedSigner === 'another' ? certify(ecKeys().publicKey, forgery) : certificate;
    const signWith = forgery.signature === 'forged' ? stranger.privateKey : keys.privateKey;
    return { certificate, logged: other, loggedPem: Buffer.from(pemOf(other)).toString('base64'), sign: (bytes: Uint8Array) => sign(HASH, bytes, signWith) };
  }

  /** What the log keeps of an envelope: version 1 of Rekor in its own words, version 2 in those of the bundle. */
  function loggedSpec({ signed, payload, signature, by }: Logged, { loggedDigest, rekorTwo }: Forgery): object {
    const content = signature.toString('base64');
    const envelope = { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures: [{ sig: content }] };
    const verifier = { x509Certificate: { rawBytes: by.logged.toString('base64') }, keyDetails: 'PKIX_ECDSA_P256_SHA_256' };
    const digestOf = (bytes: Uint8Array) => (loggedDigest === undefined ? sha256(bytes) : Buffer.from(loggedDigest, 'hex'));
    const data = (bytes: Uint8Array) => ({ algorithm: 'SHA2_256', digest: digestOf(bytes).toString('base64') });
    switch (rekorTwo) {
      case undefined:
        return { envelopeHash: { algorithm: HASH, value: sha256(Buffer.from(JSON.stringify(envelope))).toString('hex') }, payloadHash: { algorithm: HASH, value: digestOf(payload).toString('hex') }, signatures: [{ signature: content, verifier: by.loggedPem }] };
      case 'dsse':
        return { dsseV002: { payloadHash: data(payload), signatures: [{ content, verifier }] } };
      default:
        return { hashedRekordV002: { data: data(signed), signature: { content, verifier } } };
    }
  }

  function stamp(signature: Buffer, forgery: Forgery): Buffer {
    return timestamp({
      bytes: forgery.timestamp === 'of something else' ? Buffer.from('something else') : signature,
      atMs: forgery.loggedAtMs ?? SIGNED_AT_MS,
      issuer: nameOf(CA_NAME),
      serial: SERIAL,
      key: forgery.timestamp === 'forged' ? stranger.privateKey : clock.privateKey,
    });
  }

  /** A bundle as cosign 3 attaches it. */
  function bundle(digest: string, forgery: Forgery = {}): Claim {
    const by = signer(forgery);
    const hex = (forgery.about ?? digest).replace(/^sha256:/, '');
    const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ digest: { sha256: hex } }], predicateType: 'https://sigstore.dev/cosign/sign/v1', predicate: {} };
    const payload = Buffer.from(JSON.stringify(statement));
    const signed = Buffer.concat([Buffer.from(`DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `), payload]);
    const signature = by.sign(signed);
    const entry = enter(forgery.rekorTwo ?? 'dsse', loggedSpec({ signed, payload, signature, by }, forgery), forgery);
    const promised = forgery.promise !== 'none' && forgery.rekorTwo === undefined;
    const stamped = forgery.rekorTwo !== undefined && forgery.timestamp !== 'none';
    const serialized = {
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: by.certificate.toString('base64') },
        tlogEntries: [
          {
            logIndex: '0',
            logId: { keyId: entry.logId.toString('base64') },
            kindVersion: { kind: entry.kind, version: entry.version },
            integratedTime: forgery.rekorTwo === undefined ? String(entry.integratedTime) : '0',
            ...(promised ? { inclusionPromise: { signedEntryTimestamp: entry.promise.toString('base64') } } : {}),
            inclusionProof: { logIndex: '0', rootHash: entry.rootHash.toString('base64'), treeSize: '1', hashes: [], checkpoint: { envelope: entry.checkpoint } },
            canonicalizedBody: entry.body.toString('base64'),
          },
        ],
        ...(stamped ? { timestampVerificationData: { rfc3161Timestamps: [{ signedTimestamp: stamp(signature, forgery).toString('base64') }] } } : {}),
      },
      dsseEnvelope: { payload: payload.toString('base64'), payloadType: PAYLOAD_TYPE, signatures: [{ sig: signature.toString('base64') }] },
    };
    return claim('sigstore-bundle', Buffer.from(JSON.stringify(serialized)), {});
  }

  /** A signature as cosign 1 and 2 attach it. */
  function attached(digest: string, forgery: Forgery = {}): Claim {
    const by = signer(forgery);
    const critical = { identity: { 'docker-reference': '' }, image: { 'docker-manifest-digest': forgery.about ?? digest }, type: 'cosign container image signature' };
    const payload = Buffer.from(JSON.stringify({ critical, optional: null }));
    const signature = by.sign(payload);
    const data = { hash: { algorithm: HASH, value: forgery.loggedDigest ?? sha256(payload).toString('hex') } };
    const entry = enter('hashedrekord', { data, signature: { content: signature.toString('base64'), publicKey: { content: by.loggedPem } } }, forgery);
    const logged = { body: entry.body.toString('base64'), integratedTime: entry.integratedTime, logIndex: 0, logID: entry.logId.toString('hex') };
    return claim('simple-signing', payload, {
      'dev.cosignproject.cosign/signature': signature.toString('base64'),
      'dev.sigstore.cosign/certificate': pemOf(by.certificate),
      ...(forgery.promise === 'none' ? {} : { 'dev.sigstore.cosign/bundle': JSON.stringify({ SignedEntryTimestamp: entry.promise.toString('base64'), Payload: logged }) }),
    });
  }

  return { trustedRoot, bundle, attached };
}

function claim(format: Claim['format'], bytes: Buffer, annotations: Readonly<Record<string, string>>): Claim {
  return { format, mediaType: '', digest: `sha256:${sha256(bytes).toString('hex')}`, bytes, annotations };
}
