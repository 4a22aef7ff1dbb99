import { readFile } from 'node:fs/promises';
import { isMutating, type RequestRecord, readAuditLog } from '@gotk/testkit';

export interface Asked {
  readonly namespace: string;
  /** Its beginning. */
  readonly userAgent: string;
}

/** What somebody asked for in a namespace, in the order in which the server was done with it. */
export async function auditedRequests(file: string, { namespace, userAgent }: Asked): Promise<readonly RequestRecord[]> {
  // The log of a whole suite is long: only what may concern the namespace is parsed. A server that is killed may leave half a line behind.
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line.includes(namespace) && isWhole(line));
  return readAuditLog(`${lines.join('\n')}\n`).filter(
    (request) => request.namespace === namespace && request.userAgent.startsWith(userAgent),
  );
}

function isWhole(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Requests that may have changed something. */
export const writesAmong = (requests: readonly RequestRecord[]): readonly RequestRecord[] => requests.filter(isMutating);

/** Names of ConfigMaps that were created more than once. */
export function createdTwice(requests: readonly RequestRecord[]): readonly string[] {
  const created = requests.filter(({ resource, status }) => resource === 'configmaps' && status === 201).map(({ name }) => name);
  return created.filter((name, index) => created.indexOf(name) !== index);
}
