import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { generateKeyPem } from '../../src/sprig/crypto/private-key.ts';

const pem = (type: string, der: Uint8Array): string => {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${type}-----\n${lines.join('\n')}\n-----END ${type}-----\n`;
};

const pkcs1 = (key: KeyObject): Uint8Array => key.export({ type: 'pkcs1', format: 'der' });
const sec1 = (key: KeyObject): Uint8Array => key.export({ type: 'sec1', format: 'der' });
const pkcs8 = (key: KeyObject): Uint8Array => key.export({ type: 'pkcs8', format: 'der' });

/** Keys of all kinds, and texts that look like some, made anew by each recording. */
export function makeKeys(): Readonly<Record<string, string>> {
  const rsaKey = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', { modulusLength }).privateKey;
  const ecKey = (namedCurve: string): KeyObject => generateKeyPairSync('ec', { namedCurve }).privateKey;
  const { privateKey: rsaPrivate, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [p256, dsa] = [ecKey('P-256'), generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }).privateKey];
  const rsa = pem('RSA PRIVATE KEY', pkcs1(rsaPrivate));
  const [first = '', second = '', ...rest] = rsa.split('\n');
  const unlimited = { spend: () => {} };
  return {
    rsa,
    rsa8: pem('PRIVATE KEY', pkcs8(rsaPrivate)),
    rsa1024: pem('RSA PRIVATE KEY', pkcs1(rsaKey(1024))),
    rsa512: pem('RSA PRIVATE KEY', pkcs1(rsaKey(512))),
    p224: pem('EC PRIVATE KEY', sec1(ecKey('secp224r1'))),
    p256: pem('EC PRIVATE KEY', sec1(p256)),
    p384: pem('EC PRIVATE KEY', sec1(ecKey('P-384'))),
    p521: pem('EC PRIVATE KEY', sec1(ecKey('P-521'))),
    p256of8: pem('PRIVATE KEY', pkcs8(p256)),
    secp256k1: pem('EC PRIVATE KEY', sec1(ecKey('secp256k1'))),
    ed25519: pem('PRIVATE KEY', pkcs8(generateKeyPairSync('ed25519').privateKey)),
    x25519: pem('PRIVATE KEY', pkcs8(generateKeyPairSync('x25519').privateKey)),
    dsa: generateKeyPem('dsa', unlimited),
    dsa8: pem('PRIVATE KEY', pkcs8(dsa)),
    rsaAsEc: pem('EC PRIVATE KEY', pkcs1(rsaPrivate)),
    ecAsRsa: pem('RSA PRIVATE KEY', sec1(p256)),
    rsaAs8: pem('PRIVATE KEY', pkcs1(rsaPrivate)),
    rsa8AsRsa: pem('RSA PRIVATE KEY', pkcs8(rsaPrivate)),
    ecAs8: pem('PRIVATE KEY', sec1(p256)),
    ec8AsEc: pem('EC PRIVATE KEY', pkcs8(p256)),
    public: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    encrypted: rsaPrivate.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString(),
    text: 'no key at all',
    inText: `before\n${rsa}after\n`,
    withHeaders: [first, 'Proc-Type: 4,CLEAR', 'Some: thing', '', second, ...rest].join('\n'),
    windows: rsa.replaceAll('\n', '\r\n'),
    noEnd: rsa.slice(0, rsa.indexOf('-----END')),
    otherEnd: rsa.replace('-----END RSA', '-----END EC'),
    emptyBlock: pem('PRIVATE KEY', new Uint8Array()).replace('\n\n', '\n'),
    otherKey: rsa.replaceAll('RSA PRIVATE', 'OPENSSH PRIVATE'),
    twoKeys: `${rsa.replace('-----END RSA', '-----END EC')}${pem('EC PRIVATE KEY', sec1(p256))}${rsa}`,
    badBase64: rsa.replace(second, `*${second.slice(1)}`),
    spaces: [first, ` ${second.slice(0, 20)} \t${second.slice(20)}  `, ...rest]
      .join('\n')
      .replace('-----END RSA PRIVATE KEY-----', '-----END RSA PRIVATE KEY----- \t'),
    afterEnd: rsa.replace('KEY-----\n-----BEGIN', 'KEY-----').replace(/-----\n$/, '-----junk\n'),
    notAtLineStart: `x${rsa}`,
    twoBegins: `${first}\n${rsa}`,
    certificateGarbage: pem('CERTIFICATE', pkcs1(rsaPrivate)),
  };
}
