import { offeredAlgorithms, type SshAlgorithms } from '@gotk/git';
import { type Flag, list } from '@gotk/runtime';

const algorithms = (which: keyof SshAlgorithms, help: string): Flag<readonly string[]> => {
  const names = list([], help);
  return {
    ...names,
    parse(text, before) {
      const parsed = names.parse(text, before);
      // Told when the controller starts, and not by each repository. Throws `UnknownAlgorithm`.
      offeredAlgorithms({ [which]: parsed });
      return parsed;
    },
  };
};

/** Which algorithms SSH is spoken with; upstream's flags. */
export const sshFlags = {
  'ssh-kex-algos': algorithms('keyExchange', 'key exchange algorithms for SSH, in the order of preference; default: those without SHA-1'),
  'ssh-hostkey-algos': algorithms('hostKey', 'host key algorithms for SSH, in the order of preference; default: all'),
} as const;
