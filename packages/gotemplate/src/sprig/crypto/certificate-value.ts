import { type GoValue, Struct, type StructType } from '../../value/model.ts';
import { STRING } from '../../value/type.ts';
import { rawOf } from '../../value/value.ts';
import type { Param } from '../signature.ts';

/** What Sprig's functions of certificates return: a certificate and its private key as PEM. */
export const CERTIFICATE: StructType = {
  kind: 'struct',
  name: 'sprig.certificate',
  named: true,
  fields: [
    { name: 'Cert', type: STRING },
    { name: 'Key', type: STRING },
  ],
};

/** Both as PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

export const certificateValue = ({ certificate, key }: KeyPair): GoValue =>
  new Struct(
    CERTIFICATE,
    new Map([
      ['Cert', certificate],
      ['Key', key],
    ]),
  );

export const keyPair: Param<KeyPair> = {
  type: CERTIFICATE,
  read: (value) => {
    const raw = rawOf(value);
    const field = (name: string): string => {
      const content = raw instanceof Struct ? raw.fields.get(name) : undefined;
      return typeof content === 'string' ? content : '';
    };
    return { certificate: field('Cert'), key: field('Key') };
  },
};
