import type { Selection } from '../cipher/selection.ts';
import type { KeyLock } from '../keys/data-key.ts';
import type { SopsLimits } from '../limits.ts';
import { SopsError } from '../sops-error.ts';
import type { Branch } from '../tree.ts';
import { Fields } from './fields.ts';
import { goTime } from './go-time.ts';
import { keyGroupsOf } from './key-groups.ts';

/** What SOPS keeps beside the values: how to get the key, and what tells that nobody changed them. */
export interface Metadata extends KeyLock {
  readonly selection: Selection;
  readonly macOnlyEncrypted: boolean;
  /** Encrypted. */
  readonly mac: string;
  /** As it is bound to `mac`. */
  readonly lastModified: string;
}

const DEFAULT_SUFFIX = '_unencrypted';

/** Reads the `sops` entry of a file. Throws `SopsError` that names the field. */
export function metadataOf(entry: Branch, limits: SopsLimits): Metadata {
  const fields = new Fields(entry, 'sops');
  const lastModified = goTime(fields.text('lastmodified'));
  if (lastModified === undefined) throw new SopsError('malformed', "'sops.lastmodified' is no time");
  return {
    keyGroups: keyGroupsOf(fields, limits),
    shamirThreshold: fields.integer('shamir_threshold'),
    selection: selectionOf(fields, limits),
    macOnlyEncrypted: fields.flag('mac_only_encrypted'),
    mac: fields.text('mac'),
    lastModified,
  };
}

const SUFFIXES = ['unencrypted_suffix', 'encrypted_suffix'] as const;
const PATTERNS = ['unencrypted_regex', 'encrypted_regex', 'unencrypted_comment_regex', 'encrypted_comment_regex'] as const;
const dashed = <Name extends string>(name: Name) => name.replaceAll('_', '-') as Dashed<Name>;
type Dashed<Name extends string> = Name extends `${infer First}_${infer Rest}` ? `${First}-${Dashed<Rest>}` : Name;

function selectionOf(fields: Fields, { maxPatternLength }: SopsLimits): Selection {
  const suffixes = SUFFIXES.map((name) => ({ kind: dashed(name), suffix: fields.text(name) })).filter(({ suffix }) => suffix !== '');
  const patterns = PATTERNS.map((name) => ({ kind: dashed(name), pattern: fields.text(name) })).filter(({ pattern }) => pattern !== '');
  const rules = [...suffixes, ...patterns];
  if (rules.length > 1) throw new SopsError('malformed', 'its metadata has more than one rule for what is encrypted');
  if (patterns.some(({ pattern }) => pattern.length > maxPatternLength))
    throw new SopsError('too-large', `its metadata has a regular expression of more than ${maxPatternLength} characters`);
  return { rule: rules[0] ?? { kind: 'unencrypted-suffix', suffix: DEFAULT_SUFFIX } };
}
