import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueServingCertificate } from '../certificates/authority.ts';
import { freePort } from '../free-port.ts';
import { renderKubeconfig } from './kubeconfig.ts';

/** Of whom the API server shall write down each request: of everybody, or of the controllers' user alone. */
export type Audit = 'everybody' | 'controllers';

/** The user of `controllersKubeconfigPath`. */
const CONTROLLERS = 'controllers';

const AUDIT_RULES: Readonly<Record<Audit, string>> = {
  everybody: '[{ level: Metadata }]',
  controllers: `[{ level: Metadata, users: [${CONTROLLERS}] }, { level: None }]`,
};

/** Where everything of one control plane is, on disk and on the loopback interface. */
export interface Layout {
  readonly directory: string;
  readonly etcdUrl: string;
  readonly etcdPeerUrl: string;
  readonly server: string;
  readonly port: number;
  /** PEM. */
  readonly ca: string;
  /** Of a user in system:masters. */
  readonly adminToken: string;
  readonly kubeconfigPath: string;
  /** Of another user in system:masters, for the controllers under test: the audit log can tell them from everybody else. */
  readonly controllersKubeconfigPath: string;
  readonly auditLog: string | undefined;
  file(name: string): string;
  log(component: string): string;
}

/** Chooses ports, makes keys and certificates, and writes them to the directory. */
export async function layOut(directory: string, { audit }: { readonly audit: Audit | undefined }): Promise<Layout> {
  const [etcdPort, peerPort, port] = await Promise.all([freePort(), freePort(), freePort()]);
  const serving = issueServingCertificate(['127.0.0.1', 'localhost', 'kubernetes.default.svc', 'kubernetes']);
  const accounts = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const [adminToken, controllersToken] = [randomBytes(24).toString('hex'), randomBytes(24).toString('hex')];
  const file = (name: string) => join(directory, name);
  const server = `https://127.0.0.1:${port}`;

  await mkdir(file('pki'), { recursive: true });
  await mkdir(file('logs'), { recursive: true });
  const contents = {
    'pki/ca.crt': serving.ca,
    'pki/tls.crt': serving.cert,
    'pki/tls.key': serving.key,
    'pki/accounts.key': accounts.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'pki/accounts.pub': accounts.publicKey.export({ type: 'spki', format: 'pem' }),
    // token, user, uid, groups
    'pki/tokens.csv': `${adminToken},admin,admin,system:masters\n${controllersToken},${CONTROLLERS},${CONTROLLERS},system:masters\n`,
    'audit-policy.yaml': `apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: ${AUDIT_RULES[audit ?? 'everybody']}\n`,
    kubeconfig: renderKubeconfig({ server, ca: serving.ca, token: adminToken }),
    'kubeconfig-controllers': renderKubeconfig({ server, ca: serving.ca, token: controllersToken }),
  };
  await Promise.all(Object.entries(contents).map(([name, content]) => writeFile(file(name), content, { mode: 0o600 })));

  return {
    directory,
    etcdUrl: `http://127.0.0.1:${etcdPort}`,
    etcdPeerUrl: `http://127.0.0.1:${peerPort}`,
    server,
    port,
    ca: serving.ca,
    adminToken,
    kubeconfigPath: file('kubeconfig'),
    controllersKubeconfigPath: file('kubeconfig-controllers'),
    auditLog: audit === undefined ? undefined : file('audit.log'),
    file,
    log: (component) => file(`logs/${component}.log`),
  };
}
