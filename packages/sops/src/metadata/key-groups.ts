import type { KeyGroup, MasterKey } from '../keys/master-key.ts';
import type { SopsLimits } from '../limits.ts';
import { SopsError } from '../sops-error.ts';
import type { Fields } from './fields.ts';

/** Of keys, by the name of their list, in SOPS' own order. */
const READERS: Readonly<Record<MasterKey['type'], (fields: Fields) => MasterKey>> = {
  kms: (fields) => ({
    type: 'kms',
    arn: fields.text('arn'),
    role: fields.text('role'),
    context: fields.texts('context'),
    encrypted: fields.text('enc'),
  }),
  gcp_kms: (fields) => ({ type: 'gcp_kms', resourceId: fields.text('resource_id'), encrypted: fields.text('enc') }),
  hckms: (fields) => ({ type: 'hckms', keyId: fields.text('key_id'), encrypted: fields.text('enc') }),
  azure_kv: (fields) => ({
    type: 'azure_kv',
    vaultUrl: fields.text('vault_url'),
    name: fields.text('name'),
    version: fields.text('version'),
    encrypted: fields.text('enc'),
  }),
  hc_vault: (fields) => ({
    type: 'hc_vault',
    address: fields.text('vault_address'),
    enginePath: fields.text('engine_path'),
    keyName: fields.text('key_name'),
    encrypted: fields.text('enc'),
  }),
  pgp: (fields) => ({ type: 'pgp', fingerprint: fields.text('fp'), encrypted: fields.text('enc') }),
  age: (fields) => ({ type: 'age', recipient: fields.text('recipient'), encrypted: fields.text('enc') }),
};

/** The keys that stand in the metadata itself, or else those of its groups. Throws `SopsError`. */
export function keyGroupsOf(fields: Fields, { maxMasterKeys, maxKeyLength }: SopsLimits): readonly KeyGroup[] {
  const own = groupOf(fields);
  const groups = own.length > 0 ? [own] : fields.entries('key_groups').map(groupOf);
  const keys = groups.flat();
  if (groups.length === 0) throw new SopsError('malformed', 'its metadata names no keys');
  if (Math.max(keys.length, groups.length) > maxMasterKeys)
    throw new SopsError('too-large', `it was encrypted with more than ${maxMasterKeys} keys`);
  if (keys.some(({ encrypted }) => encrypted.length > maxKeyLength))
    throw new SopsError('too-large', `an encrypted data key has more than ${maxKeyLength} characters`);
  // It becomes part of what is asked of others.
  if (keys.some(({ encrypted: _, ...rest }) => JSON.stringify(rest).length > maxKeyLength))
    throw new SopsError('too-large', `what is said of a key has more than ${maxKeyLength} characters`);
  return groups;
}

const groupOf = (fields: Fields): KeyGroup =>
  Object.entries(READERS).flatMap(([name, read]) => fields.entries(name).map((entry) => read(entry)));
