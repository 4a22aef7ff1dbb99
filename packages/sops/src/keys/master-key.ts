/** With what a data key, or a part of it, was encrypted, and the outcome. */
export type MasterKey =
  | { readonly type: 'age'; readonly recipient: string; readonly encrypted: string }
  | { readonly type: 'pgp'; readonly fingerprint: string; readonly encrypted: string }
  | {
      readonly type: 'kms';
      readonly arn: string;
      readonly role: string;
      readonly context: Readonly<Record<string, string>>;
      readonly encrypted: string;
    }
  | { readonly type: 'gcp_kms'; readonly resourceId: string; readonly encrypted: string }
  | {
      readonly type: 'azure_kv';
      readonly vaultUrl: string;
      readonly name: string;
      readonly version: string;
      readonly encrypted: string;
    }
  | {
      readonly type: 'hc_vault';
      readonly address: string;
      readonly enginePath: string;
      readonly keyName: string;
      readonly encrypted: string;
    }
  | { readonly type: 'hckms'; readonly keyId: string; readonly encrypted: string };

export type MasterKeyType = MasterKey['type'];
export type MasterKeyOf<Type extends MasterKeyType> = Extract<MasterKey, { readonly type: Type }>;

/** All of them encrypt the same. */
export type KeyGroup = readonly MasterKey[];

const LOCAL: readonly MasterKeyType[] = ['age', 'pgp'];
const rankOf = ({ type }: MasterKey): number => (LOCAL.includes(type) ? LOCAL.indexOf(type) : LOCAL.length);

/** In which order keys are tried: those without a network first. */
export const inOrder = (group: KeyGroup): KeyGroup => group.toSorted((a, b) => rankOf(a) - rankOf(b));

/** Who can decrypt what keys of a kind encrypted. Throws `SopsError` or another error with a message fit to be shown, or the signal's reason. */
export type KeyService<Type extends MasterKeyType> = (key: MasterKeyOf<Type>, signal: AbortSignal) => Promise<Uint8Array>;

/** One service for each kind of key that there are credentials for. */
export type KeyServices = { readonly [Type in MasterKeyType]?: KeyService<Type> | undefined };

const MAX_NAME = 200;

/** A key as it is named to people. */
export function nameOf(key: MasterKey): string {
  switch (key.type) {
    case 'age':
      return `age recipient ${short(key.recipient)}`;
    case 'pgp':
      return `OpenPGP key ${short(key.fingerprint)}`;
    case 'kms':
      return `AWS KMS key ${short(key.arn)}`;
    case 'gcp_kms':
      return `GCP KMS key ${short(key.resourceId)}`;
    case 'azure_kv':
      return `Azure Key Vault key ${short(`${key.vaultUrl}/keys/${key.name}/${key.version}`)}`;
    case 'hc_vault':
      return `Vault key ${short(`${key.address}/v1/${key.enginePath}/keys/${key.keyName}`)}`;
    case 'hckms':
      return `Huawei Cloud KMS key ${short(key.keyId)}`;
  }
}

const short = (name: string): string => {
  const line = name.replace(/[^\x20-\x7e]/g, '?');
  return `'${line.length > MAX_NAME ? `${line.slice(0, MAX_NAME)}…` : line}'`;
};
