import { isAbsolute, join } from 'node:path';
import { type Clock, isRecord } from '@gotk/apimachinery';
import type { ClusterConnection } from '../connection.ts';
import { cachedToken, type ReadToken } from './cached-token.ts';
import { type Fields, textOf } from './format.ts';
import { outputOf } from './plugin-process.ts';

export interface ExecEntry {
  /** The user's `exec`. */
  readonly exec: unknown;
  readonly cluster: Fields;
  /** A command with a slash in it is relative to it. */
  readonly directory: string;
}

const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
/** Asked for anew so long before the credentials end. */
const MARGIN_MS = 60_000;

/**
 * Logs in by a kubeconfig's exec plugin (client.authentication.k8s.io), once now and again when the credentials end or are refused.
 * The plugin has no terminal; what it writes to stderr goes to ours. Throws an error that names the command.
 */
export async function execLogin(
  { exec, cluster, directory }: ExecEntry,
  clock: Clock,
): Promise<Pick<ClusterConnection, 'token' | 'clientCertificate'>> {
  const { command, args, environment, apiVersion } = parseExec(exec, cluster);
  const program = command.includes('/') && !isAbsolute(command) ? join(directory, command) : command;
  let clientCertificate: ClusterConnection['clientCertificate'];

  const logIn = async (): Promise<ReadToken> => {
    const answer = await outputOf({ program, args, environment });
    const status = parseCredential(answer, apiVersion, command);
    const [token, cert, key] = [textOf(status, 'token'), textOf(status, 'clientCertificateData'), textOf(status, 'clientKeyData')];
    if ((cert === undefined) !== (key === undefined))
      throw new Error(`failed to log in by '${command}': its answer has one of client certificate and key, but not the other`);
    // Going on as nobody would be answered with what nobody may do, and no word of why.
    if (token === undefined && cert === undefined)
      throw new Error(`failed to log in by '${command}': its answer has neither token nor certificate`);
    clientCertificate = cert === undefined || key === undefined ? undefined : { cert, key };
    const ends = Date.parse(textOf(status, 'expirationTimestamp') ?? '');
    return {
      token,
      untilMs: Number.isNaN(ends) ? Number.POSITIVE_INFINITY : clock.monotonic() + ends - clock.now() - MARGIN_MS,
    };
  };
  const token = cachedToken(logIn, clock);
  await token();
  return {
    token,
    get clientCertificate() {
      return clientCertificate;
    },
  };
}

interface Exec {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly apiVersion: string;
}

function parseExec(exec: unknown, cluster: Fields): Exec {
  if (!isRecord(exec)) throw new Error(`its user's 'exec' is not an object`);
  const [command, apiVersion] = [textOf(exec, 'command'), textOf(exec, 'apiVersion')];
  if (command === undefined) throw new Error(`its user's 'exec' has no command`);
  if (apiVersion === undefined || !VERSIONS.includes(apiVersion))
    throw new Error(`its user logs in by '${command}' with version '${apiVersion ?? ''}', which is not supported`);
  if (exec.interactiveMode === 'Always') throw new Error(`its user logs in by '${command}', which wants a terminal`);
  const set = listOf(exec, 'env').map((entry) =>
    isRecord(entry) ? [textOf(entry, 'name') ?? '', textOf(entry, 'value') ?? ''] : ['', ''],
  );
  const spec = { interactive: false, ...(exec.provideClusterInfo === true ? { cluster: clusterInfo(cluster) } : {}) };
  return {
    command,
    apiVersion,
    args: listOf(exec, 'args').map(argumentOf),
    environment: {
      ...Object.fromEntries(set.filter(([name]) => name !== '')),
      KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion, kind: 'ExecCredential', spec }),
    },
  };
}

/** Lists in lists are refused: a few lines of YAML aliases would become a text that fills memory. */
function argumentOf(argument: unknown): string {
  if (typeof argument === 'object') throw new Error(`its user's 'exec' has an argument that is not a text`);
  return String(argument);
}

function clusterInfo(cluster: Fields): Fields {
  const names = ['server', 'tls-server-name', 'insecure-skip-tls-verify', 'certificate-authority-data'];
  return Object.fromEntries(names.flatMap((name) => (cluster[name] === undefined ? [] : [[name, cluster[name]]])));
}

function listOf(fields: Fields, name: string): readonly unknown[] {
  const list = fields[name] ?? [];
  if (!Array.isArray(list)) throw new Error(`'${name}' is not a list`);
  return list;
}

function parseCredential(output: string, apiVersion: string, command: string): Fields {
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    answer = undefined;
  }
  if (!isRecord(answer) || answer.kind !== 'ExecCredential' || answer.apiVersion !== apiVersion || !isRecord(answer.status))
    throw new Error(`failed to log in by '${command}': its answer is not an ExecCredential of '${apiVersion}'`);
  return answer.status;
}
