import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seededRandom } from '@gotk/testkit';

/** What a repository that Git is measured with looks like. */
export interface RepositoryShape {
  readonly files: number;
  /** The first has all of the files, each other one changes three. */
  readonly commits: number;
  /** Sizes of the files: most are near the smaller end, as files are. */
  readonly bytes: readonly [least: number, most: number];
  /** Which part of the files are bytes that no compressor makes smaller. */
  readonly binaries: number;
}

/** What `make bench` clones. */
export const SHAPES = {
  '3,000 files, 500 commits': { files: 3_000, commits: 500, bytes: [200, 20_000], binaries: 0.03 },
  '20,000 files': { files: 20_000, commits: 5, bytes: [200, 20_000], binaries: 0.03 },
  '100,000 small files': { files: 100_000, commits: 1, bytes: [200, 1_000], binaries: 0 },
  'a pack of 200 MiB': { files: 400, commits: 1, bytes: [524_288, 524_288], binaries: 1 },
} as const satisfies Readonly<Record<string, RepositoryShape>>;

const WORDS =
  'apiVersion kind metadata name namespace labels spec template containers image replicas value port protocol selector resources limits requests cpu memory config secret volume mount path env data role rule verb group subject service account ingress host backend class storage claim access mode policy network pod security context user'.split(
    ' ',
  );

/**
 * Fills an empty bare repository, the same bytes each time, and packs it as a server would have. Needs `git` in the path.
 */
export async function fillRepository(directory: string, shape: RepositoryShape): Promise<void> {
  const importing = spawn('git', ['fast-import', '--quiet', '--force'], { cwd: directory, stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(importing, 'exit');
  await pipeline(Readable.from(commandsFor(shape)), importing.stdin);
  if ((await ended)[0] !== 0) throw new Error('git fast-import failed');
  const [code] = await once(
    spawn('git', ['repack', '-adfq', '--threads=1'], { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] }),
    'exit',
  );
  if (code !== 0) throw new Error('git repack failed');
}

/** Commands of git-fast-import(1). */
function* commandsFor({ files, commits, bytes, binaries }: RepositoryShape): Generator<string | Buffer> {
  const random = seededRandom(20_260_101);
  const isBinary = (index: number) => index % 1_000 < binaries * 1_000;
  const content = (index: number) => contentOf({ random, size: sizeIn(bytes, random), binary: isBinary(index) });
  for (let commit = 0; commit < commits; commit++) {
    const message = `commit ${commit}`;
    yield `commit refs/heads/main\ncommitter A Developer <developer@example.com> ${1_767_225_600 + commit * 60} +0000\ndata ${message.length}\n${message}\n`;
    const indexes = commit === 0 ? Array.from({ length: files }, (_, index) => index) : [1, 2, 3].map(() => Math.floor(random() * files));
    for (const index of indexes) {
      const written = content(index);
      yield `M 100${index % 50 === 7 ? '755' : '644'} inline ${pathOf(index, isBinary(index))}\ndata ${written.length}\n`;
      yield written;
      yield '\n';
    }
  }
}

const pathOf = (index: number, binary: boolean): string =>
  `clusters/c${index % 7}/team-${Math.floor(index / 7) % 40}/app-${Math.floor(index / 280)}/f${index}.${binary ? 'bin' : index % 9 === 0 ? 'md' : 'yaml'}`;

/** Most near the smaller end. */
const sizeIn = ([least, most]: readonly [number, number], random: () => number): number =>
  Math.floor(least + (most - least) * random() ** 3);

function contentOf({ random, size, binary }: { readonly random: () => number; readonly size: number; readonly binary: boolean }): Buffer {
  if (binary) {
    const bytes = Buffer.allocUnsafe(size);
    for (let at = 0; at < size; at++) bytes[at] = Math.floor(random() * 256);
    return bytes;
  }
  const word = () => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  let text = '';
  while (text.length < size) text += `${'  '.repeat(Math.floor(random() * 4))}${word()}: ${word()}-${Math.floor(random() * 1_000)}\n`;
  return Buffer.from(text.slice(0, size));
}
