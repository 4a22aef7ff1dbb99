import { X509Certificate } from 'node:crypto';
import { isRecord, type Unstructured } from '@gotk/apimachinery';

const PATH = ['conversion', 'webhook', 'clientConfig', 'caBundle'] as const;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * A definition without a CA bundle that is none, such as the line break that generators write: since 1.31 the server refuses it, though another program is about to
 * put the right one in its place. Any other object is returned as it is. Pure.
 */
export function withoutBrokenCaBundle(object: Unstructured): Unstructured {
  if (object.kind !== 'CustomResourceDefinition' || !object.apiVersion.startsWith('apiextensions.k8s.io/')) return object;
  const bundle = PATH.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), object.spec);
  if (typeof bundle !== 'string' || bundle === '' || isBundle(bundle)) return object;
  return { ...object, spec: without(object.spec, PATH) };
}

function isBundle(encoded: string): boolean {
  const certificates = Buffer.from(encoded, 'base64').toString('latin1').match(CERTIFICATE) ?? [];
  return certificates.some((pem) => {
    try {
      return new X509Certificate(pem).raw.length > 0;
    } catch {
      return false;
    }
  });
}

function without(value: unknown, [first, ...rest]: readonly string[]): unknown {
  if (!isRecord(value) || first === undefined) return value;
  const { [first]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...others, [first]: without(inner, rest) };
}
