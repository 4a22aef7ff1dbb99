import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { refuseLocalHost } from '@gotk/auth';
import type { Chosen } from '../kubeconfig/connection.ts';
import { type Fields, textOf } from '../kubeconfig/format.ts';
import type { TenantPolicy } from './tenant-policy.ts';

/** The fields that name a file, which would be the controller's, and the fields that hold what such a file holds. */
const FILES: readonly (readonly [list: keyof Chosen, field: string, instead: string])[] = [
  ['cluster', 'certificate-authority', 'certificate-authority-data'],
  ['user', 'client-certificate', 'client-certificate-data'],
  ['user', 'client-key', 'client-key-data'],
  ['user', 'tokenFile', 'token'],
];
const LOGINS = ['auth-provider', 'username', 'password', 'as', 'as-uid', 'as-groups', 'as-user-extra'] as const;

/**
 * Why a kubeconfig that came out of the cluster may not be used (CVE-2022-24817): it would read a file of ours, start a program, hide who answers or where
 * we connect to. Undefined when it may. Refused rather than left out, as client-go does: what its owner meant is not what would happen then.
 */
export function refusalOf({ cluster, user }: Chosen, policy: TenantPolicy): string | undefined {
  try {
    check({ cluster: cluster.fields, user: user.fields }, policy);
    return undefined;
  } catch (problem) {
    return problem instanceof Error ? problem.message : String(problem);
  }
}

function check(entries: Readonly<Record<keyof Chosen, Fields>>, policy: TenantPolicy): void {
  const { cluster, user } = entries;
  for (const [list, field, instead] of FILES)
    if (isSet(entries[list][field])) throw new Error(`'${field}' names a file of the controller's: put its content into '${instead}'`);
  for (const field of LOGINS) if (isSet(user[field])) throw new Error(`'${field}' is not supported: use a token or a client certificate`);
  if (isSet(cluster['proxy-url'])) throw new Error(`'proxy-url' is not supported: the server must be reached directly`);
  if (isSet(user.exec)) checkExec(user.exec, policy);
  const skip = cluster['insecure-skip-tls-verify'];
  if (skip !== undefined && skip !== null && skip !== false && !(skip === true && policy.allowInsecureTls === true))
    throw new Error(
      `'insecure-skip-tls-verify' needs the controller to run with --insecure-kubeconfig-tls: put the server's authority into 'certificate-authority-data'`,
    );
  checkServer(textOf(cluster, 'server'), 'server', policy);
  const name = textOf(cluster, 'tls-server-name') ?? '';
  // What fails to verify is told with the name that was expected.
  if (name.length > 253 || !/^[\w.:-]*$/.test(name)) throw new Error(`'tls-server-name' is not the name of a server`);
  checkCertificates(entries);
  // Newlines and the like would end the header, or the request before it was sent.
  if (!/^[\x21-\x7e]*$/.test(textOf(user, 'token') ?? ''))
    throw new Error(`'token' has a space, a line break or another character that no token has`);
}

function checkExec(exec: unknown, { allowExec = false }: TenantPolicy): void {
  if (!allowExec)
    throw new Error(`'exec' needs the controller to run with --insecure-kubeconfig-exec: use a token or a client certificate`);
  const command = typeof exec === 'object' && exec !== null && 'command' in exec ? exec.command : undefined;
  if (typeof command === 'string' && command.includes('/') && !command.startsWith('/'))
    throw new Error(`the command of 'exec' is relative to a file, and there is none: use its absolute path or its name`);
}

/** Throws for a server that is not `https://host…`, and for one at a local address; `field` is what holds it. */
export function checkServer(server: string | undefined, field: string, { allowLocalAddresses = false }: TenantPolicy): void {
  if (server === undefined || !URL.canParse(server)) throw new Error(`'${field}' is not a URL: it must be as https://host:port`);
  const { protocol, username, password, hostname } = new URL(server);
  if (protocol !== 'https:') throw new Error(`'${field}' is not an https URL: nothing is sent in the clear`);
  if (username !== '' || password !== '') throw new Error(`'${field}' has a login in it, which is not supported: use a token`);
  if (!allowLocalAddresses)
    mustBe(`'${field}' is a loopback, link-local or metadata address, which is no remote server's`, () => refuseLocalHost(hostname));
}

function checkCertificates({ cluster, user }: Readonly<Record<keyof Chosen, Fields>>): void {
  const pem = (fields: Fields, field: string) => {
    const data = textOf(fields, field);
    return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
  };
  const [ca, cert, key] = [pem(cluster, 'certificate-authority-data'), pem(user, 'client-certificate-data'), pem(user, 'client-key-data')];
  checkAuthority(ca, 'certificate-authority-data');
  if ((cert === undefined) !== (key === undefined))
    throw new Error(`of 'client-certificate-data' and 'client-key-data' there is one, but not the other`);
  if (cert === undefined || key === undefined) return;
  mustBe(`'client-certificate-data' is not a certificate in PEM, in base64`, () => new X509Certificate(cert));
  mustBe(`'client-key-data' is not a private key in PEM, in base64`, () => createPrivateKey(key));
  mustBe(`'client-key-data' is not the key of 'client-certificate-data'`, () => createSecureContext({ cert, key }));
}

/** Throws for what is no certificate: Node would trust nobody, and say so at each request. */
export function checkAuthority(ca: string | undefined, field: string): void {
  if (ca !== undefined) mustBe(`'${field}' is not a certificate in PEM`, () => new X509Certificate(ca));
}

function mustBe(problem: string, read: () => unknown): void {
  try {
    read();
  } catch {
    // OpenSSL's own words are of no help to whoever wrote the kubeconfig.
    throw new Error(problem);
  }
}

/** As client-go has it: what is empty is not there. */
const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
