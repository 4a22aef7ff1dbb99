import { readFileSync } from 'node:fs';

const pem = (name: string) => readFileSync(new URL(`./testdata/${name}.pem`, import.meta.url), 'utf8');
const pair = (name: string) => ({ cert: pem(`${name}.cert`), key: pem(`${name}.key`) });

/**
 * Certificates for tests, valid for a hundred years and for nothing: the key of the authority that signed them was thrown away.
 * Servers' are for `localhost` and 127.0.0.1, but for the one of another name.
 */
export const certificates = {
  ca: pem('ca.cert'),
  server: pair('server'),
  expired: pair('expired'),
  elsewhere: pair('elsewhere'),
  client: pair('client'),
  /** With an RSA key, signed by itself. */
  application: pair('application'),
} as const;
