// etcd's v3 API as JSON over HTTP (its gRPC gateway): keys are base64, 64-bit numbers are strings.

const TIMEOUT_MS = 10_000;

/** The revision of the last write. Throws when etcd does not answer. */
export async function etcdRevision(url: string): Promise<bigint> {
  const { header } = await ask(url, '/v3/maintenance/status', {});
  return BigInt(header?.revision ?? 0);
}

/**
 * Makes etcd forget every revision before its present one, and resolves with that: who asks for an older one is told that it was compacted,
 * which the API server passes on as 410 Gone. Throws when etcd does not answer or refuses.
 */
export async function compactEtcd(url: string): Promise<bigint> {
  const revision = await etcdRevision(url);
  await ask(url, '/v3/kv/compaction', { revision: String(revision), physical: true });
  return revision;
}

interface Answer {
  readonly header?: { readonly revision?: string };
}

async function ask(url: string, path: string, body: unknown): Promise<Answer> {
  const answer = await fetch(url + path, { method: 'POST', body: JSON.stringify(body), signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`etcd answered ${answer.status} to ${path}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as Answer;
}
