import { readFileSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { BuildError } from '@gotk/kustomize';
import { type Command, Failure, type Terminal } from '../command.ts';
import { diskTree, inTree } from '../disk-tree.ts';
import { type BuildRequest, parseBuildArgs } from './build-args.ts';
import { runCases } from './cases.ts';
import { asTyped } from './file-names.ts';
import { buildLikeKustomize } from './like-kustomize.ts';
import { writeOutput } from './output.ts';

const HELP = `Builds the kustomization in DIR, or in the current directory, and prints its objects as YAML, as kustomize 5.8 does.

Usage:
  gotk kustomize build [DIR] [options]
  gotk kustomize build --cases FILE.jsonl

Options:
  --load-restrictor NAME     LoadRestrictionsRootOnly (default): the files that a kustomization names are in or below its directory;
                             LoadRestrictionsNone: they may be anywhere
  --reorder ORDER            legacy (default): Namespaces first, webhooks last; none: in the order of the files.
                             sortOptions of the kustomization take precedence
  --enable-managedby-label   label every object as made by kustomize
  -o, --output PATH          write into the file PATH; or, if that is a directory, into a file for each object in it
  --cases FILE.jsonl         build every case of a corpus, compare with what it expects, and list what differs. A line is a case:
                             {"test", "path", "files": {path: text}, "options", "output" or "error"}
  -h, --help                 print this

What a kustomization needs another program or the network for is refused, and named: exec and Go plugins, functions in containers,
Helm charts, remote bases.

Exit code: 0 when it was built (or no case failed), 1 when not, 2 when the arguments make no sense.`;

export const buildCommand: Command = {
  name: 'kustomize build',
  synopsis: '[DIR]',
  summary: 'print what a kustomization makes, as kustomize build does',
  help: HELP,
  run(args, terminal) {
    const request = parseBuildArgs(args);
    return request.kind === 'cases' ? compareCases(request.file, terminal) : buildDirectory(request, terminal);
  },
};

type DirectoryRequest = Extract<BuildRequest, { readonly kind: 'directory' }>;

function buildDirectory({ directory, output, options }: DirectoryRequest, terminal: Terminal): number {
  const root = existing(directory, terminal);
  try {
    const objects = buildLikeKustomize(diskTree(), inTree(root), options);
    writeOutput(objects, { path: output === undefined ? undefined : resolve(terminal.cwd, output), print: terminal.print });
    return 0;
  } catch (error) {
    if (error instanceof BuildError) throw new Failure(asTyped(error.message, terminal.cwd), { cause: error });
    throw error;
  }
}

/** Without links: what is beside a directory is beside the one that it really is. */
function existing(directory: string, { cwd }: Terminal): string {
  try {
    return realpathSync(resolve(cwd, directory));
  } catch (error) {
    const isRemote = /^[a-z][a-z0-9+.-]+:|^git@|^(?:github|gitlab|bitbucket)\.(?:com|org)\/|\?ref=/i.test(directory);
    const hint = isRemote ? ': remote directories are not fetched, clone the repository first' : '';
    throw new Failure(`${directory}: there is no such directory${hint}`, { cause: error });
  }
}

function compareCases(file: string, { cwd, print }: Terminal): number {
  let corpus: string;
  try {
    corpus = readFileSync(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new Failure(`${file}: cannot be read`, { cause: error });
  }
  const verdicts = runCases(corpus, file);
  const failed = verdicts.filter(({ failure }) => failure !== undefined);
  for (const { name, failure } of failed) print(`FAILED ${name}: ${failure}\n`);
  print(`${verdicts.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}
