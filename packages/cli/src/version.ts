import { type Command, UsageError } from './command.ts';

/** What `define` of the bundler puts in; a run from source has no version. */
declare const __GOTK_VERSION__: string | undefined;

/** Whose output `kustomize build` here equals. */
const KUSTOMIZE = '5.8.2';

export const versionCommand: Command = {
  name: 'version',
  synopsis: '',
  summary: 'print the version',
  help: 'Prints the version of gotk, and that of the kustomize whose output it equals.\n\nUsage: gotk version',
  run(args, { print }) {
    if (args.length > 0) throw new UsageError(`version takes no arguments, and got '${args.join(' ')}'`);
    const version = typeof __GOTK_VERSION__ === 'string' ? __GOTK_VERSION__ : 'from source';
    print(`gotk ${version} (kustomize ${KUSTOMIZE})\n`);
    return 0;
  },
};
