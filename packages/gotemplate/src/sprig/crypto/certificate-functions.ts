import { fromBytes } from '../../value/bytes.ts';
import { FunctionError } from '../../value/function.ts';
import type { CallContext, GoFunction, GoValue } from '../../value/model.ts';
import { LIST } from '../../value/type.ts';
import { fromMilliseconds } from '../date/instant.ts';
import { UTC } from '../date/zone.ts';
import { decodeBase64 } from '../encoding/base64.ts';
import type { FunctionMap, SprigSources } from '../function-map.ts';
import { fixed, int, type Param, text } from '../signature.ts';
import { unlessRefused } from '../unless-refused.ts';
import { type CertificateRequest, createCertificate, type Issuer } from './certificate.ts';
import { CERTIFICATE, certificateValue, type KeyPair, keyPair } from './certificate-value.ts';
import { handled } from './cost.ts';
import { parseCertificate } from './parent-certificate.ts';
import { parseKeyPem } from './parse-key.ts';
import { prefixed } from './prefixed-error.ts';
import { generateRsaKey, type PrivateKey } from './private-key.ts';

const list: Param<GoValue> = { type: LIST, read: (value) => value };

const SERIAL_BYTES = 16;

/** Sprig's functions of certificates, which are values with `Cert` and `Key`. */
export function certificateFunctions({ randomBytes, clock }: Pick<SprigSources, 'randomBytes' | 'clock'>): FunctionMap {
  const made = (
    asked: { readonly request: CertificateRequest; readonly key: PrivateKey; readonly issuer: Issuer },
    context: CallContext,
  ): GoValue => {
    const serial = BigInt(`0x${Buffer.from(randomBytes(SERIAL_BYTES)).toString('hex')}`);
    return certificateValue(createCertificate(asked, { now: fromMilliseconds(clock.now(), UTC), serial, context }));
  };
  const authority = (commonName: string, days: bigint): CertificateRequest => ({
    commonName,
    days,
    addresses: null,
    hosts: null,
    isAuthority: true,
  });
  const keyGiven = (pem: string, context: CallContext): PrivateKey => {
    handled(pem, context);
    return prefixed('parsing private key', () => parseKeyPem(pem));
  };
  const issuerOf = (pair: KeyPair, context: CallContext): Issuer => {
    handled(pair.certificate + pair.key, context);
    const certificate = parseCertificate(pair.certificate, 'decodedSignerCert.Bytes');
    return { certificate, key: prefixed('error parsing private key', () => parseKeyPem(pair.key)) };
  };
  return new Map<string, GoFunction>([
    [
      'genCA',
      fixed([text, int], CERTIFICATE, ([name, days], context) => {
        const key = generateRsaKey(context);
        return made({ request: authority(name, days), key, issuer: { key } }, context);
      }),
    ],
    [
      'genCAWithKey',
      fixed([text, int, text], CERTIFICATE, ([name, days, pem], context) => {
        const key = keyGiven(pem, context);
        return made({ request: authority(name, days), key, issuer: { key } }, context);
      }),
    ],
    [
      'genSelfSignedCert',
      fixed([text, list, list, int], CERTIFICATE, ([commonName, addresses, hosts, days], context) => {
        const key = generateRsaKey(context);
        return made({ request: { commonName, addresses, hosts, days }, key, issuer: { key } }, context);
      }),
    ],
    [
      'genSelfSignedCertWithKey',
      fixed([text, list, list, int, text], CERTIFICATE, ([commonName, addresses, hosts, days, pem], context) => {
        const key = keyGiven(pem, context);
        return made({ request: { commonName, addresses, hosts, days }, key, issuer: { key } }, context);
      }),
    ],
    [
      'genSignedCert',
      fixed([text, list, list, int, keyPair], CERTIFICATE, ([commonName, addresses, hosts, days, ca], context) => {
        const issuer = issuerOf(ca, context);
        return made({ request: { commonName, addresses, hosts, days }, key: generateRsaKey(context), issuer }, context);
      }),
    ],
    [
      'genSignedCertWithKey',
      fixed([text, list, list, int, keyPair, text], CERTIFICATE, ([commonName, addresses, hosts, days, ca, pem], context) => {
        const key = keyGiven(pem, context);
        return made({ request: { commonName, addresses, hosts, days }, key, issuer: issuerOf(ca, context) }, context);
      }),
    ],
    [
      'buildCustomCert',
      fixed([text, text], CERTIFICATE, ([encodedCertificate, encodedKey], context) => {
        handled(encodedCertificate + encodedKey, context);
        const certificate = decodedText(encodedCertificate, 'certificate');
        const key = decodedText(encodedKey, 'private key');
        parseCertificate(certificate, 'decodedCert.Bytes');
        prefixed('error parsing private key', () => parseKeyPem(key));
        return certificateValue({ certificate, key });
      }),
    ],
  ]);
}

function decodedText(encoded: string, what: string): string {
  const bytes = unlessRefused(() => decodeBase64(encoded));
  if (bytes !== undefined) return fromBytes(bytes);
  throw new FunctionError(`unable to decode base64 ${what}`);
}
