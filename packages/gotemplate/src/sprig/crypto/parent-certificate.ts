import { X509Certificate } from 'node:crypto';
import { FunctionError } from '../../value/function.ts';
import { contextTag, TAG } from './der.ts';
import { type DerElement, elementsOfDer, firstElement } from './der-reader.ts';
import { objectIdentifierText } from './object-identifier.ts';
import { firstPem } from './pem.ts';
import { prefixed } from './prefixed-error.ts';

/** What a certificate says about the one that signed it. */
export interface Parent {
  /** A name, in DER. */
  readonly subject: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly subjectKeyId: Uint8Array | undefined;
}

/** Throws `FunctionError`; `what` is how Sprig calls what is parsed. */
export function parseCertificate(pem: string, what: string): Parent {
  const block = firstPem(pem);
  if (block === undefined) throw new FunctionError('unable to decode certificate');
  return prefixed(`error parsing certificate: ${what}`, () => {
    const fields = fieldsOf(block.bytes);
    try {
      return { ...fields, publicKey: new X509Certificate(block.bytes).publicKey.export({ type: 'spki', format: 'der' }) };
    } catch {
      // What exactly is wrong with it, nobody could tell from the words of OpenSSL.
      throw malformed('certificate');
    }
  });
}

const malformed = (what: string): FunctionError => new FunctionError(`x509: malformed ${what}`);

/** The elements within one that has to be a sequence. */
function within(element: DerElement | undefined, what: string): readonly DerElement[] {
  if (element?.tag !== TAG.sequence) throw malformed(what);
  return elementsOfDer(element.content);
}

function fieldsOf(bytes: Uint8Array): Pick<Parent, 'subject' | 'subjectKeyId'> {
  const [signed] = within(firstElement(bytes), 'certificate');
  const all = within(signed, 'tbs certificate');
  // A version comes first, unless it is the first version.
  const [serial, ...fields] = all[0]?.tag === contextTag(0, { constructed: true }) ? all.slice(1) : all;
  if (serial?.tag !== TAG.integer) throw malformed('serial number');
  const [, , , subject] = fields;
  const list = fields.find(({ tag }) => tag === contextTag(3, { constructed: true }));
  const extensions = list === undefined ? [] : within(firstElement(list.content), 'extensions');
  const [, ...rest] =
    extensions.map((each) => within(each, 'extension')).find(([id]) => id && objectIdentifierText(id.content) === '2.5.29.14') ?? [];
  const value = rest.find(({ tag }) => tag === TAG.octetString);
  return { subject: subject?.raw ?? new Uint8Array(), subjectKeyId: value && firstElement(value.content).content };
}
