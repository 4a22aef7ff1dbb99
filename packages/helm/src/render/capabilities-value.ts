import {
  BOOL,
  define,
  type GoFunction,
  type GoValue,
  named,
  pointerTo,
  STRING,
  Struct,
  type StructType,
  sliceOf,
  Typed,
} from '@gotk/gotemplate';
import type { Capabilities } from '../capabilities/capabilities.ts';

const field = (receiver: GoValue, name: string): string => {
  const value = receiver instanceof Struct ? receiver.fields.get(name) : undefined;
  return typeof value === 'string' ? value : '';
};

/** A method that takes nothing. */
const getter =
  (get: (receiver: GoValue) => string) =>
  (receiver: GoValue): GoFunction =>
    define({ params: [], result: STRING }, () => get(receiver));

const normalized = (receiver: GoValue): string => field(receiver, 'normalizedVersion') || field(receiver, 'Version');

const KUBE_VERSION: StructType = {
  kind: 'struct',
  name: 'common.KubeVersion',
  named: true,
  fields: ['Version', 'normalizedVersion', 'Major', 'Minor'].map((name) => ({ name, type: STRING })),
  methods: new Map([
    ['String', getter(normalized)],
    ['GitVersion', getter((receiver) => field(receiver, 'Version'))],
  ]),
  addressText: normalized,
};

const listed = (receiver: GoValue): readonly GoValue[] =>
  receiver instanceof Typed && Array.isArray(receiver.raw) ? (receiver.raw as readonly GoValue[]) : [];

const VERSION_SET = named('common.VersionSet', sliceOf(STRING), {
  methods: new Map([
    ['Has', (receiver) => define({ params: [STRING], result: BOOL }, ([version]) => listed(receiver).some((each) => each === version))],
  ]),
});

const BUILD_INFO: StructType = {
  kind: 'struct',
  name: 'version.BuildInfo',
  named: true,
  fields: [
    { name: 'Version', type: STRING, json: { name: 'version', omitEmpty: true } },
    { name: 'GitCommit', type: STRING, json: { name: 'git_commit', omitEmpty: true } },
    { name: 'GitTreeState', type: STRING, json: { name: 'git_tree_state', omitEmpty: true } },
    { name: 'GoVersion', type: STRING, json: { name: 'go_version', omitEmpty: true } },
    { name: 'KubeClientVersion', type: STRING, json: { name: 'kube_client_version' } },
  ],
};

const CAPABILITIES: StructType = {
  kind: 'struct',
  name: 'common.Capabilities',
  named: true,
  fields: [
    { name: 'KubeVersion', type: KUBE_VERSION },
    { name: 'APIVersions', type: VERSION_SET },
    { name: 'HelmVersion', type: BUILD_INFO },
  ],
};

/** `.Capabilities`: a pointer to a struct, so that methods of what it points to can be called. */
export function capabilitiesValue({ kubeVersion, apiVersions, helmVersion }: Capabilities): GoValue {
  const { version, gitCommit, gitTreeState, goVersion, kubeClientVersion } = helmVersion;
  return new Typed(
    pointerTo(CAPABILITIES),
    new Struct(
      CAPABILITIES,
      new Map<string, GoValue>([
        ['KubeVersion', struct(KUBE_VERSION, [kubeVersion.version, kubeVersion.normalized, kubeVersion.major, kubeVersion.minor])],
        ['APIVersions', new Typed(VERSION_SET, apiVersions)],
        ['HelmVersion', struct(BUILD_INFO, [version, gitCommit, gitTreeState, goVersion, kubeClientVersion])],
      ]),
    ),
  );
}

/** A struct of texts, in the order of its fields. */
const struct = (type: StructType, texts: readonly string[]): Struct =>
  new Struct(type, new Map(type.fields.map(({ name }, index) => [name, texts[index] ?? ''])));
