import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@gotk/apimachinery';
import { ANONYMOUS, createHttpClient, type HttpAccess } from '@gotk/auth';
import { type ListedObject, type ObjectStore, type S3Options, s3Store } from '../src/index.ts';

export const never = (): AbortSignal => new AbortController().signal;

export const anyClient = (access: HttpAccess = ANONYMOUS) => createHttpClient({ access, reach: 'anywhere', clock: systemClock });

/** A store on this machine, of which the test says what matters. */
export function storeAt(endpoint: string, options: Partial<S3Options> & { readonly access?: HttpAccess } = {}): ObjectStore {
  const { access, ...rest } = options;
  return s3Store({
    endpoint,
    bucket: 'bucket',
    insecure: true,
    region: undefined,
    login: async () => undefined,
    client: anyClient(access),
    now: () => Date.now(),
    ...rest,
  });
}

export async function listed(store: ObjectStore, prefix = ''): Promise<readonly ListedObject[]> {
  const objects: ListedObject[] = [];
  for await (const object of store.list(prefix, never())) objects.push(object);
  return objects;
}

export async function work(): Promise<{ readonly file: (name: string) => string } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'gotk-bucket-'));
  return {
    file: (name) => join(directory, name),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}
