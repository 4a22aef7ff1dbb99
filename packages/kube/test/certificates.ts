import { readFileSync } from 'node:fs';

const pem = (name: string) => readFileSync(new URL(`./testdata/${name}.pem`, import.meta.url), 'utf8');
const pair = (name: string) => ({ cert: pem(`${name}.cert`), key: pem(`${name}.key`) });

/**
 * Certificates for tests, valid for a hundred years and for nothing: the key of the authority that signed them was thrown away.
 * The server's is for `localhost` and 127.0.0.1.
 */
export const certificates = {
  ca: pem('ca.cert'),
  otherCa: pem('other-ca.cert'),
  server: pair('server'),
  firstClient: pair('first-client'),
  secondClient: pair('second-client'),
} as const;
