import type { KubeObject } from '@gotk/apimachinery';
import { AGE, READY, STATUS } from '../../custom-resource.ts';
import { artifact, conditions } from '../../meta/fields.ts';
import { type Described, object, optional, string } from '../../schema.ts';
import { sourceCrd } from './source.ts';

const spec = object(
  {
    sourceRef: optional(
      object(
        {
          apiVersion: optional(string('Group and version of the object.')),
          kind: string('Kind of the object.'),
          name: string('Name of the object.'),
          namespace: optional(string('Namespace of the object; the same by default.')),
        },
        'What the artifact was made from, for people and their tools.',
      ),
    ),
  },
  'Where the artifact comes from.',
);

const status = object(
  { artifact: optional(artifact), conditions: optional(conditions) },
  'The artifact, as the controller that makes and serves it says.',
);

export type ExternalArtifactStatus = Described<typeof status>;

/** An artifact that a controller of somebody else makes and serves (Flux RFC-0012). We read it and write nothing. */
export interface ExternalArtifact extends KubeObject {
  readonly spec?: Described<typeof spec>;
  readonly status?: ExternalArtifactStatus;
}

export const externalArtifactDefinition = sourceCrd<ExternalArtifact>({
  kind: 'ExternalArtifact',
  plural: 'externalartifacts',
  singular: 'externalartifact',
  shortNames: ['ea'],
  description: 'An artifact that a controller of somebody else makes and serves.',
  columns: [AGE, READY, STATUS, { name: 'Source', type: 'string', jsonPath: '.spec.sourceRef.name' }],
  spec,
  status,
});

export const externalArtifacts = externalArtifactDefinition.resource;
